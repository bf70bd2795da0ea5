/**
 * The desk's whole place command with 20 lines (the rules, the number, a real Ed25519 signature, the overlay and the
 * reservations) against hand-written better-sqlite3 that makes the same reads and the same writes in a transaction of
 * the same kind, on a file of its own on the same disk, with all texts, hashes and signatures made beforehand.
 *
 * The two take turns in small rounds, so that whatever else the machine does hits both. Reported: the median.
 */
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { readFileSync, statfsSync } from 'node:fs';
import { seededRandom, type Catalogue } from '../test/support/seeded-catalogue.ts';
import { deskFixture, type DeskFixture } from '../test/support/desk-fixture.ts';
import { microseconds, quantile, type Bench, type BenchResult } from './bench.ts';

const LINES = 20;
const PRODUCTS = 2_500;
const ROUNDS = 150;
const ORDERS_A_ROUND = 10;
const WARM_UP_ROUNDS = 15;

/** What a hand-written program is given ready made. */
interface ReadyOrder {
  orderId: string;
  mutationId: string;
  number: string;
  customerId: string;
  warehouseId: string;
  lines: { productId: string; quantityBase: number }[];
  totalMinor: number;
  businessDate: string;
  madeAt: number;
  body: string;
  bodyHash: string;
  signature: string;
  answer: string;
  effect: string;
}

export const bench: Bench = {
  name: 'order-commit',
  run: () => {
    const ours = deskFixture({ products: PRODUCTS, customers: 200, onHand: 1_000_000_000 });
    const theirs = deskFixture({ products: PRODUCTS, customers: 200, onHand: 1_000_000_000 });
    const source = deskFixture({ products: PRODUCTS, customers: 200, onHand: 1_000_000_000 });
    try {
      return Promise.resolve(measure(ours, theirs, source));
    } finally {
      for (const fixture of [ours, theirs, source]) fixture.dispose();
    }
  },
};

function measure(ours: DeskFixture, theirs: DeskFixture, source: DeskFixture): BenchResult {
  const random = seededRandom(7);
  theirs.store.close();
  const sqlite = openByHand(theirs.file);
  const placeByHand = handWritten(sqlite);
  const samples = { ours: [] as number[], theirs: [] as number[] };
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    const given = Array.from({ length: ORDERS_A_ROUND }, () => newOrder(ours, random));
    const ready = readyOrders(source, given);
    const kept = round < 0 ? { ours: [], theirs: [] } : samples;
    const turns = [
      () => kept.ours.push(...given.map((order) => microseconds(() => void ours.desk.orders.place(order, 'en')))),
      () => kept.theirs.push(...ready.map((order) => microseconds(() => placeByHand(order)))),
    ];
    // Whoever goes first finds a disk that has just been written to by the other.
    for (const turn of round % 2 === 0 ? turns : turns.toReversed()) turn();
    ours.store.checkpointWhenIdle();
    sqlite.pragma('wal_checkpoint(passive)');
  }
  assertSameWrites(ours, sqlite);
  sqlite.close();
  const value = quantile(samples.ours, 0.5);
  const reference = quantile(samples.theirs, 0.5);
  const p99 = { ours: quantile(samples.ours, 0.99), theirs: quantile(samples.theirs, 0.99) };
  return {
    value,
    unit: 'us',
    reference,
    ratio: value / reference,
    note: `p50 of ${samples.ours.length} orders of ${LINES} lines; p99 ${Math.round(p99.ours)} against ${Math.round(p99.theirs)} us; file system type 0x${statfsSync(ours.file).type.toString(16)}`,
  };
}

function newOrder(of: { catalogue: Catalogue; newOrderId: () => string }, random: () => number) {
  const { products, customers } = of.catalogue;
  const pick = <T>(from: readonly T[]): T => {
    const found = from[Math.floor(random() * from.length)];
    if (found === undefined) throw new Error('bench: an empty catalogue');
    return found;
  };
  return {
    orderId: of.newOrderId(),
    customerId: pick(customers).customerId,
    note: 'before noon',
    lines: Array.from({ length: LINES }, () => ({
      productId: pick(products).productId,
      unit: random() < 0.3 ? 'case' : 'piece',
      quantity: 1 + Math.floor(random() * 20),
    })),
  };
}

/** Places the same orders on a third desk and reads off what the hand-written one has to write. */
function readyOrders(source: DeskFixture, given: readonly ReturnType<typeof newOrder>[]): ReadyOrder[] {
  for (const order of given) source.desk.orders.place(order, 'en');
  const sqlite = new SqliteDatabase(source.file, { readonly: true });
  const rows = given.map(({ orderId }): ReadyOrder => {
    const entry = sqlite
      .prepare<[string], Record<string, string>>('select * from outbox where lane = ?')
      .get(`order:${orderId}`);
    const local = sqlite
      .prepare<[string], Record<string, string>>('select * from local_order where order_id = ?')
      .get(orderId);
    if (!entry || !local) throw new Error('bench: an order was not placed');
    const taken = sqlite
      .prepare<[string | undefined], { product_id: string; quantity_base: number }>(
        'select product_id, quantity_base from reservation where mutation_id = ?',
      )
      .all(entry['mutation_id']);
    return {
      orderId,
      mutationId: entry['mutation_id'] ?? '',
      number: local['number'] ?? '',
      customerId: local['customer_id'] ?? '',
      warehouseId: source.catalogue.branch.warehouseId,
      lines: taken.map((row) => ({ productId: row.product_id, quantityBase: row.quantity_base })),
      totalMinor: Number(local['total_minor']),
      businessDate: local['business_date'] ?? '',
      madeAt: Number(local['made_at']),
      body: entry['body'] ?? '',
      bodyHash: entry['body_hash'] ?? '',
      signature: entry['signature'] ?? '',
      answer: entry['answer'] ?? '',
      effect: entry['effect'] ?? '',
    };
  });
  sqlite.close();
  return rows;
}

/** The same file, opened with the same promises. */
function openByHand(file: string): Database {
  const sqlite = new SqliteDatabase(file);
  sqlite.pragma('journal_mode = wal');
  sqlite.pragma('synchronous = full');
  sqlite.pragma('fullfsync = on');
  sqlite.pragma('checkpoint_fullfsync = on');
  sqlite.pragma('foreign_keys = on');
  sqlite.pragma('wal_autocheckpoint = 8000');
  sqlite.pragma('cache_size = -65536');
  return sqlite;
}

/** The same reads and the same writes, and nothing else. */
function handWritten(sqlite: Database): (order: ReadyOrder) => void {
  const known = sqlite.prepare(`select 1 where exists (select 1 from outbox where lane = ?)
    or exists (select 1 from journal where lane = ?) or exists (select 1 from sales_order where order_id = ?)`);
  const customer = sqlite.prepare('select branch_id, active from customer where customer_id = ?');
  const lists = sqlite.prepare<[string], { price_list_id: string }>(
    'select price_list_id, currency, customer_id from price_list where customer_id is null or customer_id = ?',
  );
  const product = sqlite.prepare('select base_unit, units, step, active from product where product_id = ?');
  const prices = sqlite.prepare(
    'select price_id, unit, unit_price, valid_from, valid_to from price where price_list_id = ? and product_id = ?',
  );
  const available = sqlite.prepare(`select
    coalesce((select on_hand - allocated from stock where warehouse_id = ? and product_id = ?), 0)
    - coalesce((select sum(quantity_base) from reservation where warehouse_id = ? and product_id = ?), 0)`);
  const counter = sqlite.prepare(`insert into counter (name, value) values ('order:7K', 1)
    on conflict (name) do update set value = value + 1 returning value`);
  const enqueue = sqlite.prepare(`insert into outbox
    (mutation_id, lane, name, body, body_hash, signature, depends_on, state, answer, effect, made_at)
    values (?, ?, 'order.place', ?, ?, ?, '[]', 'waiting', ?, ?, ?) returning seq`);
  const reserve = sqlite.prepare(
    'insert into reservation (mutation_id, warehouse_id, product_id, quantity_base) values (?, ?, ?, ?)',
  );
  const local = sqlite.prepare(`replace into local_order
    (order_id, number, customer_id, status, business_date, made_at, currency, total_minor, line_count)
    values (?, ?, ?, 'placed', ?, ?, 'CNY', ?, 20)`);
  const inTransaction = sqlite.transaction((order: ReadyOrder) => {
    const lane = `order:${order.orderId}`;
    const { warehouseId } = order;
    known.get(lane, lane, order.orderId);
    customer.get(order.customerId);
    const found = lists.all(order.customerId);
    for (const { productId } of order.lines) {
      product.get(productId);
      for (const list of found) prices.all(list.price_list_id, productId);
      available.get(warehouseId, productId, warehouseId, productId);
    }
    counter.get();
    const { mutationId, body, bodyHash, signature, answer, effect, madeAt } = order;
    enqueue.get(mutationId, lane, body, bodyHash, signature, answer, effect, madeAt);
    for (const { productId, quantityBase } of order.lines) {
      reserve.run(mutationId, warehouseId, productId, quantityBase);
    }
    local.run(order.orderId, order.number, order.customerId, order.businessDate, madeAt, order.totalMinor);
  });
  return (order) => inTransaction.immediate(order);
}

/** Both files must have come to the same, or the comparison means nothing. */
function assertSameWrites(ours: DeskFixture, byHand: Database): void {
  const counts = (sqlite: Database): unknown =>
    ['outbox', 'reservation', 'local_order', 'counter'].map((table) =>
      sqlite.prepare(`select count(*) from ${table}`).pluck().get(),
    );
  const mine = new SqliteDatabase(ours.file, { readonly: true });
  const same = JSON.stringify(counts(mine)) === JSON.stringify(counts(byHand));
  mine.close();
  if (!same || readFileSync(ours.file).length === 0) throw new Error('bench: the two desks wrote different things');
}
