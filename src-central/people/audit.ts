/** The trail of who changed what: an admin's the whole, a manager's what is of the own branch. */
import { z } from 'zod';
import { checkSeals } from '../audit/seals.ts';
import { listAudit } from '../audit/list-audit.ts';
import { adminProcedure, branchOfUser, managerProcedure, router } from './trpc.ts';

const instant = z.int().nonnegative();
const word = z.string().min(1).max(200);

export const auditRouter = router({
  /** The newest first, a page at a time: `next` of one page is `before` of the following. */
  list: managerProcedure
    .input(
      z.object({
        from: instant.optional(),
        to: instant.optional(),
        userName: word.optional(),
        /** `order`, `stock`, `price`, `customer`, `app_user` …, and the key of one row. */
        subject: word.optional(),
        key: word.optional(),
        /** Part of a code, number or name. */
        text: word.optional(),
        before: z.object({ at: instant, id: word }).optional(),
      }),
    )
    .query(({ ctx, input }) => listAudit(ctx.db, { ...input, branchId: branchOfUser(ctx.user) })),

  /** Goes through all of it and its seals. `broken` is null where nothing was changed, removed or slipped in. */
  check: adminProcedure.query(({ ctx }) => checkSeals(ctx.db, ctx.receiptKey)),
});
