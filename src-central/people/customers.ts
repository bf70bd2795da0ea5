import { z } from 'zod';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { moveCustomer } from '../customers/move-customer.ts';
import { setCustomerGroup } from '../house/set-customer-group.ts';
import { branchByCode } from './branch-by-code.ts';
import { adminProcedure, branchOfUser, fieldFault, managerProcedure, notAllowed, router } from './trpc.ts';

export const customersRouter = router({
  /** From one branch to another, own prices and all. The desks of both hear of it at once. */
  move: adminProcedure
    .input(z.object({ customerCode: z.string().min(1).max(60), branchCode: z.string().min(1).max(4) }))
    .mutation(async ({ ctx, input }) => {
      const branchId = await branchByCode(ctx.db, input.branchCode);
      const customer = await ctx.db
        .selectFrom('customer')
        .select('customer_id')
        .where((row) => row.fn('lower', ['code']), '=', input.customerCode.toLowerCase())
        .executeTakeFirst();
      const unknown = new AppError({ code: 'NOT_FOUND', retry: 'never', what: `customer ${input.customerCode}` });
      if (!customer) throw unknown;
      const moved = await moveCustomer(ctx.db, { customerId: customer.customer_id, branchId });
      switch (moved.outcome) {
        case 'unknown customer':
          throw unknown;
        case 'too many prices':
          throw fieldFault(
            'customerCode',
            `has ${moved.prices} own prices; at most ${moved.most} can be moved at once`,
          );
        case 'moved':
          if (moved.xid !== undefined) ctx.committed(moved.xid);
          return { moved: true };
        case 'unchanged':
          return { moved: false };
      }
    }),

  /** The group whose lists and promotions count for the customer; null: none. Managers for their own branch's customers. */
  setGroup: managerProcedure
    .input(z.object({ customerCode: z.string().min(1).max(60), groupCode: z.string().min(1).max(60).nullable() }))
    .mutation(async ({ ctx, input }) => {
      const set = await setCustomerGroup(ctx.db, { ...input, ofBranch: branchOfUser(ctx.user) });
      switch (set.outcome) {
        case 'unknown':
          throw new AppError({ code: 'NOT_FOUND', retry: 'never', what: set.what });
        case 'other branch':
          throw notAllowed();
        default:
          if (set.xid !== undefined) ctx.committed(set.xid);
          return { set: set.outcome === 'changed' };
      }
    }),
});
