/**
 * Mutations as no desk of ours makes them. Goal: central answers each with a verdict, never with a failure of its own; what
 * is refused says why and what to do; nothing that was not applied leaves a trace, and every law of central still holds.
 *
 * Method: good mutations of every kind, signed by a real desk, with one to three places of their body spoilt; over HTTP, on
 * a real PostgreSQL. 5,000 in `npm test`, 100,000 in `npm run test:full`.
 */
import { sql } from 'kysely';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findDivergence } from '../../src-central/change-feed/divergence.ts';
import { readSnapshot } from '../../src-central/change-feed/gate.ts';
import type { OrderContent } from '../../src-shared/mutations/order-place.ts';
import { MUTATIONS, type MutationName } from '../../src-shared/mutations/registry.ts';
import { MAX_PUSH_MUTATIONS } from '../../src-shared/protocol/limits.ts';
import type { MutationBody } from '../../src-shared/protocol/mutation.ts';
import { pushResponse, type PushOutcome, type PushResponse } from '../../src-shared/protocol/receipt.ts';
import { branchScope, ordersScope } from '../../src-shared/protocol/scope.ts';
import { brokenLaws } from '../sim/central-invariants.ts';
import { startTestCentral, type TestCentral } from '../support/central-fixture.ts';
import { known, TestDesk } from '../support/test-desk.ts';
import { newId } from '../support/test-house.ts';

const FULL = process.env['ORDERDESK_FULL'] === '1';
const MALFORMED = FULL ? 100_000 : 5_000;
/** Orders that changes and steps are made of. */
const ORDERS = 12;

let central: TestCentral;
let desk: TestDesk;
let orders: OrderContent[];

beforeAll(async () => {
  central = await startTestCentral();
  desk = await TestDesk.enrol(central, 'PD', 'manager');
  const placed = Array.from({ length: ORDERS }, (_, at) =>
    desk.place([
      { product: 'P1', quantity: 1_000 + at * 1_000 },
      { product: 'P3', quantity: 2_000 },
    ]),
  );
  orders = placed.map(({ content }) => content);
  const outcomes = await desk.push(...placed.map(({ pushed }) => pushed));
  expect([...outcomes.values()].every(({ outcome }) => outcome === 'applied')).toBe(true);
});
afterAll(() => central.stop());

const MONEY = { minor: 100, method: 'cash', reference: 'slip', on: '2026-06-15' };
const MOVED = [{ line: 0, quantityBase: 1_000 }];

/** What each kind says besides the order that it is about. */
const MORE: Record<MutationName, (content: OrderContent) => object> = {
  'order.place': ({ note, lines }) => ({ note, lines }),
  'order.amend': ({ note, lines }) => ({ note, lines, baseVersion: 1 }),
  'order.cancel': () => ({ baseVersion: 1, reason: 'given up' }),
  'order.approve': () => ({ baseVersion: 1, review: 'order' }),
  'order.reject': () => ({ baseVersion: 1, reason: 'no' }),
  'order.hold': () => ({ baseVersion: 1, reason: 'wait' }),
  'order.release': () => ({ baseVersion: 1 }),
  'order.allocate': () => ({ baseVersion: 1 }),
  'order.pick': () => ({ baseVersion: 1 }),
  'order.ship': () => ({ baseVersion: 1, moved: MOVED, tracking: null }),
  'order.closeRest': () => ({ baseVersion: 1, reason: 'gone' }),
  'order.receive': () => ({ baseVersion: 1 }),
  'order.complete': () => ({ baseVersion: 1 }),
  'order.return': () => ({ baseVersion: 1, moved: MOVED, reason: 'broken', restock: true, creditMinor: null }),
  'order.pay': () => ({ baseVersion: 1, ...MONEY }),
  'order.refund': () => ({ baseVersion: 1, ...MONEY }),
  'order.voidPayment': () => ({ baseVersion: 1, ofPayment: newId(), reason: 'typed twice' }),
  'order.letGo': () => ({ baseVersion: 1 }),
};
const NAMES = Object.keys(MORE) as MutationName[];

function goodBody(name: MutationName, at: number): MutationBody {
  const isNew = name === 'order.place' || at % 5 === 0;
  const content = isNew ? desk.content([{ product: 'P1', quantity: 1_000 }]) : known(orders[at % ORDERS]);
  const { orderId, number, branchId, warehouseId, customerId, businessDate } = content;
  const args = { orderId, number, branchId, warehouseId, customerId, businessDate, ...MORE[name](content) };
  return desk.body(name, args, { schemaVersion: MUTATIONS[name].schemaVersion });
}

/** What is put where something else belongs. */
const NASTY: readonly unknown[] = (
  [
    [null, true, false, 0, -1, 1, 0.5, -0.001, 2 ** 31, 2 ** 53, -(2 ** 53), 9_007_199_254_740_991, 1e300],
    ['', ' ', 'x', '0', '-1', 'NaN', 'null', '\u0000', 'a\u0000b', '\uD800', '\u202E', '🎄', 'x'.repeat(201)],
    ['x'.repeat(5_000), "'; drop table sales_order; --", '__proto__', '../../etc/passwd', '${jndi:ldap://x}'],
    ['2026-02-30', '0000-00-00', '9999-12-31', '2026-13-01', '1999-01-01', '+002026-01-01'],
    ['00000000-0000-0000-0000-000000000000', 'not-a-uuid', '019CAC0F-2680-7737-BE21-3C28C134BD6D'],
    [[], [null], [[]], {}, { toString: 1 }, { length: 1 }, Array.from({ length: 2_001 }, () => ({ line: 0 }))],
  ] as unknown[][]
).flat();

const NUMBERS = [0, -1, 1, 2, 7, 500, 1_000, -1_000, 999_999_999, 2 ** 31, 2 ** 53 - 1, -(2 ** 53 - 1)];
const DATES = ['1999-01-01', '2024-02-29', '9999-12-31', '2026-06-15'];
const TEXTS = [
  '',
  ' ',
  'x',
  '🎄',
  'a\u0000b',
  '\uD800',
  'x'.repeat(201),
  'x'.repeat(19_000),
  'piece',
  'case',
  'PD-10-000001-O8',
];

/** Another value of the same kind, which the schema lets pass and the rules are asked of. */
function likeness(value: unknown, what: number): unknown {
  if (typeof value === 'number') return NUMBERS[what % NUMBERS.length];
  if (typeof value === 'boolean') return !value;
  if (typeof value !== 'string') return value;
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return DATES[what % DATES.length];
  return /^[0-9a-f-]{36}$/.test(value) ? ids()[what % ids().length] : TEXTS[what % TEXTS.length];
}

/** Ids that mean something here, elsewhere, or nowhere. */
function ids(): string[] {
  const { products, customers, pudong, ningbo } = central.house;
  return [
    newId(),
    ...Object.values(products).map(({ productId }) => productId),
    ...Object.values(customers).map(({ customerId }) => customerId),
    pudong.branchId,
    pudong.warehouseId,
    ningbo.branchId,
    ningbo.warehouseId,
    ...orders.map(({ orderId }) => orderId),
  ];
}

interface Spoiling {
  /** Which place, by a number that is taken modulo how many there are. */
  where: number;
  how: 'like' | 'put' | 'drop' | 'double' | 'add' | 'swap';
  /** Which of the nasty values. */
  what: number;
}
/** Most often: what no schema reads never gets to the rules. */
const LIKE = Array.from({ length: 14 }, () => 'like' as const);
const spoiling: fc.Arbitrary<Spoiling> = fc.record({
  where: fc.nat(10_000),
  how: fc.constantFrom(...LIKE, 'put', 'put', 'drop', 'double', 'add', 'swap'),
  what: fc.nat(NASTY.length - 1),
});
const malformed = fc.record({
  name: fc.constantFrom(...NAMES),
  at: fc.nat(1_000),
  spoilings: fc.array(spoiling, { minLength: 1, maxLength: 3 }),
});

type Tree = Record<string, unknown> | unknown[];

/** Every place in it, as whose and which. What says who signs stays: else nothing would get past that. */
function placesOf(tree: Tree, isTop = true): { of: Tree; key: string }[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    if (isTop && (key === 'id' || key === 'sessionId' || key === 'incarnationId')) return [];
    const within = typeof value === 'object' && value !== null ? placesOf(value as Tree, false) : [];
    return [{ of: tree, key }].concat(within.slice(0, 60));
  });
}

function spoilt(body: MutationBody, spoilings: readonly Spoiling[]): MutationBody {
  const copy = structuredClone(body) as unknown as Record<string, unknown>;
  for (const { where, how, what } of spoilings) {
    const places = placesOf(copy);
    const { of, key } = known(places[where % places.length]);
    const at = of as Record<string, unknown>;
    if (how === 'like') at[key] = likeness(at[key], what);
    else if (how === 'put') at[key] = structuredClone(NASTY[what]);
    else if (how === 'add') at[`${key}2`] = structuredClone(NASTY[what]);
    else if (how === 'swap') at[key] = structuredClone(known(places[(where + 7) % places.length]).of);
    else if (how === 'double' && Array.isArray(at[key])) at[key].push(...structuredClone(at[key] as unknown[]));
    else if (Array.isArray(of)) of.splice(Number(key), 1);
    else delete at[key];
  }
  return copy as unknown as MutationBody;
}

/** Whoever reads it knows what to do: by a repair, or by whom to ask. */
function saysWhatToDo(outcome: PushOutcome): boolean {
  if (outcome.outcome !== 'refused') return true;
  const errors = outcome.issues.filter(({ severity }) => severity === 'error');
  return errors.length > 0 && errors.every(({ repairs, params }) => repairs.length > 0 || params['ask'] !== undefined);
}

const counts = new Map<string, number>();
const notApplied: string[] = [];

async function pushSpoilt(of: readonly { name: MutationName; at: number; spoilings: Spoiling[] }[]): Promise<void> {
  const mutations = of.map(({ name, at, spoilings }) => desk.sign(spoilt(goodBody(name, at), spoilings)));
  const { status, body } = await desk.pushRaw(mutations);
  expect(status).toBe(200);
  const { outcomes } = pushResponse.parse(body satisfies PushResponse);
  expect(outcomes.map(({ id }) => id).toSorted()).toEqual(mutations.map(({ id }) => id).toSorted());
  for (const outcome of outcomes) {
    counts.set(outcome.outcome, (counts.get(outcome.outcome) ?? 0) + 1);
    expect(saysWhatToDo(outcome), JSON.stringify(outcome)).toBe(true);
    if (outcome.outcome !== 'applied') notApplied.push(outcome.id);
  }
}

test(
  `${MALFORMED} of them are judged or set aside, and none that is not applied leaves a trace`,
  { timeout: FULL ? 1_800_000 : 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(malformed, { minLength: MAX_PUSH_MUTATIONS, maxLength: MAX_PUSH_MUTATIONS }),
        pushSpoilt,
      ),
      { numRuns: MALFORMED / MAX_PUSH_MUTATIONS, endOnFailure: true },
    );
    // Each way to end was met, and most were no good.
    for (const outcome of ['applied', 'refused', 'unreadable'])
      expect(counts.get(outcome), outcome).toBeGreaterThan(50);
    const { rows } = await sql<{ number: string }>`
      select o.number from sales_order o, jsonb_array_elements(o.history) as event
      where event ->> 'mutationId' = any(${notApplied}::text[])`.execute(central.db);
    expect(rows).toEqual([]);
    expect(await brokenLaws(central.db)).toEqual([]);
    const { branchId } = central.house.pudong;
    const scopes = [branchScope(branchId), ordersScope(branchId, desk.today())];
    expect(await readSnapshot(central.db, (tx) => findDivergence(tx, scopes))).toEqual([]);
    // Every row that desks are told of it can be read by them.
    expect((await desk.pull()).length).toBeGreaterThan(0);
    process.stdout.write(`malformed mutations: ${JSON.stringify(Object.fromEntries(counts))}\n`);
  },
);

test('what is no push at all is turned away in words, whatever stands in it', async () => {
  const good = desk.sign(goodBody('order.place', 0));
  // A place in the outbox that another body has is the last of it: from then on that file is taken for a copy.
  for (const field of ['id', 'body', 'bodyHash', 'signature', 'seq'] as const) {
    for (const nasty of NASTY) {
      const { status, error, body } = await desk.pushRaw([{ ...good, [field]: nasty }]);
      const said = `${field}: ${JSON.stringify(nasty)?.slice(0, 100)}: ${status}`;
      if (status === 200)
        expect(
          body.outcomes.map(({ outcome }) => outcome),
          said,
        ).not.toContain('applied');
      else expect([Math.floor(status / 100), typeof error?.code], said).toEqual([4, 'string']);
    }
  }
});
