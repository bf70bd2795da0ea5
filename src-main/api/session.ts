import { z } from 'zod';
import { procedure, router } from './trpc.ts';

export const session = router({
  state: procedure.query(({ ctx }) => ctx.services.session.state()),
  enrol: procedure
    .input(z.object({ centralUrl: z.url(), code: z.string().min(1).max(40), deviceName: z.string().min(1).max(60) }))
    .mutation(({ ctx, input }) => ctx.services.session.enrol(input)),
  signIn: procedure
    .input(z.object({ userName: z.string().min(1).max(60), password: z.string().min(1).max(200) }))
    .mutation(({ ctx, input }) => ctx.services.session.signIn(input)),
  signOut: procedure.mutation(({ ctx }) => ctx.services.session.signOut()),
});
