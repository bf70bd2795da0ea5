import { procedure, router } from './trpc.ts';

export const events = router({
  /** What changed, as it changes. A subscriber that was away looks at everything again: events carry no data. */
  stream: procedure.subscription(async function* ({ ctx, signal }) {
    for await (const event of ctx.services.events.stream(signal ?? new AbortController().signal)) yield event;
  }),
});
