/** Faults that were found: of the branch's desks for its manager, all and central's own for an admin. */
import { z } from 'zod';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { acknowledgeAlarm, listAlarms } from '../alarms/alarms.ts';
import { branchOfUser, managerProcedure, router } from './trpc.ts';

export const alarmsRouter = router({
  /** The newest first; without `all` only those that nobody has acknowledged. */
  list: managerProcedure
    .input(z.object({ all: z.boolean().default(false) }).optional())
    .query(({ ctx, input }) => listAlarms(ctx.db, { branchId: branchOfUser(ctx.user), open: input?.all !== true })),

  acknowledge: managerProcedure.input(z.object({ alarmId: z.uuid() })).mutation(async ({ ctx, input }) => {
    const { user } = ctx;
    const of = { alarmId: input.alarmId, userId: user.userId, branchId: branchOfUser(user) };
    if (!(await acknowledgeAlarm(ctx.db, of))) {
      throw new AppError({ code: 'NOT_FOUND', retry: 'never', what: `open alarm ${input.alarmId}` });
    }
    return { acknowledged: true };
  }),
});
