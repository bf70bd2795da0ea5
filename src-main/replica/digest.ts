/** The replica's digest, recomputed from its rows: what central computes from its own must come out the same. */
import { hash } from 'node:crypto';
import { sql, type Selectable } from 'kysely';
import { rowKey, type RowKind, type RowOf } from '../../src-shared/protocol/change.ts';
import { addDigest, digestText, type DigestTable } from '../../src-shared/protocol/digest.ts';
import { perStore, type Store, type StoreReader } from '../store/store.ts';
import type { StoreSchema } from '../store/schema.ts';
import { orderOfRow } from './central-order.ts';
import { readCursor } from './cursor.ts';

/** Rows read at a time: all prices of a large house at once would not fit into memory. */
const SLICE_ROWS = 500;

interface RowReader {
  kind: RowKind;
  /** The row as central sent it, with its version. */
  slices: () => Iterable<{ rev: number; row: unknown }[]>;
}

/** Per kind: how many rows, and the sum of their hashes. Holds up all else: seconds, for a house of some years. */
export function digest(store: StoreReader): DigestTable {
  const tables: DigestTable = {};
  for (const part of digestParts(store)) Object.assign(tables, part);
  return tables;
}

/**
 * The same on a snapshot, with a pause after every slice of rows, so that orders are taken meanwhile.
 *
 * @param pause resolves when it may go on, at the soonest in another turn of the event loop.
 * @returns the digest with the cursor that it is of.
 */
export async function digestUnhurried(
  store: Store,
  pause: () => Promise<unknown>,
): Promise<{ cursor: string; tables: DigestTable }> {
  const snapshot = store.snapshot();
  try {
    const tables: DigestTable = {};
    for (const part of digestParts(snapshot)) {
      Object.assign(tables, part);
      await pause();
    }
    return { cursor: readCursor(snapshot), tables };
  } finally {
    snapshot.close();
  }
}

/** After every slice of rows what has come together of its kind. */
function* digestParts(store: StoreReader): Iterable<DigestTable> {
  for (const { kind, slices } of readers(store)) {
    let [rows, sum] = [0, 0n];
    for (const slice of slices()) {
      for (const { rev, row } of slice) {
        sum = addDigest(sum, rowHash(kind, rev, row));
        rows += 1;
      }
      yield { [kind]: { rows, digest: sum.toString(16).padStart(16, '0') } };
    }
  }
}

/** The first eight bytes of the SHA-256 of a row's text, most significant first. */
function rowHash(kind: RowKind, rev: number, row: unknown): bigint {
  const key = rowKey(kind, row as RowOf<RowKind>);
  return hash('sha256', digestText(kind, key, rev, row), 'buffer').readBigUInt64BE(0);
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
      active: of.active === 1,
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
    }),
  }),
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
      active: of.active === 1,
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
  reader(store, 'order', { table: 'sales_order', key: ['order_id'], toRow: orderOfRow }),
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
  reader(store, 'grant', { table: 'scope_grant', key: ['scope'], toRow: (of) => ({ scope: of.scope }) }),
]);

type CentralTable =
  | 'scope_grant'
  | 'branch'
  | 'product'
  | 'customer'
  | 'price_list'
  | 'price'
  | 'stock'
  | 'sales_order'
  | 'receipt';

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
  const key = sql.raw(second === undefined ? `(${first})` : `(${first}, ${second})`);
  // A row value may be compared, not sorted by.
  const order = sql.raw(of.key.join(', '));
  const slice = store.query<{ first: string; second: string }, Selectable<StoreSchema[T]> & Record<string, unknown>>(
    (_, p) => {
      const after = second === undefined ? sql`(${p.first})` : sql`(${p.first}, ${p.second})`;
      return sql`select * from ${sql.raw(of.table)} where ${key} > ${after} order by ${order} limit ${SLICE_ROWS}`;
    },
  );
  return {
    kind,
    *slices() {
      let after = { first: '', second: '' };
      for (;;) {
        const rows = slice.all(after);
        yield rows.map((row) => ({ rev: Number(row['rev']), row: of.toRow(row) }));
        const last = rows.at(-1);
        if (rows.length < SLICE_ROWS || !last) return;
        after = { first: String(last[first]), second: second === undefined ? '' : String(last[second]) };
      }
    },
  };
}
