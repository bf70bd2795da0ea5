/** A customer's statement: from all of their orders in the house's currency, on one snapshot. */
import { sql } from 'kysely';
import { agingOn, type Aging } from '../../src-shared/domain/account.ts';
import { claimOf, withClaim } from '../../src-shared/domain/credit.ts';
import type { Customer } from '../../src-shared/domain/customer.ts';
import type { Currency } from '../../src-shared/domain/money.ts';
import type { Order } from '../../src-shared/domain/order.ts';
import { statementOf, type Statement } from '../../src-shared/domain/statement.ts';
import { ordersOf } from '../accounts/orders-of.ts';
import { readSnapshot } from '../change-feed/gate.ts';
import { customerOf } from '../db/rows.ts';
import type { CentralDb } from '../db/schema.ts';
import { sameCode } from '../house/same-code.ts';

export interface CustomerStatement extends Statement {
  customer: Pick<Customer, 'code' | 'name' | 'taxId' | 'addresses' | 'terms'>;
  currency: Currency;
  /** Of what is open now, how old it was on the last day of the statement. */
  aging: Aging;
}

export async function readStatement(
  db: CentralDb,
  asked: { customerCode: string; from: string; to: string; ofBranch: string | null; currency: Currency },
): Promise<CustomerStatement | 'unknown' | 'other branch'> {
  return readSnapshot(db, async (tx) => {
    const row = await tx
      .selectFrom('customer')
      .innerJoin('branch', 'branch.branch_id', 'customer.branch_id')
      .selectAll('customer')
      .select('branch.time_zone')
      .where(sameCode(asked.customerCode, 'customer'))
      .executeTakeFirst();
    if (!row) return 'unknown';
    if (asked.ofBranch !== null && row.branch_id !== asked.ofBranch) return 'other branch';
    const orders: Order[] = [];
    const which = sql<boolean>`customer_id = ${row.customer_id} and currency = ${asked.currency}`;
    for await (const some of ordersOf(tx, which)) orders.push(...some);
    let due: [string, number][] = [];
    for (const order of orders) due = withClaim(due, { more: claimOf(order) });
    const { code, name, taxId, addresses, terms } = customerOf(row);
    const { from, to, currency } = asked;
    const said = { ...(taxId === undefined ? {} : { taxId }), ...(addresses ? { addresses } : {}) };
    return {
      ...statementOf(orders, { from, to, timeZone: row.time_zone }),
      customer: { code, name, ...said, ...(terms ? { terms } : {}) },
      currency,
      aging: agingOn({ due }, to),
    };
  });
}
