/**
 * A page of the desk's list of orders, 50 of 200,000, under each filter that people use, at the top and half-way down.
 * Reported: the slowest filter's p99.
 *
 * Reference: what one would write by hand first for the unfiltered top of the list, a prepared statement on central's
 * orders by the index of their time, without the desk's own unsettled orders, names or a count. Its p99.
 */
import SqliteDatabase from 'better-sqlite3';
import { seededId, seededRandom } from '../test/support/seeded-catalogue.ts';
import { deskFixture, type DeskFixture } from '../test/support/desk-fixture.ts';
import type { OrderFilter } from '../src-main/api/desk-services.ts';
import { microseconds, quantile, type Bench, type BenchResult } from './bench.ts';

const ORDERS = 200_000;
const CUSTOMERS = 2_000;
const LINES = 6;
const PAGE = 50;
const ROUNDS = 60;
const WARM_UP = 5;
const DAY_MS = 86_400_000;
const FIRST_MS = Date.UTC(2025, 0, 1, 1);
const DAYS = 400;
/** One order in fifty is still open; the others are completed or, one in thirty of those, cancelled. */
const OPEN_EVERY = 50;
const OPEN_STATES = ['submitted', 'financeReview', null, 'picking', 'shipped', 'received'] as const;

export const bench: Bench = {
  name: 'lists',
  run: () => {
    const fixture = deskFixture({ products: 20, customers: CUSTOMERS });
    try {
      writeOrders(fixture);
      fixture.store.checkpointWhenIdle();
      return Promise.resolve(measure(fixture));
    } finally {
      fixture.dispose();
    }
  },
};

/** As a fill leaves them: by another connection, which the desk's own reads as any other writer's. */
function writeOrders({ file, catalogue }: DeskFixture): void {
  const database = new SqliteDatabase(file);
  const { branch, customers, products } = catalogue;
  const random = seededRandom(7);
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const insert = database.prepare(`
    insert into sales_order (order_id, number, branch_id, warehouse_id, customer_id, status, state, note, business_date,
      made_at, version, currency, total_minor, line_count, lines, history, rev, scope_id)
    values (?, ?, ?, ?, ?, ?, ?, '', ?, ?, 1, 'CNY', ?, ${LINES}, ?, '[]', 1, 1)`);
  const lines = JSON.stringify(
    Array.from({ length: LINES }, () => {
      const { productId } = pick(products);
      const price = { unitPrice: 12_000, amountMinor: 120, priceKind: 'list', priceId: seededId(6, 1) };
      return { productId, unit: 'piece', quantity: 1_000, quantityBase: 1_000, ...price };
    }),
  );
  database.transaction(() => {
    for (let at = 0; at < ORDERS; at += 1) {
      const madeAt = FIRST_MS + Math.floor((at / ORDERS) * DAYS) * DAY_MS + (at % 1_000) * 20_000;
      const isOpen = at % OPEN_EVERY === 0;
      const status = isOpen ? 'placed' : at % 30 === 1 ? 'cancelled' : 'completed';
      insert.run(
        seededId(40, at),
        `PD-7K-${String(at).padStart(6, '0')}`,
        branch.branchId,
        branch.warehouseId,
        pick(customers).customerId,
        status,
        isOpen ? pick(OPEN_STATES) : null,
        new Date(madeAt).toISOString().slice(0, 10),
        madeAt,
        720,
        lines,
      );
    }
  })();
  database.close();
}

function filtersOf({ catalogue }: DeskFixture, random: () => number): Record<string, OrderFilter> {
  const customer = catalogue.customers[Math.floor(random() * catalogue.customers.length)];
  const from = new Date(FIRST_MS + Math.floor(random() * (DAYS - 31)) * DAY_MS).toISOString().slice(0, 10);
  const to = new Date(Date.parse(from) + 30 * DAY_MS).toISOString().slice(0, 10);
  return {
    everything: {},
    number: { text: String(Math.floor(random() * ORDERS)).padStart(6, '0') },
    'customer by name': { text: customer?.name.slice(0, 4) ?? '' },
    customer: { customerId: customer?.customerId ?? '' },
    'open state': { state: 'picking' },
    'set aside': { state: 'allocated' },
    completed: { state: 'completed' },
    cancelled: { state: 'cancelled' },
    month: { from, to },
    'month and state': { from, to, state: 'completed' },
    'to be sent': { sync: 'waiting' },
  };
}

function measure(fixture: DeskFixture): BenchResult {
  const random = seededRandom(3);
  const database = new SqliteDatabase(fixture.file, { readonly: true });
  const byHand = database.prepare(
    `select order_id, number, customer_id, status, business_date, made_at, total_minor
     from sales_order order by made_at desc, order_id desc limit ${PAGE}`,
  );
  const times = new Map<string, number[]>();
  const reference: number[] = [];
  for (let round = 0; round < ROUNDS + WARM_UP; round += 1) {
    for (const [kind, filter] of Object.entries(filtersOf(fixture, random))) {
      const offset =
        round % 2 === 0 ? 0 : Math.floor(fixture.desk.orders.list({ ...filter, offset: 0, limit: 1 }).total / 2);
      const took = microseconds(() => fixture.desk.orders.list({ ...filter, offset, limit: PAGE }));
      if (round >= WARM_UP) times.set(kind, [...(times.get(kind) ?? []), took]);
    }
    reference.push(microseconds(() => byHand.all()));
  }
  database.close();
  const kinds = [...times].map(([kind, took]) => ({ kind, p50: quantile(took, 0.5), p99: quantile(took, 0.99) }));
  const slowest = kinds.toSorted((a, b) => b.p99 - a.p99)[0] ?? { kind: '', p50: 0, p99: 0 };
  const ms = (us: number): string => (us / 1_000).toFixed(1);
  const [value, referenceMs] = [slowest.p99 / 1_000, quantile(reference, 0.99) / 1_000];
  const each = kinds.map(({ kind, p50, p99 }) => `${kind} ${ms(p50)}/${ms(p99)}`).join(', ');
  return {
    value,
    unit: 'ms',
    reference: referenceMs,
    ratio: value / referenceMs,
    note: `p99 of the slowest filter (${slowest.kind}); p50/p99 in ms by filter: ${each}; reference: the newest 50, no filter`,
  };
}
