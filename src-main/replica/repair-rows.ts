/**
 * Puts rows right that are not what central has: whatever stands under their keys goes, in whatever scope and version,
 * for neither is to be believed any more; what central had at this replica's cursor comes in its place.
 *
 * Guarantees: in one transaction, and only while the cursor is still the one that central answered for, so that no
 * change of the feed can be lost by it; search entries, the orders as they are shown and verdicts follow.
 */
import { sql } from 'kysely';
import type { Topic } from '../api/desk-services.ts';
import type { PutChange, RowKind } from '../../src-shared/protocol/change.ts';
import { settleReceipts } from '../outbox/settle-receipts.ts';
import { orderOfLane } from '../outbox/lane.ts';
import { perStore, type Store, type WriteTx } from '../store/store.ts';
import { readPosition } from './cursor.ts';
import { rebuildOverlay } from './overlay.ts';
import { searchIndexes } from './search/search-index.ts';
import type { FindableKind } from './search/searched-rows.ts';
import { rowWriters, type RowWriter } from './row-writers.ts';
import { ensureScope, findScope } from './scopes.ts';
import { TOPICS_OF_KINDS } from './topics.ts';

export interface RowPlace {
  kind: RowKind;
  key: string;
}

export interface RowRepair {
  /** Of which position the rows are. */
  cursor: string;
  nowMs: number;
  wanted: readonly RowPlace[];
  /** Those of them that are there at central. */
  changes: readonly PutChange[];
}

export interface RepairedRows {
  topics: Topic[];
  orderIds: string[];
}

/** @returns undefined when the cursor has moved on: ask again. */
export function repairRows(store: Store, { cursor, nowMs, wanted, changes }: RowRepair): RepairedRows | undefined {
  const { cursor: here, epoch } = readPosition(store);
  if (here !== cursor || epoch === undefined) return undefined;
  const orderIds = new Set<string>();
  store.transaction((tx) => {
    for (const { kind, key } of wanted) {
      erasers(store)[kind](tx, key);
      if (kind === 'order') orderIds.add(key);
    }
    for (const change of changes) putRow(store, tx, change);
    const receipts = changes.filter((change) => change.kind === 'receipt').map((change) => change.row);
    for (const lane of settleReceipts(store, tx, { receipts, nowMs, epoch })) {
      const order = orderOfLane(lane);
      if (order !== undefined) orderIds.add(order);
    }
    for (const order of orderIds) rebuildOverlay(store, tx, order);
  });
  const topics = new Set(wanted.flatMap(({ kind }) => TOPICS_OF_KINDS[kind]));
  return { topics: [...topics, 'sync'], orderIds: [...orderIds] };
}

function putRow(store: Store, tx: WriteTx, change: PutChange): void {
  const scope = findScope(store, change.scope);
  // Taken away meanwhile: then it is no row of this desk's.
  if (scope?.state !== 'joined') return;
  const writer = rowWriters(store)[change.kind] as RowWriter<RowKind>;
  writer.put(tx, change.row, { rev: change.rev, scopeId: scope.scopeId });
  // Without its grant the scope may have been let go of: it comes back as one that was just granted.
  if (change.kind === 'grant') ensureScope(store, tx, { name: change.row.scope, state: 'filling' });
}

type Eraser = (tx: WriteTx, key: string) => void;

/** Remove a row by its key in the feed, in whatever version and scope, and what finds it. */
const erasers = perStore((store: Store): Record<RowKind, Eraser> => ({
  branch: eraser(store, 'branch', 'branch_id'),
  product: findableEraser(store, { table: 'product', column: 'product_id' }),
  priceList: eraser(store, 'price_list', 'price_list_id'),
  price: eraser(store, 'price', 'price_id'),
  customerGroup: eraser(store, 'customer_group', 'group_id'),
  promotion: eraser(store, 'promotion', 'promotion_id'),
  policy: eraser(store, 'policy', 'name'),
  customer: findableEraser(store, { table: 'customer', column: 'customer_id' }),
  account: eraser(store, 'customer_account', 'customer_id'),
  stock: eraser(store, 'stock', `warehouse_id || '/' || product_id`),
  order: eraser(store, 'sales_order', 'order_id'),
  receipt: eraser(store, 'receipt', 'mutation_id'),
  grant: eraser(store, 'scope_grant', 'scope'),
  lease: eraser(store, 'stock_lease', 'lease_id'),
}));

function eraser(store: Store, table: string, key: string): Eraser {
  const statement = store.command<{ key: string }, never>(
    (_, p) => sql<never>`delete from ${sql.raw(table)} where ${sql.raw(key)} = ${p.key}`,
  );
  return (tx, value) => {
    statement.run(tx, { key: value });
  };
}

function findableEraser(store: Store, of: { table: FindableKind; column: string }): Eraser {
  const row = store.command<{ key: string }, { row_no: number }>(
    (_, p) => sql<{ row_no: number }>`
      delete from ${sql.raw(of.table)} where ${sql.raw(of.column)} = ${p.key} returning row_no`,
  );
  const index = searchIndexes(store)[of.table];
  return (tx, key) => {
    const removed = row.get(tx, { key });
    if (removed) index.remove(tx, removed.row_no);
  };
}
