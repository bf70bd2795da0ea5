import { z } from 'zod';
import { customerGroup } from '../../src-shared/domain/customer.ts';
import { customerGroupOf } from '../db/rows.ts';
import { putCustomerGroup } from '../house/put-customer-group.ts';
import { adminProcedure, router } from './trpc.ts';
import { typedText } from './typed-text.ts';

const newGroup = z.object({ code: typedText(customerGroup.shape.code), name: typedText(customerGroup.shape.name) });

export const customerGroupsRouter = router({
  list: adminProcedure.query(async ({ ctx }) => {
    const rows = await ctx.db.selectFrom('customer_group').selectAll().orderBy('code').execute();
    return rows.map(customerGroupOf);
  }),

  /** Makes one, or gives the one of that code, in whatever case, another name. */
  put: adminProcedure.input(newGroup).mutation(async ({ ctx, input }) => {
    const { outcome, row, xid } = await putCustomerGroup(ctx.db, input);
    if (xid !== undefined) ctx.committed(xid);
    return { outcome, group: row };
  }),
});
