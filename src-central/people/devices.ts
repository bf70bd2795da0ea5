import { z } from 'zod';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { CentralDb } from '../db/schema.ts';
import { grantBranch, revokeBranch } from '../grants/device-branches.ts';
import { revokeDevice } from '../identity/device.ts';
import { createEnrolmentCode } from '../identity/enrol.ts';
import { mayActFor } from '../identity/sign-in.ts';
import { ENROLMENT_TTL_MAX_MINUTES } from '../limits.ts';
import { branchByCode } from './branch-by-code.ts';
import { adminProcedure, branchOfUser, managerProcedure, notAllowed, router } from './trpc.ts';

const DEFAULT_TTL_MINUTES = 60;

const deviceBranch = z.object({ deviceId: z.uuid(), branchCode: z.string().min(1).max(4) });

export const enrolmentRouter = router({
  /** A code for one desk of a branch: to be typed there before it expires. Shown once. */
  createCode: managerProcedure
    .input(
      z.object({
        branchCode: z.string().min(1).max(4),
        ttlMinutes: z.int().positive().max(ENROLMENT_TTL_MAX_MINUTES).default(DEFAULT_TTL_MINUTES),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      const branchId = await branchByCode(ctx.db, input.branchCode);
      if (!mayActFor(ctx.user, branchId)) throw notAllowed();
      return { code: await createEnrolmentCode(ctx.db, { branchId, ttlMinutes: input.ttlMinutes }) };
    }),
});

export const devicesRouter = router({
  list: managerProcedure.query(async ({ ctx }) => {
    const own = branchOfUser(ctx.user);
    const rows = await ctx.db
      .selectFrom('device')
      .innerJoin('branch', 'branch.branch_id', 'device.branch_id')
      .where('device.kind', '=', 'desk')
      .$if(own !== null, (query) => query.where('device.branch_id', '=', own))
      .select(['device_id', 'device.name', 'branch.code', 'enrolled_at', 'last_seen_at', 'revoked_at'])
      .orderBy('enrolled_at')
      .execute();
    return rows.map((row) => ({
      deviceId: row.device_id,
      name: row.name,
      branchCode: row.code,
      enrolledAt: row.enrolled_at.getTime(),
      lastSeenAt: row.last_seen_at?.getTime() ?? null,
      revokedAt: row.revoked_at?.getTime() ?? null,
    }));
  }),

  /** Its token opens nothing from now on. What is in its outbox stays there, and can be sent after a new enrolment. */
  revoke: managerProcedure.input(z.object({ deviceId: z.uuid() })).mutation(async ({ ctx, input }) => {
    const device = await ctx.db
      .selectFrom('device')
      .select('branch_id')
      .where('device_id', '=', input.deviceId)
      .executeTakeFirst();
    if (!device) throw new AppError({ code: 'NOT_FOUND', retry: 'never', what: `device ${input.deviceId}` });
    if (!mayActFor(ctx.user, device.branch_id)) throw notAllowed();
    const revoked = await revokeDevice(ctx.db, input.deviceId);
    ctx.closeStreams(input.deviceId);
    return { revoked };
  }),

  /** Lets a desk look at another branch: its customers, stock and orders. It writes orders in its own only. */
  grantBranch: adminProcedure.input(deviceBranch).mutation(async ({ ctx, input }) => {
    const branchId = await branchByCode(ctx.db, input.branchCode);
    await assertDevice(ctx.db, input.deviceId);
    const xid = await grantBranch(ctx.db, { deviceId: input.deviceId, branchId });
    if (xid !== undefined) ctx.committed(xid);
    return { granted: xid !== undefined };
  }),

  /** Takes it back; the desk forgets what it had of it. Its own branch can't be taken. */
  revokeBranch: adminProcedure.input(deviceBranch).mutation(async ({ ctx, input }) => {
    const branchId = await branchByCode(ctx.db, input.branchCode);
    await assertDevice(ctx.db, input.deviceId);
    const xid = await revokeBranch(ctx.db, { deviceId: input.deviceId, branchId });
    if (xid !== undefined) ctx.committed(xid);
    return { revoked: xid !== undefined };
  }),
});

async function assertDevice(db: CentralDb, deviceId: string): Promise<void> {
  const device = await db.selectFrom('device').select('device_id').where('device_id', '=', deviceId).executeTakeFirst();
  if (!device) throw new AppError({ code: 'NOT_FOUND', retry: 'never', what: `device ${deviceId}` });
}
