/** What an account must be: the sum over the customer's orders. An account begins so; tests hold it to that ever after. */
import type { Account } from '../../src-shared/domain/account.ts';
import { claimOf, withClaim } from '../../src-shared/domain/credit.ts';
import type { Currency } from '../../src-shared/domain/money.ts';
import type { CentralDb, CentralTransaction } from '../db/schema.ts';
import { loadOrders } from '../orders/load-orders.ts';

/** Orders that are summed up at a time. */
const ORDERS_AT_A_TIME = 500;

export async function summedUp(
  tx: CentralTransaction | CentralDb,
  customerId: string,
  currency: Currency,
): Promise<Account> {
  let onOrderMinor = 0;
  let due: Account['due'] = [];
  const ids = await tx
    .selectFrom('sales_order')
    .select('order_id')
    .where('customer_id', '=', customerId)
    .where('currency', '=', currency)
    .execute();
  for (let from = 0; from < ids.length; from += ORDERS_AT_A_TIME) {
    const some = ids.slice(from, from + ORDERS_AT_A_TIME).map((row) => row.order_id);
    for (const { order, paidMinor } of (await loadOrders(tx, some)).values()) {
      const claim = claimOf(order, paidMinor);
      onOrderMinor += claim.onOrderMinor;
      due = withClaim(due, { more: claim });
    }
  }
  return { customerId: customerId as Account['customerId'], currency, onOrderMinor, due, unallottedMinor: 0 };
}
