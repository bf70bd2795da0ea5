/**
 * One statement per kind of row that puts it, and one that removes it, each only by a higher `rev`. Nothing else writes
 * central's rows. The tables are STRICT and their columns not null, so SQLite itself refuses a value of another type.
 */
import { rowKey, type RowKind, type RowOf } from '../../src-shared/protocol/change.ts';
import { perStore, type Store, type WriteTx } from '../store/store.ts';
import { ROW_SHAPES } from './row-shapes.ts';
import { remover, upsert, type RowStamp } from './upsert.ts';
import { putCustomer, putProduct, removeCustomer, removeProduct } from './upsert-findable.ts';

type Put<K extends RowKind> = (tx: WriteTx, row: RowOf<K>, stamp: RowStamp) => boolean;

export interface RowWriter<K extends RowKind> {
  /** False when the row here is at least as new. */
  put: Put<K>;
  /** By the key in the feed. False when there was nothing older of that scope to remove. */
  remove: (tx: WriteTx, key: string, stamp: RowStamp) => boolean;
  /** The key that a row must have come under. */
  keyOf: (row: RowOf<K>) => string;
}

export type RowWriters = { [K in RowKind]: RowWriter<K> };

export const rowWriters = perStore((store: Store): RowWriters => ({
  branch: writer(store, 'branch'),
  product: { ...writer(store, 'product'), put: putProduct(store), remove: removeProduct(store) },
  priceList: writer(store, 'priceList'),
  price: writer(store, 'price'),
  customerGroup: writer(store, 'customerGroup'),
  promotion: writer(store, 'promotion'),
  policy: writer(store, 'policy'),
  customer: { ...writer(store, 'customer'), put: putCustomer(store), remove: removeCustomer(store) },
  account: writer(store, 'account'),
  stock: { ...writer(store, 'stock'), remove: removeStock(store) },
  order: writer(store, 'order'),
  receipt: writer(store, 'receipt'),
  grant: writer(store, 'grant'),
  lease: writer(store, 'lease'),
}));

/** Of a row that nothing finds but its one key column. */
function writer<K extends RowKind>(store: Store, kind: K): RowWriter<K> {
  const shape = ROW_SHAPES[kind];
  const put = upsert(store, shape);
  const [key = ''] = shape.keys;
  return {
    put: (tx, row, { rev, scopeId }) => put.run(tx, [...shape.values(row), rev, scopeId]) > 0,
    remove: remover(store, shape.table, key),
    keyOf: (row) => rowKey(kind, row),
  };
}

function removeStock(store: Store): RowWriter<'stock'>['remove'] {
  const removal = store.command<{ warehouse: string; product: string } & RowStamp, never>((db, p) =>
    db
      .deleteFrom('stock')
      .where('warehouse_id', '=', p.warehouse)
      .where('product_id', '=', p.product)
      .where('rev', '<', p.rev)
      .where('scope_id', '=', p.scopeId),
  );
  return (tx, key, stamp) => {
    const [warehouse = '', product = ''] = key.split('/');
    return removal.run(tx, { warehouse, product, ...stamp }) > 0;
  };
}
