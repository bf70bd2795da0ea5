import { z } from 'zod';
import { procedure, router } from './trpc.ts';

export const safety = router({
  status: procedure.query(({ ctx }) => ctx.services.safety.status()),
  acknowledge: procedure
    .input(z.object({ noticeId: z.string().max(60) }))
    .mutation(({ ctx, input }) => ctx.services.safety.acknowledge(input.noticeId)),
});
