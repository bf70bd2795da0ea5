/**
 * An order of 1,000 lines judged anew after one key, as the editor asks for it: every line's price from its tiers, three
 * promotions, tax, stock and the customer's credit, totals and all. With `order-commit` it says what the rulebook costs.
 *
 * Reference: what one would write by hand for the totals alone: the newest list price and the stock of each line by two
 * prepared statements, a multiplication and a sum. The two take turns. Reported: the p50 of both.
 */
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { promotion } from '../src-shared/domain/pricing/pricing-fixtures.ts';
import type { Promotion } from '../src-shared/domain/pricing/promotion.ts';
import { deskFixture, type DeskFixture } from '../test/support/desk-fixture.ts';
import { seededId, seededRandom } from '../test/support/seeded-catalogue.ts';
import { microseconds, quantile, type Bench, type BenchResult } from './bench.ts';

const LINES = 1_000;
const PRODUCTS = 2_500;
const ROUNDS = 300;
const WARM_UP = 40;
/** What is asked for, microseconds: less than a frame. */
const A_FRAME = 16_000;
/** Of the seeded ids: those of tiers, and of promotions. */
const [TIERS, PROMOTIONS] = [61, 62];

export const bench: Bench = {
  name: 're-total',
  run: () => {
    const fixture = deskFixture({ products: PRODUCTS, customers: 20, onHand: 1_000_000_000 });
    try {
      furnish(fixture);
      return Promise.resolve(measure(fixture));
    } finally {
      fixture.dispose();
    }
  },
};

/** A tier for every product, tax on all, and three promotions of different kinds. */
function furnish({ file, catalogue }: DeskFixture): void {
  const database = new SqliteDatabase(file);
  const { prices, products } = catalogue;
  const tier = database.prepare(
    `insert into price (price_id, price_list_id, product_id, unit, unit_price, valid_from, valid_to, min_quantity, rev, scope_id)
     select ?, price_list_id, product_id, unit, unit_price * 9 / 10, valid_from, valid_to, 5000, 1, scope_id
     from price where price_id = ?`,
  );
  const promote = database.prepare(
    `insert into promotion (promotion_id, valid_from, valid_to, active, content, rev, scope_id) values (?, ?, null, 1, ?, 1, 1)`,
  );
  database.transaction(() => {
    for (const [at, { priceId }] of prices.entries()) tier.run(seededId(TIERS, at), priceId);
    database.prepare('update product set tax_basis_points = 1300').run();
    for (const [at, rule] of RULES.entries()) {
      const named = products.slice(at * 500, at * 500 + 500).map(({ productId }) => productId);
      const made = promotion(seededId(PROMOTIONS, at), rule, { code: `P${at}`, place: at, products: named });
      promote.run(made.promotionId, made.validFrom, JSON.stringify(made));
    }
  })();
  database.close();
}

const RULES: readonly Promotion['rule'][] = [
  { kind: 'percent', off: 500 },
  { kind: 'free', buyBase: 10_000, freeBase: 1_000, gift: null },
  { kind: 'threshold', fromMinor: 100_000, off: { share: 250 }, currency: 'CNY' },
];

function measure(fixture: DeskFixture): BenchResult {
  const { desk, catalogue, file } = fixture;
  const random = seededRandom(7);
  const lines = Array.from({ length: LINES }, (_, at) => ({
    productId: catalogue.products[(at * 2) % PRODUCTS]?.productId ?? '',
    unit: random() < 0.3 ? 'case' : 'piece',
    quantity: 1 + Math.floor(random() * 20),
  }));
  const order = { customerId: catalogue.customers[0]?.customerId ?? '', note: '', lines };
  const sqlite = new SqliteDatabase(file, { readonly: true });
  const priceListId = catalogue.lists[0]?.priceListId ?? '';
  const byHand = handWritten(sqlite, { warehouseId: catalogue.branch.warehouseId, priceListId });
  const samples = { ours: [] as number[], theirs: [] as number[] };
  let total = 0;
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    // The one key: another quantity somewhere.
    const line = lines[Math.floor(random() * LINES)];
    if (line) line.quantity = 1 + Math.floor(random() * 20);
    const ours = microseconds(() => (total = desk.orders.check(order, 'en').totalMinor));
    const theirs = microseconds(() => byHand(lines));
    if (round < 0) continue;
    samples.ours.push(ours);
    samples.theirs.push(theirs);
  }
  sqlite.close();
  if (total <= 0) throw new Error('bench: the order comes to nothing');
  const [value, reference, p99] = [
    quantile(samples.ours, 0.5),
    quantile(samples.theirs, 0.5),
    quantile(samples.ours, 0.99),
  ];
  return {
    value,
    unit: 'us',
    reference,
    ratio: value / reference,
    note: `p50 of ${ROUNDS} keys in an order of ${LINES} lines, p99 ${Math.round(p99)} us; ${p99 < A_FRAME ? 'within' : 'past'} a frame of ${A_FRAME} us`,
  };
}

interface HandPrice {
  unit_price: number;
}

function handWritten(
  sqlite: Database,
  { warehouseId, priceListId }: { warehouseId: string; priceListId: string },
): (lines: readonly HandLine[]) => number {
  const price = sqlite.prepare<[string, string, string], HandPrice>(
    'select unit_price from price where price_list_id = ? and product_id = ? and unit = ? order by valid_from desc limit 1',
  );
  const stock = sqlite.prepare<[string, string], { on_hand: number }>(
    'select on_hand - allocated as on_hand from stock where warehouse_id = ? and product_id = ?',
  );
  return (lines) => {
    let total = 0;
    for (const { productId, unit, quantity } of lines) {
      const left = stock.get(warehouseId, productId)?.on_hand ?? 0;
      total += left > 0 ? Math.round(((price.get(priceListId, productId, unit)?.unit_price ?? 0) * quantity) / 100) : 0;
    }
    return total;
  };
}

interface HandLine {
  productId: string;
  unit: string;
  quantity: number;
}
