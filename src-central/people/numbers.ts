import { z } from 'zod';
import { accountForNumbers } from '../office/account-for-numbers.ts';
import { branchByCode } from './branch-by-code.ts';
import { branchOfUser, managerProcedure, notAllowed, router } from './trpc.ts';

const VOIDED_MAX = 1_000;

export const numbersRouter = router({
  /**
   * What has become of every order number of a branch: by desk, which are missing and why, and which orders ended. Managers
   * of their own branch.
   */
  account: managerProcedure
    .input(z.object({ branchCode: z.string().min(1).max(4), limit: z.int().positive().max(VOIDED_MAX).default(200) }))
    .query(async ({ ctx, input: { branchCode, limit } }) => {
      const branchId = await branchByCode(ctx.db, branchCode);
      const own = branchOfUser(ctx.user);
      if (own !== null && own !== branchId) throw notAllowed();
      return accountForNumbers(ctx.db, { branchId, limit });
    }),
});
