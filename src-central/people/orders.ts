import { z } from 'zod';
import { bringInOrders } from './bring-in.ts';
import { branchOfUser, router, userProcedure } from './trpc.ts';

const PAGE_MAX = 200;

export const ordersRouter = router({
  bringIn: bringInOrders,

  /** The newest first; `before` is the last `orderId` of the page before. Clerks and managers see their own branch. */
  list: userProcedure
    .input(
      z.object({
        limit: z.int().positive().max(PAGE_MAX).default(50),
        before: z.uuid().optional(),
        number: z.string().max(40).optional(),
      }),
    )
    .query(async ({ ctx, input }) => {
      const own = branchOfUser(ctx.user);
      const { before, number } = input;
      const rows = await ctx.db
        .selectFrom('sales_order as o')
        .innerJoin('customer as c', 'c.customer_id', 'o.customer_id')
        .$if(own !== null, (query) => query.where('o.branch_id', '=', own ?? ''))
        .$if(before !== undefined, (query) => query.where('o.order_id', '<', before ?? ''))
        .$if(number !== undefined, (query) => query.where('o.number', '=', number ?? ''))
        .select(['o.order_id', 'o.number', 'o.status', 'o.business_date', 'o.version', 'o.currency', 'o.total_minor'])
        .select(['o.customer_id', 'c.name as customer_name'])
        .orderBy('o.order_id', 'desc')
        .limit(input.limit)
        .execute();
      return rows.map((row) => ({
        orderId: row.order_id,
        number: row.number,
        status: row.status,
        businessDate: row.business_date,
        version: row.version,
        currency: row.currency,
        totalMinor: row.total_minor,
        customerId: row.customer_id,
        customerName: row.customer_name,
      }));
    }),
});
