import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { branch, type Branch } from '../../src-shared/domain/branch.ts';
import { CATALOGUE_SCOPE } from '../../src-shared/protocol/scope.ts';
import { putOf, recordChanges } from '../change-feed/record-changes.ts';
import { CATALOGUE_LOCK } from '../db/lock-keys.ts';
import { branchOf } from '../db/rows.ts';
import type { CentralDb } from '../db/schema.ts';
import { sqlStateOf } from '../db/transient-fault.ts';
import { writeTransaction } from '../db/write-transaction.ts';
import { setOrderMonths } from '../grants/device-branches.ts';
import { MAX_ORDER_MONTHS } from '../limits.ts';
import { branchByCode } from './branch-by-code.ts';
import { adminProcedure, fieldFault, router, userProcedure } from './trpc.ts';

const newBranch = branch.pick({ code: true, name: true, timeZone: true }).extend({
  timeZone: z.string().refine(isTimeZone, 'not an IANA time zone'),
});

export const branchesRouter = router({
  list: userProcedure.query(async ({ ctx }) => {
    const rows = await ctx.db.selectFrom('branch').selectAll().orderBy('code').execute();
    return rows.map(branchOf);
  }),

  create: adminProcedure.input(newBranch).mutation(async ({ ctx, input }) => {
    const { made, xid } = await createBranch(ctx.db, input);
    if (xid !== undefined) ctx.committed(xid);
    return made;
  }),

  /** How many months of its orders the branch's desks keep, the running one counted. */
  setOrderMonths: adminProcedure
    .input(z.object({ branchCode: z.string().min(1).max(4), months: z.int().min(1).max(MAX_ORDER_MONTHS) }))
    .mutation(async ({ ctx, input }) => {
      const branchId = await branchByCode(ctx.db, input.branchCode);
      const xid = await setOrderMonths(ctx.db, { branchId, months: input.months });
      if (xid !== undefined) ctx.committed(xid);
      return { months: input.months };
    }),
});

async function createBranch(
  db: CentralDb,
  of: z.infer<typeof newBranch>,
): Promise<{ made: Branch; xid: string | undefined }> {
  // Made before, so that a second run after a lost commit finds its own row's code taken, not a second branch.
  const ids = { branch_id: randomUUID(), warehouse_id: randomUUID() };
  try {
    return await writeTransaction(db, [CATALOGUE_LOCK], async (tx) => {
      const row = await tx
        .insertInto('branch')
        .values({ ...ids, code: of.code, name: of.name, time_zone: of.timeZone })
        .returningAll()
        .executeTakeFirstOrThrow();
      const made = branchOf(row);
      return { made, xid: await recordChanges(tx, [putOf(CATALOGUE_SCOPE, 'branch', made, row.rev)]) };
    });
  } catch (error) {
    if (sqlStateOf(error) === '23505') throw fieldFault('code', 'taken');
    throw error;
  }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
