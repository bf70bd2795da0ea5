import { z } from 'zod';
import { backedUpTo, closeRecovery, recordBackup, recoveryStatus } from '../recovery/recovery-state.ts';
import { adminProcedure, branchOfUser, fieldFault, managerProcedure, router } from './trpc.ts';

/** What comes back after central was set back, and what its backups have passed. */
export const recoveryRouter = router({
  /** Which desks have brought back what they had, what of it waits, and what somebody should look at. */
  status: managerProcedure.query(({ ctx }) => recoveryStatus(ctx.db, branchOfUser(ctx.user))),

  /** Nothing more is waited for. What comes later is still taken in. */
  close: adminProcedure.mutation(async ({ ctx }) => {
    const closed = await closeRecovery(ctx.db, { epoch: ctx.epoch.epoch, by: ctx.user.userId });
    ctx.epoch.recovering = false;
    return { closed };
  }),

  /** To be called when a backup has ended well, with the time at which it began: desks then keep nothing older for it. */
  backedUp: adminProcedure.input(z.object({ upTo: z.int().positive() })).mutation(async ({ ctx, input }) => {
    const before = await backedUpTo(ctx.db);
    try {
      return { before, upTo: await recordBackup(ctx.db, input.upTo) };
    } catch (error) {
      if (error instanceof RangeError) throw fieldFault('upTo', error.message);
      throw error;
    }
  }),
});
