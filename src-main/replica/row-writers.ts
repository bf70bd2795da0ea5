/**
 * One statement per kind of row that puts it, and one that removes it, each only by a higher `rev`. Nothing else writes
 * central's rows. The tables are STRICT and their columns not null, so SQLite itself refuses a value of another type.
 */
import type { Receipt } from '../../src-shared/protocol/receipt.ts';
import type { RowKind, RowOf } from '../../src-shared/protocol/change.ts';
import { perStore, type Store, type WriteTx } from '../store/store.ts';
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
  branch: branchWriter(store),
  product: {
    put: putProduct(store),
    remove: removeProduct(store),
    keyOf: (row) => row.productId,
  },
  priceList: priceListWriter(store),
  price: priceWriter(store),
  customer: {
    put: putCustomer(store),
    remove: removeCustomer(store),
    keyOf: (row) => row.customerId,
  },
  stock: stockWriter(store),
  order: orderWriter(store),
  receipt: receiptWriter(store),
  grant: grantWriter(store),
  lease: leaseWriter(store),
}));

function branchWriter(store: Store): RowWriter<'branch'> {
  const columns = ['branch_id', 'code', 'name', 'warehouse_id', 'time_zone', 'rev', 'scope_id'] as const;
  const statement = upsert(store, 'branch', { keys: ['branch_id'], columns });
  return {
    put: (tx, row, stamp) =>
      statement.run(tx, {
        branch_id: row.branchId,
        code: row.code,
        name: row.name,
        warehouse_id: row.warehouseId,
        time_zone: row.timeZone,
        rev: stamp.rev,
        scope_id: stamp.scopeId,
      }) > 0,
    remove: remover(store, 'branch', 'branch_id'),
    keyOf: (row) => row.branchId,
  };
}

function priceListWriter(store: Store): RowWriter<'priceList'> {
  const columns = ['price_list_id', 'code', 'name', 'currency', 'customer_id', 'rev', 'scope_id'] as const;
  const statement = upsert(store, 'price_list', { keys: ['price_list_id'], columns });
  return {
    put: (tx, row, stamp) =>
      statement.run(tx, {
        price_list_id: row.priceListId,
        code: row.code,
        name: row.name,
        currency: row.currency,
        customer_id: row.customerId,
        rev: stamp.rev,
        scope_id: stamp.scopeId,
      }) > 0,
    remove: remover(store, 'price_list', 'price_list_id'),
    keyOf: (row) => row.priceListId,
  };
}

function priceWriter(store: Store): RowWriter<'price'> {
  const columns = [
    'price_id',
    'price_list_id',
    'product_id',
    'unit',
    'unit_price',
    'valid_from',
    'valid_to',
    'rev',
    'scope_id',
  ] as const;
  const statement = upsert(store, 'price', { keys: ['price_id'], columns });
  return {
    put: (tx, row, stamp) =>
      statement.run(tx, {
        price_id: row.priceId,
        price_list_id: row.priceListId,
        product_id: row.productId,
        unit: row.unit,
        unit_price: row.unitPrice,
        valid_from: row.validFrom,
        valid_to: row.validTo,
        rev: stamp.rev,
        scope_id: stamp.scopeId,
      }) > 0,
    remove: remover(store, 'price', 'price_id'),
    keyOf: (row) => row.priceId,
  };
}

function stockWriter(store: Store): RowWriter<'stock'> {
  const columns = ['warehouse_id', 'product_id', 'on_hand', 'allocated', 'rev', 'scope_id'] as const;
  const statement = upsert(store, 'stock', { keys: ['warehouse_id', 'product_id'], columns });
  const removal = store.command<{ warehouse: string; product: string } & RowStamp, never>((db, p) =>
    db
      .deleteFrom('stock')
      .where('warehouse_id', '=', p.warehouse)
      .where('product_id', '=', p.product)
      .where('rev', '<', p.rev)
      .where('scope_id', '=', p.scopeId),
  );
  return {
    put: (tx, row, stamp) =>
      statement.run(tx, {
        warehouse_id: row.warehouseId,
        product_id: row.productId,
        on_hand: row.onHand,
        allocated: row.allocated,
        rev: stamp.rev,
        scope_id: stamp.scopeId,
      }) > 0,
    remove: (tx, key, stamp) => {
      const [warehouse = '', product = ''] = key.split('/');
      return removal.run(tx, { warehouse, product, ...stamp }) > 0;
    },
    keyOf: (row) => `${row.warehouseId}/${row.productId}`,
  };
}

const ORDER_COLUMNS = [
  'order_id',
  'number',
  'branch_id',
  'warehouse_id',
  'customer_id',
  'status',
  'note',
  'business_date',
  'made_at',
  'version',
  'currency',
  'total_minor',
  'line_count',
  'lines',
  'history',
  'rev',
  'scope_id',
] as const;

function orderWriter(store: Store): RowWriter<'order'> {
  const statement = upsert(store, 'sales_order', { keys: ['order_id'], columns: ORDER_COLUMNS });
  return {
    put: (tx, row, stamp) =>
      statement.run(tx, {
        order_id: row.orderId,
        number: row.number,
        branch_id: row.branchId,
        warehouse_id: row.warehouseId,
        customer_id: row.customerId,
        status: row.status,
        note: row.note,
        business_date: row.businessDate,
        made_at: row.madeAt,
        version: row.version,
        currency: row.currency,
        total_minor: row.totalMinor,
        line_count: row.lines.length,
        lines: jsonArray(row.lines),
        history: jsonArray(row.history),
        rev: stamp.rev,
        scope_id: stamp.scopeId,
      }) > 0,
    remove: remover(store, 'sales_order', 'order_id'),
    keyOf: (row) => row.orderId,
  };
}

function receiptWriter(store: Store): RowWriter<'receipt'> {
  const columns = [
    'mutation_id',
    'lane',
    'name',
    'verdict',
    'issues',
    'superseded_by',
    'body_hash',
    'judged_at',
    'rev',
    'scope_id',
  ] as const;
  const statement = upsert(store, 'receipt', { keys: ['mutation_id'], columns });
  return {
    put: (tx, row: Receipt, stamp) =>
      statement.run(tx, {
        mutation_id: row.mutationId,
        lane: row.lane,
        name: row.name,
        verdict: row.verdict,
        issues: jsonArray(row.issues),
        superseded_by: row.supersededBy,
        body_hash: row.bodyHash,
        judged_at: row.judgedAt,
        rev: stamp.rev,
        scope_id: stamp.scopeId,
      }) > 0,
    remove: remover(store, 'receipt', 'mutation_id'),
    keyOf: (row) => row.mutationId,
  };
}

function grantWriter(store: Store): RowWriter<'grant'> {
  const statement = upsert(store, 'scope_grant', { keys: ['scope'], columns: ['scope', 'rev', 'scope_id'] });
  return {
    put: (tx, row, stamp) => statement.run(tx, { scope: row.scope, rev: stamp.rev, scope_id: stamp.scopeId }) > 0,
    remove: remover(store, 'scope_grant', 'scope'),
    keyOf: (row) => row.scope,
  };
}

function leaseWriter(store: Store): RowWriter<'lease'> {
  const columns = [
    'lease_id',
    'incarnation_id',
    'warehouse_id',
    'product_id',
    'quantity_base',
    'used_base',
    'expires_at',
    'rev',
    'scope_id',
  ] as const;
  const statement = upsert(store, 'stock_lease', { keys: ['lease_id'], columns });
  return {
    put: (tx, row, stamp) =>
      statement.run(tx, {
        lease_id: row.leaseId,
        incarnation_id: row.incarnationId,
        warehouse_id: row.warehouseId,
        product_id: row.productId,
        quantity_base: row.quantityBase,
        used_base: row.usedBase,
        expires_at: row.expiresAt,
        rev: stamp.rev,
        scope_id: stamp.scopeId,
      }) > 0,
    remove: remover(store, 'stock_lease', 'lease_id'),
    keyOf: (row) => row.leaseId,
  };
}

function jsonArray(value: unknown): string {
  if (!Array.isArray(value)) throw new TypeError('a list was expected');
  return JSON.stringify(value);
}
