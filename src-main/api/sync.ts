import { z } from 'zod';
import { calendarDate } from '../../src-shared/domain/calendar-date.ts';
import { orderId } from '../../src-shared/domain/ids.ts';
import { procedure, router } from './trpc.ts';

export const sync = router({
  status: procedure.query(({ ctx }) => ctx.services.sync.status()),
  /** What waits, and why. */
  queue: procedure.query(({ ctx }) => ctx.services.sync.queue(ctx.language)),
  now: procedure.mutation(({ ctx }) => ctx.services.sync.now()),
  verify: procedure.query(({ ctx }) => ctx.services.sync.verify()),
  compareDay: procedure
    .input(z.object({ day: calendarDate }))
    .query(({ ctx, input }) => ctx.services.sync.compareDay(input.day)),
  mendDay: procedure
    .input(z.object({ day: calendarDate }))
    .mutation(({ ctx, input }) => ctx.services.sync.mendDay(input.day)),
  presence: procedure
    .input(z.object({ orderId, editing: z.boolean() }))
    .mutation(({ ctx, input }) => ctx.services.sync.presence(input)),
  /** Faults that were found in the rows here and that nobody has acknowledged. */
  alarms: procedure.query(({ ctx }) => ctx.services.sync.alarms()),
  acknowledgeAlarm: procedure
    .input(z.object({ alarmId: z.uuid() }))
    .mutation(({ ctx, input }) => ctx.services.sync.acknowledgeAlarm(input.alarmId)),
  /** What central would say to what waits. Nothing is sent. */
  dryRun: procedure.query(({ ctx }) => ctx.services.sync.dryRun(ctx.language)),
  holdBack: procedure
    .input(z.object({ hold: z.boolean() }))
    .mutation(({ ctx, input }) => ctx.services.sync.holdBack(input.hold)),
  ordersOut: procedure
    .input(z.object({ mutationIds: z.array(z.string()).max(10_000).optional() }).optional())
    .query(({ ctx, input }) => ctx.services.sync.ordersOut(input?.mutationIds)),
});

export const attention = router({
  list: procedure.query(({ ctx }) => ctx.services.attention.list(ctx.language)),
  dismiss: procedure
    .input(z.object({ orderId: z.uuid() }))
    .mutation(({ ctx, input }) => ctx.services.attention.dismiss(input.orderId)),
});
