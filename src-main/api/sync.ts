import { procedure, router } from './trpc.ts';

export const sync = router({
  status: procedure.query(({ ctx }) => ctx.services.sync.status()),
  /** What waits, and why. */
  queue: procedure.query(({ ctx }) => ctx.services.sync.queue(ctx.language)),
  now: procedure.mutation(({ ctx }) => ctx.services.sync.now()),
  verify: procedure.query(({ ctx }) => ctx.services.sync.verify()),
});

export const attention = router({
  list: procedure.query(({ ctx }) => ctx.services.attention.list(ctx.language)),
});
