/** What an account must be: the sum over the customer's orders. An account begins so; tests hold it to that ever after. */
import { sql } from 'kysely';
import type { Account } from '../../src-shared/domain/account.ts';
import { claimOf, withClaim } from '../../src-shared/domain/credit.ts';
import type { Currency } from '../../src-shared/domain/money.ts';
import type { CentralDb, CentralTransaction } from '../db/schema.ts';
import { ordersOf } from './orders-of.ts';

export async function summedUp(
  tx: CentralTransaction | CentralDb,
  customerId: string,
  currency: Currency,
): Promise<Account> {
  let onOrderMinor = 0;
  let due: Account['due'] = [];
  for await (const orders of ordersOf(tx, sql`customer_id = ${customerId} and currency = ${currency}`)) {
    for (const order of orders) {
      const claim = claimOf(order);
      onOrderMinor += claim.onOrderMinor;
      due = withClaim(due, { more: claim });
    }
  }
  return { customerId: customerId as Account['customerId'], currency, onOrderMinor, due };
}
