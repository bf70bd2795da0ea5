import { z } from 'zod';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { revokeDevice } from '../identity/device.ts';
import { createEnrolmentCode } from '../identity/enrol.ts';
import { mayActFor } from '../identity/sign-in.ts';
import { ENROLMENT_TTL_MAX_MINUTES } from '../limits.ts';
import { branchOfUser, managerProcedure, notAllowed, router } from './trpc.ts';

const DEFAULT_TTL_MINUTES = 60;

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
      const branch = await ctx.db
        .selectFrom('branch')
        .select('branch_id')
        .where('code', '=', input.branchCode.toUpperCase())
        .executeTakeFirst();
      if (!branch) throw new AppError({ code: 'NOT_FOUND', retry: 'never', what: `branch ${input.branchCode}` });
      if (!mayActFor(ctx.user, branch.branch_id)) throw notAllowed();
      return { code: await createEnrolmentCode(ctx.db, { branchId: branch.branch_id, ttlMinutes: input.ttlMinutes }) };
    }),
});

export const devicesRouter = router({
  list: managerProcedure.query(async ({ ctx }) => {
    const own = branchOfUser(ctx.user);
    const rows = await ctx.db
      .selectFrom('device')
      .innerJoin('branch', 'branch.branch_id', 'device.branch_id')
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
});
