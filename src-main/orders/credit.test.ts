// Goal: a desk without a line counts what its own orders add to what a customer owes, until central has counted them, and
// neither twice nor not at all. Method: a real file, a model of central, and central's rows of a customer on terms.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Change } from '../../src-shared/protocol/change.ts';
import { RESEND_AFTER_MS } from '../../src-shared/protocol/limits.ts';
import { branchScope, CATALOGUE_SCOPE } from '../../src-shared/protocol/scope.ts';
import { deskFixture, EPOCH, type DeskFixture } from '../../test/support/desk-fixture.ts';
import { ModelCentral } from '../../test/support/model-central.ts';
import type { GivenOrder } from '../api/desk-services.ts';
import { nextBatch } from '../outbox/next-batch.ts';
import { markSent, noteOutcomes } from '../outbox/sending.ts';
import { applyPage } from '../replica/apply-page.ts';
import { readCursor } from '../replica/cursor.ts';

let at: DeskFixture;
let central: ModelCentral;

beforeEach(() => {
  at = deskFixture({ products: 2, customers: 2 });
  central = new ModelCentral(at.catalogue);
});
afterEach(() => at.dispose());

/** Central's rows of the first customer: on terms, owing what is said. */
function onTerms(limitMinor: number, account: { onOrderMinor: number; due: [string, number][] }, rev = 2): void {
  const [customer] = at.catalogue.customers;
  if (!customer) throw new Error('fixture');
  const { customerId } = customer;
  const scope = branchScope(at.catalogue.branch.branchId);
  const rows = [
    ['customer', { ...customer, terms: { days: 30, limitMinor } }],
    ['account', { customerId, currency: 'CNY', ...account }],
  ] as const;
  const changes = rows.map(([kind, row]) => ({ scope, op: 'put', rev, kind, key: customerId, row }));
  const page = { epoch: EPOCH, now: at.platform.now(), cursor: readCursor(at.store) || 'x', more: false };
  applyPage(at.store, { ...page, changes: changes as Change[] });
}

function order(quantity: number, more: Partial<GivenOrder> = {}): GivenOrder {
  const lines = [{ productId: at.catalogue.products[0]?.productId ?? '', unit: 'piece', quantity }];
  return { customerId: at.catalogue.customers[0]?.customerId ?? '', note: '', lines, ...more };
}

function place(quantity: number, more: Partial<GivenOrder> = {}): { orderId: string; totalMinor: number } {
  const orderId = at.newOrderId();
  const { totalMinor } = at.desk.orders.place({ ...order(quantity, more), orderId }, 'en');
  return { orderId, totalMinor };
}

const credit = () => at.desk.orders.check(order(1), 'en').credit;
const issues = (given: GivenOrder) =>
  at.desk.orders.check(given, 'en').issues.map(({ code, severity }) => [code, severity]);

function settle(): void {
  at.platform.advance(RESEND_AFTER_MS);
  const batch = nextBatch(at.store, at.platform.now());
  const ids = batch.map((mutation) => mutation.id);
  markSent(at.store, ids, at.platform.now());
  noteOutcomes(at.store, central.push(batch, at.platform.now()), at.platform.now());
  applyPage(at.store, central.pull(readCursor(at.store), at.platform.now()));
}

test('what is saved here counts at once, what is amended or cancelled counts as it is now', () => {
  onTerms(1_000_000, { onOrderMinor: 100, due: [['2020-01-01', 50]] });
  expect(credit()).toEqual({ limitMinor: 1_000_000, usedMinor: 150 });
  const { orderId, totalMinor } = place(3);
  expect(totalMinor).toBeGreaterThan(0);
  expect(credit()?.usedMinor).toBe(150 + totalMinor);
  const amended = at.desk.orders.amend({ orderId, lines: order(1).lines }, 'en');
  expect(credit()?.usedMinor).toBe(150 + amended.totalMinor);
  // As an amendment of that order, whose own share is not in the way.
  expect(at.desk.orders.check({ ...order(1), orderId }, 'en').credit?.usedMinor).toBe(150);
  // An order that goes to somebody else is theirs to pay.
  const other = at.catalogue.customers[1]?.customerId ?? '';
  at.desk.orders.amend({ orderId, lines: order(1).lines, customerId: other }, 'en');
  expect(credit()?.usedMinor).toBe(150);
  at.desk.orders.amend({ orderId, lines: order(1).lines, customerId: order(1).customerId }, 'en');
  at.desk.orders.cancel({ orderId, reason: '' }, 'en');
  expect(credit()?.usedMinor).toBe(150);
});

test('an order in other money is not held against the limit', () => {
  onTerms(1_000_000, { onOrderMinor: 0, due: [] });
  const { orderId } = place(3);
  const foreign = at.store.command<{ orderId: string }, never>((db, p) =>
    db.updateTable('local_order').set({ currency: 'USD' }).where('order_id', '=', p.orderId),
  );
  at.store.transaction((tx) => foreign.run(tx, { orderId }));
  expect(credit()?.usedMinor).toBe(0);
});

test('it counts once when central has heard of it', () => {
  onTerms(1_000_000, { onOrderMinor: 0, due: [] });
  const { totalMinor } = place(2);
  settle();
  onTerms(1_000_000, { onOrderMinor: totalMinor, due: [] }, 3);
  expect(credit()?.usedMinor).toBe(totalMinor);
});

test('past the limit it warns, and is saved for a look when that is asked for', () => {
  onTerms(1, { onOrderMinor: 0, due: [] });
  expect(issues(order(1))).toEqual([['credit.exceeded', 'warning']]);
  expect(issues(order(1, { approval: true }))).toEqual([]);
  const { orderId } = place(1, { approval: true });
  expect(at.desk.orders.get(orderId, 'en')).toMatchObject({ state: 'financeReview', creditReview: true });
  // What is amended before anybody has looked is still to be looked at.
  at.desk.orders.amend({ orderId, lines: order(2).lines }, 'en');
  expect(at.desk.orders.get(orderId, 'en')).toMatchObject({ state: 'financeReview', creditReview: true });
});

test('a customer is shown with what they owe, by its age', () => {
  onTerms(10_000, {
    onOrderMinor: 300,
    due: [
      ['2020-01-01', 50],
      ['2999-01-01', 70],
    ],
  });
  const { credit: shown, more } = at.desk.customers.get(order(1).customerId);
  expect(more).toEqual({ terms: { days: 30, limitMinor: 10_000 } });
  expect(shown).toMatchObject({ limitMinor: 10_000, usedMinor: 420, aging: { olderMinor: 50, notDueMinor: 70 } });
});

test('by facts that are too old no order is taken, and by old ones only to be confirmed', () => {
  const put = (stock: object): void => {
    const never = { warn: null, confirm: null, block: null };
    const row = { name: 'factAge', price: never, credit: never, stock: { ...never, ...stock } };
    const rev = at.platform.now();
    const page = { epoch: EPOCH, now: rev, cursor: readCursor(at.store) || 'x', more: false };
    const change = { scope: CATALOGUE_SCOPE, op: 'put', rev, kind: 'policy', key: 'factAge', row };
    applyPage(at.store, { ...page, changes: [change] as Change[] });
  };
  put({ confirm: 60, block: 600 });
  const fresh = place(1);
  expect(at.desk.orders.get(fresh.orderId, 'en').state).toBe('allocated');
  at.platform.advance(3_600_000);
  expect(issues(order(1))).toEqual([['facts.confirm', 'warning']]);
  const old = place(1);
  expect(at.desk.orders.get(old.orderId, 'en').state).toBe('orderReview');
  settle();
  expect(at.desk.orders.get(old.orderId, 'en')).toMatchObject({ state: 'orderReview', sync: 'applied' });
  at.platform.advance(36_000_000);
  expect(() => place(1)).toThrow(/INPUT/);
  expect(issues(order(1))).toEqual([['facts.tooOld', 'error']]);
});
