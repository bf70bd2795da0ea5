/**
 * The replica's rows as digests see them, recomputed from what is stored: what central computes of its own must come out
 * the same. A row that can't even be read, because its text is no JSON any more, has a hash of its own: it differs.
 */
import { hash } from 'node:crypto';
import { sql, type Selectable } from 'kysely';
import type { RowKind } from '../../src-shared/protocol/change.ts';
import type { Promotion } from '../../src-shared/domain/pricing/promotion.ts';
import { addDigest, digestHex, digestText, type DigestTable } from '../../src-shared/protocol/digest.ts';
import { perStore, type StoreReader } from '../store/store.ts';
import type { StoreSchema } from '../store/schema.ts';
import { orderOfRow } from './central-order.ts';
import type { CentralTable } from './row-shapes.ts';

/** Rows read at a time: what waits meanwhile waits some milliseconds, and orders of many lines are long. */
const SLICE_ROWS = 200;

export interface HashedRow {
  key: string;
  scopeId: number;
  hash: bigint;
}

interface RowReader {
  kind: RowKind;
  slices: () => Iterable<HashedRow[]>;
}

/** Per kind, all scopes together: how many rows, and the sum of their hashes. Holds up all else: for tests. */
export function digest(store: StoreReader): DigestTable {
  const tables: DigestTable = {};
  for (const { kind, slices } of readers(store)) {
    let [rows, sum] = [0, 0n];
    for (const slice of slices()) {
      for (const row of slice) sum = addDigest(sum, row.hash);
      rows += slice.length;
    }
    tables[kind] = { rows, digest: digestHex(sum) };
  }
  return tables;
}

/** All rows of one kind, slice by slice, in the order of their keys. */
export function hashedRows(store: StoreReader, kind: RowKind): Iterable<HashedRow[]> {
  const found = readers(store).find((each) => each.kind === kind);
  if (!found) throw new Error(`no rows of kind ${kind} are stored`);
  return found.slices();
}

export function storedKinds(store: StoreReader): RowKind[] {
  return readers(store).map(({ kind }) => kind);
}

/** The first eight bytes of a SHA-256, most significant first. */
function first64(text: string): bigint {
  return hash('sha256', text, 'buffer').readBigUInt64BE(0);
}

function flag(value: number): boolean {
  if (value !== 0 && value !== 1) throw new TypeError('a flag is 0 or 1');
  return value === 1;
}

/** A field that a row may lack: null here, left out there. */
function said<Name extends string>(name: Name, value: unknown): { [K in Name]?: unknown } {
  return value === null ? {} : ({ [name]: value } as { [K in Name]?: unknown });
}

function wholePromotion(of: Selectable<StoreSchema['promotion']>): unknown {
  const row = JSON.parse(of.content) as Promotion;
  const found = [row.validFrom, row.validTo, row.active ? 1 : 0];
  if (![of.valid_from, of.valid_to, of.active].every((value, at) => value === found[at])) {
    throw new TypeError('a promotion is found by other days than it says');
  }
  return row;
}

function wholeOrder(of: Selectable<StoreSchema['sales_order']>): unknown {
  const order = orderOfRow(of);
  if (order.lines.length !== of.line_count) throw new TypeError('an order counts other lines than it has');
  return order;
}

const readers = perStore((store: StoreReader): RowReader[] => [
  reader(store, 'branch', {
    table: 'branch',
    key: ['branch_id'],
    toRow: (of) => ({
      branchId: of.branch_id,
      code: of.code,
      name: of.name,
      warehouseId: of.warehouse_id,
      timeZone: of.time_zone,
    }),
  }),
  reader(store, 'product', {
    table: 'product',
    key: ['product_id'],
    toRow: (of) => ({
      productId: of.product_id,
      code: of.code,
      barcode: of.barcode,
      name: of.name,
      nameAlt: of.name_alt,
      initials: of.initials,
      baseUnit: of.base_unit,
      units: JSON.parse(of.units) as unknown,
      step: of.step,
      active: flag(of.active),
      ...said('taxBasisPoints', of.tax_basis_points),
      ...said('minimumBase', of.minimum_base),
      ...said('multipleBase', of.multiple_base),
    }),
  }),
  reader(store, 'priceList', {
    table: 'price_list',
    key: ['price_list_id'],
    toRow: (of) => ({
      priceListId: of.price_list_id,
      code: of.code,
      name: of.name,
      currency: of.currency,
      customerId: of.customer_id,
      ...said('groupId', of.group_id),
      ...said('taxIncluded', of.tax_included === null ? null : flag(of.tax_included)),
    }),
  }),
  reader(store, 'price', {
    table: 'price',
    key: ['price_id'],
    toRow: (of) => ({
      priceId: of.price_id,
      priceListId: of.price_list_id,
      productId: of.product_id,
      unit: of.unit,
      unitPrice: of.unit_price,
      validFrom: of.valid_from,
      validTo: of.valid_to,
      ...said('minQuantity', of.min_quantity),
    }),
  }),
  reader(store, 'customerGroup', {
    table: 'customer_group',
    key: ['group_id'],
    toRow: (of) => ({ groupId: of.group_id, code: of.code, name: of.name }),
  }),
  reader(store, 'promotion', { table: 'promotion', key: ['promotion_id'], toRow: wholePromotion }),
  reader(store, 'policy', { table: 'policy', key: ['name'], toRow: (of) => JSON.parse(of.content) as unknown }),
  reader(store, 'customer', {
    table: 'customer',
    key: ['customer_id'],
    toRow: (of) => ({
      customerId: of.customer_id,
      branchId: of.branch_id,
      code: of.code,
      name: of.name,
      initials: of.initials,
      phone: of.phone,
      active: flag(of.active),
      ...said('groupId', of.group_id),
      ...((of.more === null ? {} : JSON.parse(of.more)) as object),
    }),
  }),
  reader(store, 'account', {
    table: 'customer_account',
    key: ['customer_id'],
    toRow: (of) => ({
      customerId: of.customer_id,
      currency: of.currency,
      onOrderMinor: of.on_order_minor,
      due: JSON.parse(of.due) as unknown,
    }),
  }),
  reader(store, 'stock', {
    table: 'stock',
    key: ['warehouse_id', 'product_id'],
    toRow: (of) => ({
      warehouseId: of.warehouse_id,
      productId: of.product_id,
      onHand: of.on_hand,
      allocated: of.allocated,
    }),
  }),
  reader(store, 'order', { table: 'sales_order', key: ['order_id'], toRow: wholeOrder }),
  reader(store, 'receipt', {
    table: 'receipt',
    key: ['mutation_id'],
    toRow: (of) => ({
      mutationId: of.mutation_id,
      lane: of.lane,
      name: of.name,
      verdict: of.verdict,
      issues: JSON.parse(of.issues) as unknown,
      supersededBy: of.superseded_by,
      bodyHash: of.body_hash,
      judgedAt: of.judged_at,
    }),
  }),
  reader(store, 'lease', {
    table: 'stock_lease',
    key: ['lease_id'],
    toRow: (of) => ({
      leaseId: of.lease_id,
      incarnationId: of.incarnation_id,
      warehouseId: of.warehouse_id,
      productId: of.product_id,
      quantityBase: of.quantity_base,
      usedBase: of.used_base,
      expiresAt: of.expires_at,
    }),
  }),
  reader(store, 'grant', { table: 'scope_grant', key: ['scope'], toRow: (of) => ({ scope: of.scope }) }),
]);

function rowHash({ kind, key, rev }: { kind: RowKind; key: string; rev: number }, toRow: () => unknown): bigint {
  try {
    return first64(digestText(kind, key, rev, toRow()));
  } catch {
    return first64(`not readable: ${kind} ${key}`);
  }
}

/** Of one order, as among the rows of its kind. */
export function orderHash(row: Selectable<StoreSchema['sales_order']>): bigint {
  return rowHash({ kind: 'order', key: row.order_id, rev: row.rev }, () => wholeOrder(row));
}

function reader<T extends CentralTable>(
  store: StoreReader,
  kind: RowKind,
  of: {
    table: T;
    key: readonly [string] | readonly [string, string];
    toRow: (row: Selectable<StoreSchema[T]>) => unknown;
  },
): RowReader {
  const [first, second] = of.key;
  const columns = sql.raw(second === undefined ? `(${first})` : `(${first}, ${second})`);
  // A row value may be compared, not sorted by.
  const order = sql.raw(of.key.join(', '));
  const slice = store.query<{ first: string; second: string }, Selectable<StoreSchema[T]> & Record<string, unknown>>(
    (_, p) => {
      const after = second === undefined ? sql`(${p.first})` : sql`(${p.first}, ${p.second})`;
      return sql`select * from ${sql.raw(of.table)} where ${columns} > ${after} order by ${order} limit ${SLICE_ROWS}`;
    },
  );
  const hashOf = (key: string, rev: number, row: Selectable<StoreSchema[T]>): bigint =>
    rowHash({ kind, key, rev }, () => of.toRow(row));
  return {
    kind,
    *slices() {
      let after = { first: '', second: '' };
      for (;;) {
        const rows = slice.all(after);
        yield rows.map((row) => {
          const key = of.key.map((column) => String(row[column])).join('/');
          return { key, scopeId: Number(row['scope_id']), hash: hashOf(key, Number(row['rev']), row) };
        });
        const last = rows.at(-1);
        if (rows.length < SLICE_ROWS || !last) return;
        after = { first: String(last[first]), second: second === undefined ? '' : String(last[second]) };
      }
    },
  };
}
