/**
 * Orders that only this desk still has, because central's database was set back: their rows of before stay on the
 * screen when the refill of their scope has joined, until central has judged what this desk brings back of them.
 *
 * Guarantees: an order of which this desk has settled something leaves its list only when central has said, by a receipt
 * of its present life, what became of that. Not guaranteed: that such a row is what central will have; it is what this
 * desk knows, in a scope of its own that is `stale`, outside of every digest.
 */
import { sql } from 'kysely';
import { perStore, type Store, type StoreReader, type WriteTx } from '../store/store.ts';
import { orderLane } from '../outbox/lane.ts';
import { leaveStale, setScopeState } from './scopes.ts';

// Receipts of an ended life are deleted as a new one begins, and come again with what central still has.
const isReturning = sql`exists (
  select 1 from journal where journal.lane = ${sql.lit(orderLane(''))} || sales_order.order_id and outcome = 'applied'
    and not exists (select 1 from receipt where receipt.mutation_id = journal.mutation_id))`;

const isLeft = sql`state = 'stale' and not exists (
  select 1 from scope refill where refill.name = scope.was and refill.state = 'filling')`;

const reading = perStore((store: StoreReader) => ({
  any: store.query<{ was: string }, { order_id: string }>(
    (_, p) => sql<{ order_id: string }>`
      select order_id from sales_order
      where scope_id in (select scope_id from scope where state = 'stale' and was = ${p.was}) and ${isReturning} limit 1`,
  ),
  left: store.query<Record<string, never>, { scopeId: number }>(
    () => sql<{ scopeId: number }>`
      select scope_id as "scopeId" from scope where ${isLeft}
        and not exists (select 1 from sales_order where sales_order.scope_id = scope.scope_id and ${isReturning})`,
  ),
}));

const writing = perStore((store: Store) => ({
  // A name of no scope, and one for each time: an earlier one may be leaving still.
  own: store.command<{ was: string }, { scopeId: number }>(
    (_, p) => sql<{ scopeId: number }>`
      insert into scope (name, state, was)
      select 'returning ' || (max(scope_id) + 1) || ' ' || ${p.was}, 'stale', ${p.was} from scope
      returning scope_id as "scopeId"`,
  ),
  keep: store.command<{ was: string; scopeId: number }, never>(
    (_, p) => sql<never>`
      update sales_order set scope_id = ${p.scopeId}
      where scope_id in (select scope_id from scope where state = 'leaving' and was = ${p.was}) and ${isReturning}`,
  ),
}));

/** Of the rows of before a refill, which has now joined, only those stay that are on their way back. */
export function leaveUnlessReturning(store: Store, tx: WriteTx, was: string): void {
  const { own, keep } = writing(store);
  const isAny = reading(store).any.get({ was }) !== undefined;
  leaveStale(store, tx, was);
  if (!isAny) return;
  const made = own.get(tx, { was });
  if (!made) throw new Error('a scope was inserted without an id');
  keep.run(tx, { was, scopeId: made.scopeId });
}

/** What stayed for its way back and is back, or has been judged otherwise, goes. To be called at a page that is the last. */
export function leaveReturned(store: Store, tx: WriteTx): void {
  for (const { scopeId } of reading(store).left.all({})) setScopeState(store, tx, { scopeId, state: 'leaving' });
}
