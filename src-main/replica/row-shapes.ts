/**
 * Of each kind of row: its table here, and a row's values in the order of the columns. What a page brings and what a chunk
 * brings is written by this alone. Pure; a thread of its own uses it.
 */
import { customerMoreOf } from '../../src-shared/domain/customer.ts';
import type { RowKind, RowOf } from '../../src-shared/protocol/change.ts';
import { customerGrams, productGrams } from './search/row-grams.ts';
import type { FindableKind } from './search/searched-rows.ts';

/** What SQLite takes. */
export type SqlValue = string | number | null;

export type CentralTable =
  | 'branch'
  | 'product'
  | 'customer'
  | 'price_list'
  | 'price'
  | 'customer_group'
  | 'promotion'
  | 'policy'
  | 'customer_account'
  | 'stock'
  | 'sales_order'
  | 'receipt'
  | 'scope_grant'
  | 'stock_lease';

export interface RowShape<K extends RowKind> {
  table: CentralTable;
  /** Without `rev` and `scope_id`, which every table has besides. */
  columns: readonly string[];
  keys: readonly string[];
  values: (row: RowOf<K>) => SqlValue[];
  /** What the search index is given, where there is one. */
  search?: { kind: FindableKind; grams: (row: RowOf<K>) => string; of: readonly string[] };
}

export const ROW_SHAPES: { [K in RowKind]: RowShape<K> } = {
  branch: {
    table: 'branch',
    keys: ['branch_id'],
    columns: ['branch_id', 'code', 'name', 'warehouse_id', 'time_zone'],
    values: (row) => [row.branchId, row.code, row.name, row.warehouseId, row.timeZone],
  },
  product: {
    table: 'product',
    keys: ['product_id'],
    columns: [
      'product_id',
      'code',
      'barcode',
      'name',
      'name_alt',
      'initials',
      'base_unit',
      'units',
      'step',
      'active',
      'tax_basis_points',
      'minimum_base',
      'multiple_base',
    ],
    values: (row) => [
      row.productId,
      row.code,
      row.barcode,
      row.name,
      row.nameAlt,
      row.initials,
      row.baseUnit,
      jsonArray(row.units),
      row.step,
      row.active ? 1 : 0,
      row.taxBasisPoints ?? null,
      row.minimumBase ?? null,
      row.multipleBase ?? null,
    ],
    search: { kind: 'product', grams: productGrams, of: ['code', 'barcode', 'name', 'name_alt', 'initials'] },
  },
  priceList: {
    table: 'price_list',
    keys: ['price_list_id'],
    columns: ['price_list_id', 'code', 'name', 'currency', 'customer_id', 'group_id', 'tax_included'],
    values: (row) => [
      row.priceListId,
      row.code,
      row.name,
      row.currency,
      row.customerId,
      row.groupId ?? null,
      row.taxIncluded ? 1 : null,
    ],
  },
  price: {
    table: 'price',
    keys: ['price_id'],
    columns: [
      'price_id',
      'price_list_id',
      'product_id',
      'unit',
      'unit_price',
      'valid_from',
      'valid_to',
      'min_quantity',
    ],
    values: (row) => [
      row.priceId,
      row.priceListId,
      row.productId,
      row.unit,
      row.unitPrice,
      row.validFrom,
      row.validTo,
      row.minQuantity ?? null,
    ],
  },
  customerGroup: {
    table: 'customer_group',
    keys: ['group_id'],
    columns: ['group_id', 'code', 'name'],
    values: (row) => [row.groupId, row.code, row.name],
  },
  promotion: {
    table: 'promotion',
    keys: ['promotion_id'],
    columns: ['promotion_id', 'valid_from', 'valid_to', 'active', 'content'],
    values: (row) => [row.promotionId, row.validFrom, row.validTo, row.active ? 1 : 0, JSON.stringify(row)],
  },
  policy: {
    table: 'policy',
    keys: ['name'],
    columns: ['name', 'content'],
    values: (row) => [row.name, JSON.stringify(row)],
  },
  customer: {
    table: 'customer',
    keys: ['customer_id'],
    columns: ['customer_id', 'branch_id', 'code', 'name', 'initials', 'phone', 'active', 'group_id', 'more'],
    values: (row) => [
      row.customerId,
      row.branchId,
      row.code,
      row.name,
      row.initials,
      row.phone,
      row.active ? 1 : 0,
      row.groupId ?? null,
      jsonOrNull(customerMoreOf(row)),
    ],
    search: { kind: 'customer', grams: customerGrams, of: ['code', 'name', 'initials', 'phone'] },
  },
  account: {
    table: 'customer_account',
    keys: ['customer_id'],
    columns: ['customer_id', 'currency', 'on_order_minor', 'due'],
    values: (row) => [row.customerId, row.currency, row.onOrderMinor, jsonArray(row.due)],
  },
  stock: {
    table: 'stock',
    keys: ['warehouse_id', 'product_id'],
    columns: ['warehouse_id', 'product_id', 'on_hand', 'allocated'],
    values: (row) => [row.warehouseId, row.productId, row.onHand, row.allocated],
  },
  order: {
    table: 'sales_order',
    keys: ['order_id'],
    columns: [
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
      'tax_minor',
      'state',
      'hold',
      'credited_minor',
      'credit_review',
      'old_facts',
      'paid_minor',
    ],
    values: (row) =>
      orderValues(row, {
        lineCount: row.lines.length,
        lines: jsonArray(row.lines),
        history: jsonArray(row.history),
      }),
  },
  receipt: {
    table: 'receipt',
    keys: ['mutation_id'],
    columns: ['mutation_id', 'lane', 'name', 'verdict', 'issues', 'superseded_by', 'body_hash', 'judged_at'],
    values: (row) => [
      row.mutationId,
      row.lane,
      row.name,
      row.verdict,
      jsonArray(row.issues),
      row.supersededBy,
      row.bodyHash,
      row.judgedAt,
    ],
  },
  lease: {
    table: 'stock_lease',
    keys: ['lease_id'],
    columns: ['lease_id', 'incarnation_id', 'warehouse_id', 'product_id', 'quantity_base', 'used_base', 'expires_at'],
    values: (row) => [
      row.leaseId,
      row.incarnationId,
      row.warehouseId,
      row.productId,
      row.quantityBase,
      row.usedBase,
      row.expiresAt,
    ],
  },
  grant: { table: 'scope_grant', keys: ['scope'], columns: ['scope'], values: (row) => [row.scope] },
};

/** Every table of central's rows. */
export const CENTRAL_TABLES: readonly CentralTable[] = Object.values(ROW_SHAPES).map(({ table }) => table);

/** With its lists as they are kept: as text. */
export function orderValues(
  row: Omit<RowOf<'order'>, 'lines' | 'history'>,
  { lineCount, lines, history }: { lineCount: number; lines: string; history: string },
): SqlValue[] {
  return [
    row.orderId,
    row.number,
    row.branchId,
    row.warehouseId,
    row.customerId,
    row.status,
    row.note,
    row.businessDate,
    row.madeAt,
    row.version,
    row.currency,
    row.totalMinor,
    lineCount,
    lines,
    history,
    row.taxMinor ?? null,
    row.state ?? null,
    jsonOrNull(row.hold),
    row.creditedMinor ?? null,
    row.creditReview ? 1 : null,
    row.oldFacts ? 1 : null,
    row.paidMinor ?? null,
  ];
}

function jsonOrNull(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

function jsonArray(value: unknown): string {
  if (!Array.isArray(value)) throw new TypeError('a list was expected');
  return JSON.stringify(value);
}
