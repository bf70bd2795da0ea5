/** The bench house's rows in the change feed, so that a real desk can be filled with them. */
import { putOf, recordChanges, type RecordedChange } from '../../src-central/change-feed/record-changes.ts';
import { CATALOGUE_LOCK } from '../../src-central/db/lock-keys.ts';
import { branchOf, customerOf, priceListOf, priceOf, productOf, stockOf } from '../../src-central/db/rows.ts';
import type { CentralDb } from '../../src-central/db/schema.ts';
import { writeTransaction } from '../../src-central/db/write-transaction.ts';
import { branchScope, CATALOGUE_SCOPE } from '../../src-shared/protocol/scope.ts';

export async function tellOfHouse(db: CentralDb, branchId: string): Promise<void> {
  const own = branchScope(branchId);
  const [branches, products, lists, prices, customers, stock] = await Promise.all([
    db.selectFrom('branch').selectAll().execute(),
    db.selectFrom('product').selectAll().execute(),
    db.selectFrom('price_list').selectAll().execute(),
    db.selectFrom('price').selectAll().execute(),
    db.selectFrom('customer').selectAll().execute(),
    db.selectFrom('stock').selectAll().execute(),
  ]);
  const kinds: RecordedChange[][] = [
    branches.map((row) => putOf(CATALOGUE_SCOPE, 'branch', branchOf(row), row.rev)),
    products.map((row) => putOf(CATALOGUE_SCOPE, 'product', productOf(row), row.rev)),
    lists.map((row) => putOf(CATALOGUE_SCOPE, 'priceList', priceListOf(row), row.rev)),
    prices.map((row) => putOf(CATALOGUE_SCOPE, 'price', priceOf(row), row.rev)),
    customers.map((row) => putOf(own, 'customer', customerOf(row), row.rev)),
    stock.map((row) => putOf(own, 'stock', stockOf(row), row.rev)),
  ];
  for (const changes of kinds) await writeTransaction(db, [CATALOGUE_LOCK], (tx) => recordChanges(tx, changes));
}
