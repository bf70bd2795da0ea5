import { z } from 'zod';
import { procedure, router } from './trpc.ts';

const draftId = z.string().min(1).max(60);

export const drafts = router({
  list: procedure.query(({ ctx }) => ctx.services.drafts.list()),
  save: procedure
    .input(z.object({ draftId, content: z.string().max(2_000_000) }))
    .mutation(({ ctx, input }) => ctx.services.drafts.save(input)),
  discard: procedure
    .input(z.object({ draftId }))
    .mutation(({ ctx, input }) => ctx.services.drafts.discard(input.draftId)),
});
