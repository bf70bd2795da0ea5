/**
 * The list of orders, newest first: central's rows and the overlay merged, each order once, the overlay's where there
 * is one. Filters read covering indexes and never an order's lines, so that 200,000 orders scroll.
 */
import { sql, type RawBuilder } from 'kysely';
import type { Currency } from '../../src-shared/domain/money.ts';
import {
  rowStateOf,
  stateOf,
  type OpenState,
  type OrderState,
  type OrderStatus,
} from '../../src-shared/domain/lifecycle/order-state.ts';
import type { SyncState } from '../../src-shared/protocol/sync-state.ts';
import type { OrderFilter, OrderRow, Page } from '../api/desk-services.ts';
import { laneStates, statesByLane } from '../outbox/intent.ts';
import { orderLane, orderOfLane, syncStateOf } from '../outbox/lane.ts';
import { foldText, searchQuery } from '../replica/search/grams.ts';
import { waitingEntries } from '../replica/search/search-index.ts';
import { perStore, type Query, type StoreReader } from '../store/store.ts';

export type GivenList = OrderFilter & { offset: number; limit: number };

/** Which filters a compiled query has. What is not filtered by must cost nothing, so each combination is its own. */
interface Shape {
  text: boolean;
  customer: boolean;
  status: boolean;
  /** Of what the status doesn't say: whether a column says it, or nothing does (order-state.ts). */
  state: 'any' | 'said' | 'unsaid';
  from: boolean;
  to: boolean;
  /** Orders of one sync state: `applied` are those without an overlay, all others are in a given list. */
  sync: 'any' | 'applied' | 'listed';
}

interface FilterValues {
  number: string;
  customers: string;
  customer: string;
  status: string;
  state: string;
  from: string;
  to: string;
  orders: string;
}

interface ListedRow {
  order_id: string;
  number: string;
  customer_id: string;
  customer_name: string | null;
  status: string;
  state: string | null;
  business_date: string;
  made_at: number;
  currency: string;
  total_minor: number;
  line_count: number;
}

interface ListQueries {
  rows: Query<FilterValues & { offset: number; limit: number }, ListedRow>;
  count: Query<FilterValues, { total: number }>;
}

/** Counts of late, for as long as nothing at all was written: who scrolls asks for the same one with each page. */
interface Counted {
  stamp: string;
  totals: Map<string, number>;
}

const MOST_COUNTS = 100;

const counts = perStore((_store: StoreReader): Counted => ({ stamp: '', totals: new Map() }));

const shapes = perStore((_store: StoreReader) => new Map<string, ListQueries>());

const statements = perStore((store: StoreReader) => ({
  customers: store.query<{ match: string; waiting: string }, { customer_id: string }>(
    (_, p) => sql<{ customer_id: string }>`select customer_id from customer where row_no in
      (select rowid from customer_search where customer_search match ${p.match}
        union select value from json_each(${p.waiting}))`,
  ),
  stamp: store.query<Record<string, never>, { own: number; others: number }>(
    () => sql<{ own: number; others: number }>`select total_changes() as own, data_version as others
      from pragma_data_version`,
  ),
}));

export function listOrders(store: StoreReader, given: GivenList): Page<OrderRow> {
  const text = given.text?.trim() ?? '';
  const stands = given.state === undefined ? { status: given.status } : rowStateOf(given.state);
  const shape: Shape = {
    text: text !== '',
    customer: given.customerId !== undefined,
    status: stands.status !== undefined,
    state: stateShape(given.state),
    from: given.from !== undefined,
    to: given.to !== undefined,
    sync: syncShape(given.sync),
  };
  const { rows, count } = queriesFor(store, shape);
  const values: FilterValues = {
    number: foldText(text).toUpperCase(),
    customers: JSON.stringify(shape.text ? customersMatching(store, text) : []),
    customer: given.customerId ?? '',
    status: stands.status ?? '',
    state: ('state' in stands ? stands.state : undefined) ?? '',
    from: given.from ?? '',
    to: given.to ?? '',
    orders: JSON.stringify(shape.sync === 'listed' ? ordersInState(store, given.sync) : []),
  };
  const page = rows.all({ ...values, offset: given.offset, limit: given.limit });
  const total = remembered(store, JSON.stringify([shape, values]), () => count.get(values)?.total ?? 0);
  return { rows: page.map((row) => orderRow(store, row)), total };
}

function remembered(store: StoreReader, key: string, count: () => number): number {
  const known = counts(store);
  const stamp = JSON.stringify(statements(store).stamp.get({}));
  if (known.stamp !== stamp || known.totals.size >= MOST_COUNTS) Object.assign(known, { stamp, totals: new Map() });
  const total = known.totals.get(key) ?? count();
  known.totals.set(key, total);
  return total;
}

function stateShape(state: OrderState | undefined): Shape['state'] {
  if (state === undefined) return 'any';
  const row = rowStateOf(state);
  if (row.state !== undefined) return 'said';
  return row.status === 'placed' ? 'unsaid' : 'any';
}

function syncShape(sync: SyncState | undefined): Shape['sync'] {
  if (sync === undefined) return 'any';
  return sync === 'applied' ? 'applied' : 'listed';
}

function customersMatching(store: StoreReader, text: string): string[] {
  const query = searchQuery(text);
  if (!query) return [];
  const { match } = query.anywhere;
  const waiting = JSON.stringify(waitingEntries(store).customer.matching(query.anywhere, Infinity));
  return statements(store)
    .customers.all({ match, waiting })
    .map((row) => row.customer_id);
}

function ordersInState(store: StoreReader, sync: SyncState | undefined): string[] {
  const found: string[] = [];
  for (const [lane, states] of statesByLane(store)) {
    const order = orderOfLane(lane);
    if (order !== undefined && syncStateOf(states) === sync) found.push(order);
  }
  return found;
}

function orderRow(store: StoreReader, row: ListedRow): OrderRow {
  return {
    orderId: row.order_id,
    number: row.number,
    customerId: row.customer_id,
    customerName: row.customer_name ?? '',
    status: row.status as OrderStatus,
    state: stateOf({ status: row.status as OrderStatus, state: (row.state as OpenState | null) ?? undefined }),
    sync: syncStateOf(laneStates(store, orderLane(row.order_id))),
    businessDate: row.business_date,
    madeAt: row.made_at,
    currency: row.currency as Currency,
    totalMinor: row.total_minor,
    lineCount: row.line_count,
  };
}

function queriesFor(store: StoreReader, shape: Shape): ListQueries {
  const known = shapes(store);
  const key = JSON.stringify(shape);
  let queries = known.get(key);
  if (!queries) {
    queries = compile(store, shape);
    known.set(key, queries);
  }
  return queries;
}

function compile(store: StoreReader, shape: Shape): ListQueries {
  const local = (p: FilterValues) => matches('local_order', shape, p);
  const central = (p: FilterValues) =>
    matches('sales_order', shape, p, [sql`order_id not in (select order_id from local_order)`]);
  const both = (p: FilterValues): RawBuilder<unknown> => {
    if (shape.sync === 'applied') return central(p);
    return shape.sync === 'listed' ? local(p) : sql`${local(p)} union all ${central(p)}`;
  };
  // The page is cut on the indexes alone; only its own rows are then read whole.
  return {
    rows: store.query(
      (_, p) => sql<ListedRow>`
      select page.order_id, customer.name as customer_name,
        ${oneOf('number')}, ${oneOf('customer_id')}, ${oneOf('status')}, ${oneOf('state')}, ${oneOf('business_date')},
        page.made_at, ${oneOf('currency')}, ${oneOf('total_minor')}, ${oneOf('line_count')}
      from (select * from (${both(p)}) order by made_at desc, order_id desc limit ${p.limit} offset ${p.offset}) page
        left join local_order l on l.order_id = page.order_id
        left join sales_order c on l.order_id is null and c.order_id = page.order_id
        left join customer on customer.customer_id = coalesce(l.customer_id, c.customer_id)
      order by page.made_at desc, page.order_id desc`,
    ),
    count: store.query((_, p) => sql<{ total: number }>`select ${countOf(shape, p)} as total`),
  };
}

/** Time and id of the orders of one table that pass the filter. */
function matches(
  table: 'sales_order' | 'local_order',
  shape: Shape,
  p: FilterValues,
  besides: readonly RawBuilder<unknown>[] = [],
): RawBuilder<unknown> {
  const of = sql.table(table);
  const passing = [...besides, ...conditions(shape, p)];
  if (!shape.text) return sql`select made_at, order_id from ${of} ${where(passing)}`;
  // Two ways in: through the index of numbers alone, and for each customer who is meant through theirs.
  const customers = sql`customer_id in (select value from json_each(${p.customers}))`;
  return sql`
    select made_at, order_id from (select order_id from ${of} where instr(number, ${p.number}) > 0) found
      cross join ${of} using (order_id) ${where(passing)}
    union
    select made_at, order_id from ${of} ${where([customers, ...passing])}`;
}

/** Central's matches less those that have an overlay, plus the overlay's: quicker than asking of each whether it has. */
function countOf(shape: Shape, p: FilterValues): RawBuilder<unknown> {
  const count = (table: 'sales_order' | 'local_order', besides: readonly RawBuilder<unknown>[] = []) =>
    shape.text
      ? sql`(select count(*) from (${matches(table, shape, p, besides)}))`
      : sql`(select count(*) from ${sql.table(table)} ${where([...besides, ...conditions(shape, p)])})`;
  const local = count('local_order');
  if (shape.sync === 'listed') return local;
  const overlaid = count('sales_order', [sql`order_id in (select order_id from local_order)`]);
  const central = sql`${count('sales_order')} - ${overlaid}`;
  return shape.sync === 'applied' ? central : sql`${central} + ${local}`;
}

function where(conditionsOf: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  // Without any, SQLite counts by pages; even `where true` would make it look at each row.
  return conditionsOf.length === 0 ? sql`` : sql`where ${sql.join(conditionsOf, sql` and `)}`;
}

function oneOf(column: string): RawBuilder<unknown> {
  return sql.raw(`coalesce(l.${column}, c.${column}) as ${column}`);
}

/** But for what was typed, which `matches` looks for. */
function conditions(shape: Shape, p: FilterValues): RawBuilder<unknown>[] {
  const all: RawBuilder<unknown>[] = [];
  if (shape.sync === 'listed') all.push(sql`order_id in (select value from json_each(${p.orders}))`);
  if (shape.customer) all.push(sql`customer_id = ${p.customer}`);
  // Written out where it is one of many: so that the index of open orders is seen to be theirs.
  if (shape.state !== 'any') all.push(sql`status = 'placed'`);
  else if (shape.status) all.push(sql`status = ${p.status}`);
  if (shape.state === 'said') all.push(sql`state = ${p.state}`);
  if (shape.state === 'unsaid') all.push(sql`state is null`);
  if (shape.from) all.push(sql`business_date >= ${p.from}`);
  if (shape.to) all.push(sql`business_date <= ${p.to}`);
  return all;
}
