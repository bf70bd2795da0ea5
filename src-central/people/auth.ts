import { z } from 'zod';
import { writeTransaction } from '../db/write-transaction.ts';
import { secretHash, bearerOf } from '../identity/tokens.ts';
import { signInOnApi } from '../identity/sign-in.ts';
import { openProcedure, router, userProcedure } from './trpc.ts';

export const authRouter = router({
  /** The token goes as a bearer with every other call. */
  signIn: openProcedure
    .input(z.object({ userName: z.string().min(1).max(60), password: z.string().min(1).max(200) }))
    .mutation(({ ctx, input }) => signInOnApi(ctx.db, input)),

  me: userProcedure.query(({ ctx }) => ctx.user),

  signOut: userProcedure.mutation(async ({ ctx }) => {
    const token = bearerOf(ctx.authorization) ?? '';
    await writeTransaction(ctx.db, [], (tx) =>
      tx.deleteFrom('api_session').where('token_hash', '=', secretHash(token)).execute(),
    );
    return { signedOut: true };
  }),
});
