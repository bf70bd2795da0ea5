/**
 * Moves a customer to another branch, with the price lists and prices that are the customer's own. One transaction: a
 * desk of either branch sees all of it or nothing. Past orders stay with the branch that took them.
 */
import type { Selectable } from 'kysely';
import { MAX_TRANSACTION_CHANGES } from '../../src-shared/protocol/limits.ts';
import { branchScope } from '../../src-shared/protocol/scope.ts';
import { putOf, recordChanges, type RecordedChange } from '../change-feed/record-changes.ts';
import { CATALOGUE_LOCK } from '../db/lock-keys.ts';
import { accountOf, customerOf, priceListOf, priceOf } from '../db/rows.ts';
import type { CentralDb, CentralTransaction, CustomerTable } from '../db/schema.ts';
import { writeTransaction } from '../db/write-transaction.ts';

export type Moved =
  | { outcome: 'moved'; xid: string | undefined }
  | { outcome: 'unchanged' }
  | { outcome: 'unknown customer' }
  /** What one transaction may change is bounded: prices that have ended must be removed first. */
  | { outcome: 'too many prices'; prices: number; most: number };

/** The customer with their account, and each list and price twice: gone from one scope, there in the other. */
const MOST_ROWS = Math.floor(MAX_TRANSACTION_CHANGES / 2) - 2;

export async function moveCustomer(db: CentralDb, of: { customerId: string; branchId: string }): Promise<Moved> {
  return writeTransaction(db, [CATALOGUE_LOCK], async (tx): Promise<Moved> => {
    const customer = await tx
      .selectFrom('customer')
      .selectAll()
      .where('customer_id', '=', of.customerId)
      .executeTakeFirst();
    if (!customer) return { outcome: 'unknown customer' };
    if (customer.branch_id === of.branchId) return { outcome: 'unchanged' };
    const lists = await tx.selectFrom('price_list').selectAll().where('customer_id', '=', of.customerId).execute();
    const listIds = lists.map((list) => list.price_list_id);
    const prices =
      listIds.length === 0
        ? []
        : await tx.selectFrom('price').selectAll().where('price_list_id', 'in', listIds).execute();
    if (lists.length + prices.length > MOST_ROWS) {
      return { outcome: 'too many prices', prices: prices.length, most: MOST_ROWS - lists.length };
    }
    const accounts = await tx
      .updateTable('customer_account')
      .set((row) => ({ rev: row('rev', '+', 1) }))
      .where('customer_id', '=', of.customerId)
      .returningAll()
      .execute();
    await writeMoved(tx, { customer, listIds, branchId: of.branchId });
    const [from, to] = [branchScope(customer.branch_id), branchScope(of.branchId)];
    const moved = { ...customer, branch_id: of.branchId, rev: customer.rev + 1 };
    const puts = [
      putOf(to, 'customer', customerOf(moved), moved.rev),
      ...lists.map((list) => putOf(to, 'priceList', priceListOf(list), list.rev + 1)),
      ...prices.map((price) => putOf(to, 'price', priceOf(price), price.rev + 1)),
      ...accounts.map((account) => putOf(to, 'account', accountOf(account), account.rev)),
    ];
    const removes = puts.map((put): RecordedChange => ({ ...put, scope: from, rowJson: null }));
    return { outcome: 'moved', xid: await recordChanges(tx, [...removes, ...puts]) };
  });
}

async function writeMoved(
  tx: CentralTransaction,
  of: { customer: Selectable<CustomerTable>; listIds: readonly string[]; branchId: string },
): Promise<void> {
  await tx
    .updateTable('customer')
    .set((row) => ({ branch_id: of.branchId, rev: row('rev', '+', 1) }))
    .where('customer_id', '=', of.customer.customer_id)
    .execute();
  if (of.listIds.length === 0) return;
  for (const table of ['price_list', 'price'] as const) {
    await tx
      .updateTable(table)
      .set((row) => ({ rev: row('rev', '+', 1) }))
      .where('price_list_id', 'in', of.listIds)
      .execute();
  }
}
