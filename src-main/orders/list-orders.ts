/**
 * The list of orders, newest first: central's rows and the overlay merged, each order once, the overlay's where there
 * is one. Filters read covering indexes and never an order's lines, so that 200,000 orders scroll.
 */
import { sql, type RawBuilder } from 'kysely';
import type { Currency } from '../../src-shared/domain/money.ts';
import type { OrderStatus } from '../../src-shared/domain/lifecycle/order-state.ts';
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

const shapes = perStore((_store: StoreReader) => new Map<string, ListQueries>());

const statements = perStore((store: StoreReader) => ({
  customers: store.query<{ match: string; waiting: string }, { customer_id: string }>(
    (_, p) => sql<{ customer_id: string }>`select customer_id from customer where row_no in
      (select rowid from customer_search where customer_search match ${p.match}
        union select value from json_each(${p.waiting}))`,
  ),
}));

export function listOrders(store: StoreReader, given: GivenList): Page<OrderRow> {
  const text = given.text?.trim() ?? '';
  const shape: Shape = {
    text: text !== '',
    customer: given.customerId !== undefined,
    status: given.status !== undefined,
    from: given.from !== undefined,
    to: given.to !== undefined,
    sync: syncShape(given.sync),
  };
  const { rows, count } = queriesFor(store, shape);
  const values: FilterValues = {
    number: foldText(text).toUpperCase(),
    customers: JSON.stringify(shape.text ? customersMatching(store, text) : []),
    customer: given.customerId ?? '',
    status: given.status ?? '',
    from: given.from ?? '',
    to: given.to ?? '',
    orders: JSON.stringify(shape.sync === 'listed' ? ordersInState(store, given.sync) : []),
  };
  const page = rows.all({ ...values, offset: given.offset, limit: given.limit });
  return { rows: page.map((row) => orderRow(store, row)), total: count.get(values)?.total ?? 0 };
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
  const local = (p: FilterValues) => sql`select made_at, order_id from local_order ${where(conditions(shape, p))}`;
  const central = (p: FilterValues) => {
    const apart = sql`order_id not in (select order_id from local_order)`;
    return sql`select made_at, order_id from sales_order ${where([apart, ...conditions(shape, p)])}`;
  };
  const both = (p: FilterValues): RawBuilder<unknown> => {
    if (shape.sync === 'applied') return central(p);
    return shape.sync === 'listed' ? local(p) : sql`${local(p)} union all ${central(p)}`;
  };
  // The page is cut on the indexes alone; only its own rows are then read whole.
  return {
    rows: store.query(
      (_, p) => sql<ListedRow>`
      select page.order_id, customer.name as customer_name,
        ${oneOf('number')}, ${oneOf('customer_id')}, ${oneOf('status')}, ${oneOf('business_date')}, page.made_at,
        ${oneOf('currency')}, ${oneOf('total_minor')}, ${oneOf('line_count')}
      from (${both(p)} order by made_at desc, order_id desc limit ${p.limit} offset ${p.offset}) page
        left join local_order l on l.order_id = page.order_id
        left join sales_order c on l.order_id is null and c.order_id = page.order_id
        left join customer on customer.customer_id = coalesce(l.customer_id, c.customer_id)
      order by page.made_at desc, page.order_id desc`,
    ),
    count: store.query((_, p) => sql<{ total: number }>`select ${countOf(shape, p)} as total`),
  };
}

/** Central's matches less those that have an overlay, plus the overlay's: quicker than asking of each whether it has. */
function countOf(shape: Shape, p: FilterValues): RawBuilder<unknown> {
  const matching = conditions(shape, p);
  const local = sql`(select count(*) from local_order ${where(matching)})`;
  if (shape.sync === 'listed') return local;
  const overlaid = where([sql`order_id in (select order_id from local_order)`, ...matching]);
  const central = sql`(select count(*) from sales_order ${where(matching)})
    - (select count(*) from sales_order ${overlaid})`;
  return shape.sync === 'applied' ? central : sql`${central} + ${local}`;
}

function where(conditionsOf: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  // Without any, SQLite counts by pages; even `where true` would make it look at each row.
  return conditionsOf.length === 0 ? sql`` : sql`where ${sql.join(conditionsOf, sql` and `)}`;
}

function oneOf(column: string): RawBuilder<unknown> {
  return sql.raw(`coalesce(l.${column}, c.${column}) as ${column}`);
}

function conditions(shape: Shape, p: FilterValues): RawBuilder<unknown>[] {
  const all: RawBuilder<unknown>[] = [];
  if (shape.sync === 'listed') all.push(sql`order_id in (select value from json_each(${p.orders}))`);
  if (shape.customer) all.push(sql`customer_id = ${p.customer}`);
  if (shape.status) all.push(sql`status = ${p.status}`);
  if (shape.from) all.push(sql`business_date >= ${p.from}`);
  if (shape.to) all.push(sql`business_date <= ${p.to}`);
  if (shape.text) {
    all.push(sql`(instr(number, ${p.number}) > 0 or customer_id in (select value from json_each(${p.customers})))`);
  }
  return all;
}
