/**
 * Which scopes this replica holds. A scope comes with the first row or grant that names it and goes when central takes
 * its grant back: from that transaction on it is `leaving`, and its rows are deleted in slices, so that nobody's order
 * waits for a hundred thousand of them. The desk's own intents stay, whatever leaves.
 */
import { sql } from 'kysely';
import type { Scope } from '../../src-shared/protocol/scope.ts';
import { laneStates } from '../outbox/intent.ts';
import { orderLane } from '../outbox/lane.ts';
import { perStore, type Store, type StoreReader, type WriteTx } from '../store/store.ts';
import { LEAVING_SLICE_ROWS } from './limits.ts';
import { rebuildOverlay } from './overlay.ts';
import { searchIndexes } from './search/search-index.ts';
import type { FindableKind } from './search/searched-rows.ts';

/**
 * `filling`: chunks of it are still to come (filling.ts). `stale`: rows of before a refill, on the screen until others
 * have come in their place, or, of orders that central has lost, until they are back (returning-orders.ts). `leaving`:
 * none of this desk's any more.
 */
export type ScopeState = 'filling' | 'joined' | 'stale' | 'leaving';

export interface HeldScope {
  scopeId: number;
  name: string;
  state: ScopeState;
}

/** Every table of central's rows but the orders, with the key that names a row. */
const PLAIN_TABLES = [
  { table: 'price', key: 'price_list_id, product_id, price_id' },
  { table: 'price_list', key: 'price_list_id' },
  { table: 'customer_group', key: 'group_id' },
  { table: 'promotion', key: 'promotion_id' },
  { table: 'policy', key: 'name' },
  { table: 'customer_account', key: 'customer_id' },
  { table: 'stock', key: 'warehouse_id, product_id' },
  { table: 'receipt', key: 'mutation_id' },
  { table: 'branch', key: 'branch_id' },
  { table: 'scope_grant', key: 'scope' },
  { table: 'stock_lease', key: 'lease_id' },
] as const;

const reading = perStore((store: StoreReader) => ({
  all: store.query<Record<string, never>, HeldScope>((db) =>
    db.selectFrom('scope').select(['scope_id as scopeId', 'name', 'state']).orderBy('scope_id'),
  ),
  byName: store.query<{ name: string }, HeldScope>((db, p) =>
    db.selectFrom('scope').select(['scope_id as scopeId', 'name', 'state']).where('name', '=', p.name),
  ),
  staleOf: store.query<{ was: string }, { scope_id: number }>((db, p) =>
    db.selectFrom('scope').select('scope_id').where('state', '=', 'stale').where('was', '=', p.was).limit(1),
  ),
  leaving: store.query<Record<string, never>, { scopeId: number }>((db) =>
    db.selectFrom('scope').select('scope_id as scopeId').where('state', '=', 'leaving').orderBy('scope_id').limit(1),
  ),
}));

const writing = perStore((store: Store) => ({
  insert: store.command<{ name: string; state: ScopeState }, { scopeId: number }>((db, p) =>
    db.insertInto('scope').values({ name: p.name, state: p.state }).returning('scope_id as scopeId'),
  ),
  setState: store.command<{ scopeId: number; state: ScopeState }, never>((db, p) =>
    db.updateTable('scope').set({ state: p.state }).where('scope_id', '=', p.scopeId),
  ),
  // Under a name of no scope: should central grant it again, that is another scope, with rows of its own.
  leave: store.command<{ name: string }, never>(
    (_, p) => sql<never>`
      update scope set state = 'leaving', name = 'leaving ' || scope_id || ' ' || name where name = ${p.name}`,
  ),
  stale: store.command<{ scopeId: number }, never>(
    (_, p) => sql<never>`
      update scope set state = 'stale', was = name, name = 'stale ' || scope_id || ' ' || name
      where scope_id = ${p.scopeId}`,
  ),
  leaveStale: store.command<{ was: string }, never>((db, p) =>
    db.updateTable('scope').set({ state: 'leaving' }).where('state', '=', 'stale').where('was', '=', p.was),
  ),
  forgetParts: store.command<{ name: string }, never>(
    (_, p) => sql<never>`
      delete from fill_part where scope_id = (select scope_id from scope where name = ${p.name})`,
  ),
  forgetRemoved: store.command<{ name: string }, never>(
    (_, p) => sql<never>`
      delete from fill_removed where scope_id = (select scope_id from scope where name = ${p.name})`,
  ),
  forget: store.command<{ scopeId: number }, never>((db, p) =>
    db.deleteFrom('scope').where('scope_id', '=', p.scopeId),
  ),
  orders: store.command<{ scopeId: number; limit: number }, { orderId: string }>(
    (_, p) => sql<{ orderId: string }>`
      delete from sales_order where order_id in (
        select order_id from sales_order where scope_id = ${p.scopeId} limit ${p.limit})
      returning order_id as "orderId"`,
  ),
  rows: [
    ...PLAIN_TABLES.map((of) => removal(store, of)),
    findableRemoval(store, 'customer'),
    findableRemoval(store, 'product'),
  ],
}));

type Removal = (tx: WriteTx, values: { scopeId: number; limit: number }) => number;

/** Removes some rows of a scope from one table; @returns how many. */
function removal(store: Store, { table, key }: { table: string; key: string }): Removal {
  const statement = store.command<{ scopeId: number; limit: number }, never>(
    (_, p) => sql<never>`
      delete from ${sql.raw(table)} where (${sql.raw(key)}) in (
        select ${sql.raw(key)} from ${sql.raw(table)} where scope_id = ${p.scopeId} limit ${p.limit})`,
  );
  return (tx, values) => statement.run(tx, values);
}

function findableRemoval(store: Store, table: FindableKind): Removal {
  const rows = store.command<{ scopeId: number; limit: number }, { row_no: number }>(
    (_, p) => sql<{ row_no: number }>`
      delete from ${sql.raw(table)} where row_no in (
        select row_no from ${sql.raw(table)} where scope_id = ${p.scopeId} limit ${p.limit})
      returning row_no`,
  );
  const index = searchIndexes(store)[table];
  return (tx, values) => {
    const removed = rows.all(tx, values);
    for (const { row_no: rowNo } of removed) index.remove(tx, rowNo);
    return removed.length;
  };
}

export function heldScopes(store: StoreReader): HeldScope[] {
  return reading(store).all.all({});
}

export function findScope(store: StoreReader, name: Scope): HeldScope | undefined {
  return reading(store).byName.get({ name });
}

/** The scope's id; it is taken up, in the given state, when it is not known yet. */
export function ensureScope(store: Store, tx: WriteTx, of: { name: Scope; state: ScopeState }): number {
  const known = findScope(store, of.name);
  if (known) return known.scopeId;
  const made = writing(store).insert.get(tx, of);
  if (!made) throw new Error('a scope was inserted without an id');
  return made.scopeId;
}

export function setScopeState(store: Store, tx: WriteTx, of: { scopeId: number; state: ScopeState }): void {
  writing(store).setState.run(tx, of);
}

/** From now on its rows are none of this desk's: `dropLeavingSlice` removes them. */
export function leaveScope(store: Store, tx: WriteTx, name: Scope): void {
  const { leave, forgetParts, forgetRemoved } = writing(store);
  // A fill of it is given up.
  forgetParts.run(tx, { name });
  forgetRemoved.run(tx, { name });
  leave.run(tx, { name });
  leaveStale(store, tx, name);
}

/** Rows of before a refill of it are none of this desk's any more. */
export function leaveStale(store: Store, tx: WriteTx, was: string): void {
  writing(store).leaveStale.run(tx, { was });
}

/**
 * Has a scope filled anew: its rows stay on the screen, and give way to whatever comes of the same key, however old.
 *
 * @param evenFilling when what has come of a fill that is under way is of no use either.
 */
export function refillScope(
  store: Store,
  tx: WriteTx,
  { name, evenFilling = false }: { name: Scope; evenFilling?: boolean },
): void {
  const held = findScope(store, name);
  if (held?.state !== 'joined' && !(evenFilling && held?.state === 'filling')) return;
  const { stale, forgetParts, forgetRemoved } = writing(store);
  forgetParts.run(tx, { name });
  forgetRemoved.run(tx, { name });
  stale.run(tx, { scopeId: held.scopeId });
  ensureScope(store, tx, { name, state: 'filling' });
}

/** Whether there are rows of before a refill of it. */
export function hasStale(store: StoreReader, was: string): boolean {
  return reading(store).staleOf.get({ was }) !== undefined;
}

/**
 * Removes a slice of the rows that are none of this desk's any more.
 *
 * @returns false when there are no more.
 */
export function dropLeavingSlice(store: Store): boolean {
  const leaving = reading(store).leaving.get({});
  if (!leaving) return false;
  store.transaction((tx) => dropSlice(store, tx, leaving.scopeId));
  return true;
}

function dropSlice(store: Store, tx: WriteTx, scopeId: number): void {
  const { orders, rows, forget } = writing(store);
  const values = { scopeId, limit: LEAVING_SLICE_ROWS };
  const removed = orders.all(tx, values);
  for (const { orderId } of removed) {
    if (laneStates(store, orderLane(orderId)).length > 0) rebuildOverlay(store, tx, orderId);
  }
  let count = removed.length;
  for (const remove of rows) {
    if (count >= LEAVING_SLICE_ROWS) return;
    count += remove(tx, values);
  }
  if (count === 0) forget.run(tx, { scopeId });
}
