/**
 * Rows that can be searched for: products and customers, with their entry in the search index, which is written anew only
 * when what it is made of has changed.
 */
import { sql } from 'kysely';
import type { Customer } from '../../src-shared/domain/customer.ts';
import type { Product } from '../../src-shared/domain/product.ts';
import { perStore, type Store, type StoreReader, type WriteTx } from '../store/store.ts';
import { ROW_SHAPES } from './row-shapes.ts';
import { customerGrams, productGrams } from './search/row-grams.ts';
import { searchIndexes } from './search/search-index.ts';
import type { FindableKind } from './search/searched-rows.ts';
import { givesWay, remover, upsert, type RowStamp } from './upsert.ts';

interface FoundBefore {
  row_no: number;
  rev: number;
  scope_id: number;
}

const givingWay = perStore((store: StoreReader) =>
  store.query<{ scopeId: number }, { gives: number }>(
    (_, p) => sql<{ gives: number }>`select ${p.scopeId} ${sql.raw(givesWay(''))} as gives`,
  ),
);

function isGivingWay(store: StoreReader, scopeId: number): boolean {
  return givingWay(store).get({ scopeId })?.gives === 1;
}

export function putProduct(store: Store): (tx: WriteTx, row: Product, stamp: RowStamp) => boolean {
  const { values } = ROW_SHAPES.product;
  const statement = upsert(store, ROW_SHAPES.product);
  const before = store.query<
    { id: string },
    FoundBefore & Pick<Product, 'code' | 'barcode' | 'name' | 'initials'> & { name_alt: string | null }
  >((db, p) =>
    db
      .selectFrom('product')
      .select(['row_no', 'rev', 'scope_id', 'code', 'barcode', 'name', 'name_alt', 'initials'])
      .where('product_id', '=', p.id),
  );
  const index = searchIndexes(store).product;
  return (tx, row, stamp) => {
    const old = before.get({ id: row.productId });
    if (old && old.rev >= stamp.rev && !isGivingWay(store, old.scope_id)) return false;
    if (statement.run(tx, [...values(row), stamp.rev, stamp.scopeId]) === 0) return false;
    const same =
      old?.name === row.name &&
      old.name_alt === row.nameAlt &&
      old.code === row.code &&
      old.barcode === row.barcode &&
      old.initials === row.initials;
    const rowNo = same ? undefined : (old ?? before.get({ id: row.productId }))?.row_no;
    if (rowNo !== undefined) index.enter(tx, { rowNo, grams: productGrams(row) });
    return true;
  };
}

export function putCustomer(store: Store): (tx: WriteTx, row: Customer, stamp: RowStamp) => boolean {
  const { values } = ROW_SHAPES.customer;
  const statement = upsert(store, ROW_SHAPES.customer);
  const before = store.query<{ id: string }, FoundBefore & Pick<Customer, 'code' | 'name' | 'initials' | 'phone'>>(
    (db, p) =>
      db
        .selectFrom('customer')
        .select(['row_no', 'rev', 'scope_id', 'code', 'name', 'initials', 'phone'])
        .where('customer_id', '=', p.id),
  );
  const index = searchIndexes(store).customer;
  return (tx, row, stamp) => {
    const old = before.get({ id: row.customerId });
    if (old && old.rev >= stamp.rev && !isGivingWay(store, old.scope_id)) return false;
    if (statement.run(tx, [...values(row), stamp.rev, stamp.scopeId]) === 0) return false;
    const same =
      old?.name === row.name && old.code === row.code && old.initials === row.initials && old.phone === row.phone;
    const rowNo = same ? undefined : (old ?? before.get({ id: row.customerId }))?.row_no;
    if (rowNo !== undefined) index.enter(tx, { rowNo, grams: customerGrams(row) });
    return true;
  };
}

export function removeProduct(store: Store): (tx: WriteTx, key: string, stamp: RowStamp) => boolean {
  return removeFindable(store, { table: 'product', column: 'product_id' });
}

export function removeCustomer(store: Store): (tx: WriteTx, key: string, stamp: RowStamp) => boolean {
  return removeFindable(store, { table: 'customer', column: 'customer_id' });
}

function removeFindable(store: Store, of: { table: FindableKind; column: string }) {
  const find = store.query<{ key: string }, { row_no: number }>(
    (_, p) => sql<{ row_no: number }>`select row_no from ${sql.raw(of.table)} where ${sql.raw(of.column)} = ${p.key}`,
  );
  const remove = remover(store, of.table, of.column);
  const index = searchIndexes(store)[of.table];
  return (tx: WriteTx, key: string, stamp: RowStamp): boolean => {
    const found = find.get({ key });
    if (!found || !remove(tx, key, stamp)) return false;
    index.remove(tx, found.row_no);
    return true;
  };
}
