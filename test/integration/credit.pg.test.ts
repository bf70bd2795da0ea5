// Goal: nobody owes more than they may unseen, and what a customer owes is the sum over their orders, whatever happens to
// them. Method: the people's API and pushes over HTTP, on a real PostgreSQL.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findDivergence } from '../../src-central/change-feed/divergence.ts';
import { readSnapshot } from '../../src-central/change-feed/gate.ts';
import { daysAfter } from '../../src-shared/domain/business-day.ts';
import { DEFAULT_CUSTOMER_DATA, type CustomerDataPolicy } from '../../src-shared/domain/customer-data.ts';
import type { OrderContent } from '../../src-shared/mutations/order-place.ts';
import type { PushOutcome } from '../../src-shared/protocol/receipt.ts';
import { branchScope } from '../../src-shared/protocol/scope.ts';
import { brokenLaws } from '../sim/central-invariants.ts';
import { startTestCentral, type TestCentral } from '../support/central-fixture.ts';
import { type PeopleApi, signedInApi } from '../support/people-api.ts';
import { known, TestDesk } from '../support/test-desk.ts';

let central: TestCentral;
let clerk: TestDesk;
let manager: TestDesk;
let api: { clerk: PeopleApi; manager: PeopleApi; managerElsewhere: PeopleApi; admin: PeopleApi };

beforeAll(async () => {
  central = await startTestCentral();
  const names = ['clerk', 'manager', 'manager-nb', 'admin'];
  const [one, two, three, four] = await Promise.all(names.map((name) => signedInApi(central.url, name)));
  api = { clerk: known(one), manager: known(two), managerElsewhere: known(three), admin: known(four) };
  clerk = await TestDesk.enrol(central, 'PD', 'clerk');
  manager = await TestDesk.enrol(central, 'PD', 'manager');
});
afterAll(async () => {
  expect(await brokenLaws(central.db)).toEqual([]);
  const scopes = [central.house.pudong, central.house.ningbo].map(({ branchId }) => branchScope(branchId));
  expect(await readSnapshot(central.db, (tx) => findDivergence(tx, scopes))).toEqual([]);
  await central.stop();
});

const failing = (code: string): object => ({ data: { app: { code } } });

/** Pieces of P1 at 2.55. */
function ordered(pieces: number, more: Parameters<TestDesk['content']>[1] = {}): OrderContent {
  return clerk.content([{ product: 'P1', quantity: pieces * 1_000 }], { customer: 'C2', ...more });
}

function place(content: OrderContent): Promise<PushOutcome> {
  return clerk.pushOne(clerk.sign(clerk.body('order.place', content, { schemaVersion: 2 })));
}

function step(desk: TestDesk, name: string, content: OrderContent, args: object): Promise<PushOutcome> {
  const { lines: _, note: __, approval: ___, ...head } = content;
  return desk.pushOne(desk.sign(desk.body(name, { ...head, ...args })));
}

async function account(code = 'C2') {
  return central.db
    .selectFrom('customer_account')
    .selectAll()
    .where('customer_id', '=', known(central.house.customers[code]).customerId)
    .executeTakeFirst();
}

async function stateOf({ orderId }: OrderContent) {
  const row = await central.db
    .selectFrom('sales_order')
    .select(['state', 'credit_review'])
    .where('order_id', '=', orderId)
    .executeTakeFirstOrThrow();
  return row;
}

test('what a customer may owe is a manager of their branch to say', async () => {
  const asked = { customerCode: 'c2', terms: { days: 30, limitMinor: 10_000 } };
  await expect(api.clerk.customers.change.mutate(asked)).rejects.toMatchObject(failing('NOT_ALLOWED'));
  await expect(api.managerElsewhere.customers.change.mutate(asked)).rejects.toMatchObject(failing('NOT_ALLOWED'));
  const nobody = { ...asked, customerCode: 'nobody' };
  await expect(api.manager.customers.change.mutate(nobody)).rejects.toMatchObject(failing('NOT_FOUND'));
  const wrong = { ...asked, terms: { days: -1, limitMinor: null } };
  await expect(api.manager.customers.change.mutate(wrong)).rejects.toMatchObject(failing('MALFORMED'));
  expect(await account()).toBeUndefined();
});

test('terms count the orders that are there already, and are told to the desks of the branch', async () => {
  const early = ordered(10);
  await place(early);
  await clerk.pull();
  await api.manager.customers.change.mutate({ customerCode: 'C2', terms: { days: 30, limitMinor: 10_000 } });
  expect(await account()).toMatchObject({ on_order_minor: 2_550, due: [], rev: 1 });
  const told = (await clerk.pull()).filter(({ kind }) => kind === 'account' || kind === 'customer');
  expect(told).toMatchObject([
    { kind: 'customer', row: { code: 'C2', terms: { days: 30, limitMinor: 10_000 } } },
    { kind: 'account', row: { currency: 'GBP', onOrderMinor: 2_550 } },
  ]);
});

test('an order past the limit is refused with what is short, and taken for a look when that is asked for', async () => {
  const large = ordered(30);
  expect(await place(large)).toMatchObject({
    outcome: 'refused',
    issues: [
      {
        code: 'credit.exceeded',
        params: { limitMinor: 10_000, usedMinor: 2_550, totalMinor: 7_650, shortMinor: 200 },
        repairs: [{ kind: 'askApproval' }],
      },
    ],
  });
  const asking = { ...ordered(30), approval: true as const };
  expect(await place(asking)).toMatchObject({ outcome: 'applied', issues: [] });
  expect(await stateOf(asking)).toEqual({ state: 'financeReview', credit_review: true });
  // It counts as soon as it is there: the next one finds nothing left.
  expect(await place(ordered(1))).toMatchObject({ issues: [{ code: 'credit.exceeded', params: { shortMinor: 455 } }] });
  expect(await step(clerk, 'order.pick', asking, { baseVersion: 1 })).toMatchObject({ outcome: 'refused' });
  expect(await step(manager, 'order.approve', asking, { baseVersion: 1, review: 'finance' })).toMatchObject({
    outcome: 'applied',
  });
  // What was granted stays granted; more is asked about again.
  const amend = (pieces: number, baseVersion: number): Promise<PushOutcome> => {
    const { approval: _, ...content } = asking;
    const lines = content.lines.map((line) => ({ ...line, quantity: pieces * 1_000 }));
    return clerk.pushOne(
      clerk.sign(clerk.body('order.amend', { ...content, lines, baseVersion }, { schemaVersion: 2 })),
    );
  };
  expect(await amend(31, 2)).toMatchObject({ outcome: 'refused', issues: [{ code: 'credit.exceeded' }] });
  expect(await amend(29, 2)).toMatchObject({ outcome: 'applied' });
  expect(await stateOf(asking)).toMatchObject({ state: null, credit_review: null });
});

test('goods that leave are due by the terms, and what comes back is taken off', async () => {
  const before = known(await account());
  const content = { ...ordered(4), approval: true as const };
  await place(content);
  await step(manager, 'order.approve', content, { baseVersion: 1, review: 'finance' });
  const moved = [{ line: 0, quantityBase: 3_000 }];
  await step(clerk, 'order.ship', content, { baseVersion: 2, moved, tracking: null });
  const today = new Date().toLocaleDateString('en-CA', { timeZone: 'Asia/Shanghai' });
  const onOrder = before.on_order_minor + 255;
  expect(await account()).toMatchObject({ on_order_minor: onOrder, due: [[daysAfter(today, 30), 765]] });
  const back = { moved: [{ line: 0, quantityBase: 1_000 }], reason: 'broken', restock: false, creditMinor: null };
  await step(manager, 'order.return', content, { baseVersion: 3, ...back });
  expect(await account()).toMatchObject({ on_order_minor: onOrder, due: [[daysAfter(today, 30), 510]] });
  await step(clerk, 'order.closeRest', content, { baseVersion: 4, reason: 'no longer wanted' });
  expect(await account()).toMatchObject({ on_order_minor: before.on_order_minor });
});

test('a payment lowers what is owed once, whoever writes it down, and the statement says all of it', async () => {
  const before = known(await account());
  const content = { ...ordered(2), approval: true as const };
  await place(content);
  await step(manager, 'order.approve', content, { baseVersion: 1, review: 'finance' });
  const moved = [{ line: 0, quantityBase: 2_000 }];
  await step(clerk, 'order.ship', content, { baseVersion: 2, moved, tracking: 'SF9' });
  const today = new Date().toLocaleDateString('en-CA', { timeZone: 'Asia/Shanghai' });
  const money = { minor: 510, method: 'transfer', reference: 'BANK 77', on: today };
  const [one, other] = await Promise.all([
    step(clerk, 'order.pay', content, { baseVersion: 3, ...money }),
    step(manager, 'order.pay', content, { baseVersion: 3, ...money }),
  ]);
  expect([one.outcome, other.outcome].toSorted()).toEqual(['applied', 'refused']);
  const refused = one.outcome === 'refused' ? one : other;
  expect(refused).toMatchObject({ issues: [{ code: 'payment.tooMuch', params: { now: 0 } }] });
  expect(await account()).toMatchObject({ on_order_minor: before.on_order_minor, due: before.due });
  // Somebody who saw the order before the money came in is not in its way.
  expect(await step(clerk, 'order.receive', content, { baseVersion: 3 })).toMatchObject({ outcome: 'applied' });
  const asked = { customerCode: 'C2', from: today, to: today };
  const statement = await api.clerk.customers.statement.query(asked);
  expect(statement).toMatchObject({ openingMinor: 0, currency: 'GBP', customer: { code: 'C2' } });
  expect(statement.entries.slice(-2)).toMatchObject([
    { what: 'shipped', minor: 510, number: content.number, reference: 'SF9' },
    { what: 'paid', minor: -510, reference: 'BANK 77' },
  ]);
  expect(statement.closingMinor).toBe(before.due.reduce((sum, [, minor]) => sum + minor, 0));
  await expect(api.managerElsewhere.customers.statement.query(asked)).rejects.toMatchObject(failing('NOT_ALLOWED'));
});

test('what left and came back is there for the invoice, with the buyer as the tax office knows them', async () => {
  const address = { use: 'billing' as const, text: '上海市浦东新区世纪大道 1 号', phone: '021-1' };
  await api.manager.customers.change.mutate({ customerCode: 'C2', taxId: '91310000MA1FL0000X', addresses: [address] });
  const today = new Date().toLocaleDateString('en-CA', { timeZone: 'Asia/Shanghai' });
  const lines = await api.manager.invoices.lines.query({ branchCode: 'pd', from: today, to: today });
  expect(lines.map(({ what, grossMinor }) => [what, grossMinor])).toEqual([
    ['delivery', 765],
    ['return', -255],
    ['delivery', 510],
  ]);
  expect(lines[0]).toMatchObject({
    productCode: 'P1',
    currency: 'GBP',
    buyer: { code: 'C2', taxId: '91310000MA1FL0000X', address: address.text, phone: '021-1' },
  });
  const far = { branchCode: 'PD', from: '2026-01-01', to: '2026-03-01' };
  await expect(api.manager.invoices.lines.query(far)).rejects.toMatchObject(failing('MALFORMED'));
  await expect(api.managerElsewhere.invoices.lines.query({ ...far, to: far.from })).rejects.toMatchObject(
    failing('NOT_ALLOWED'),
  );
});

test('what the house wants of a customer’s data is asked for when it is changed, and of nothing that was so before', async () => {
  const wanted: CustomerDataPolicy = { country: 'CN', checkTaxId: true, checkPhone: true, required: ['taxId'] };
  const policy = { name: 'customerData' as const, ...wanted };
  await expect(api.admin.policies.set.mutate({ ...policy, country: 'XX' })).rejects.toMatchObject(failing('MALFORMED'));
  await expect(api.admin.policies.set.mutate({ ...policy, country: null })).rejects.toMatchObject(failing('MALFORMED'));
  await api.admin.policies.set.mutate(policy);
  const faulty = async (change: object): Promise<unknown> => {
    const error: unknown = await api.manager.customers.change.mutate({ customerCode: 'C2', ...change }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    return (error as { data?: { app: { fields: { path: string }[] } } } | undefined)?.data?.app.fields.map(
      ({ path }) => path,
    );
  };
  expect(await faulty({ taxId: '91350100M000100Y44', phone: '12345' })).toEqual(['taxId', 'phone']);
  expect(await faulty({ taxId: null })).toEqual(['taxId']);
  expect(await faulty({ taxId: '91350100M000100Y43', phone: '+86 21 5888 1234' })).toBeUndefined();
  // C1 has no tax id at all.
  await api.manager.customers.change.mutate({ customerCode: 'C1', salesperson: '王芳' });
  await api.admin.policies.set.mutate({ ...policy, ...DEFAULT_CUSTOMER_DATA });
});

test('nothing is taken from a customer who is blocked, and only for a look from one on hold', async () => {
  await api.manager.customers.change.mutate({ customerCode: 'C1', hold: { kind: 'blocked', reason: '停业' } });
  const of = { customer: 'C1' };
  const cheap = (): OrderContent => clerk.content([{ product: 'P1', quantity: 1_000, quotedUnitPrice: 20_000 }], of);
  expect(await place(cheap())).toMatchObject({
    issues: [{ code: 'customer.blocked', params: { reason: '停业', ask: 'manager' } }],
  });
  await api.manager.customers.change.mutate({ customerCode: 'C1', hold: { kind: 'onHold', reason: '欠款' } });
  const held = cheap();
  expect(await place(held)).toMatchObject({ outcome: 'applied', issues: [{ code: 'customer.onHold' }] });
  expect(await stateOf(held)).toMatchObject({ state: 'financeReview' });
  await api.manager.customers.change.mutate({ customerCode: 'C1', hold: null });
  const free = cheap();
  await place(free);
  expect(await stateOf(free)).toMatchObject({ state: null });
});

test('an account goes where its customer goes, and orders that stay behind still count on it', async () => {
  const content = ordered(2, { customer: 'C1' });
  const lines = content.lines.map((line) => ({ ...line, quotedUnitPrice: 20_000 }));
  await api.manager.customers.change.mutate({ customerCode: 'C1', terms: { days: 0, limitMinor: null } });
  await place({ ...content, lines });
  const before = known(await account('C1'));
  await api.admin.customers.move.mutate({ customerCode: 'C1', branchCode: 'NB' });
  expect(await account('C1')).toMatchObject({ on_order_minor: before.on_order_minor, rev: before.rev + 1 });
  await step(clerk, 'order.cancel', content, { baseVersion: 1, reason: 'moved away' });
  expect(await account('C1')).toMatchObject({ on_order_minor: before.on_order_minor - 400, rev: before.rev + 2 });
});

test('whoever asks at the same time, what is owed is the sum, and the limit holds', async () => {
  await api.manager.customers.change.mutate({ customerCode: 'C2', terms: { days: 30, limitMinor: 30_000 } });
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => place(ordered(7))));
  const { on_order_minor: onOrder, due } = known(await account());
  expect(onOrder + due.reduce((sum, [, minor]) => sum + minor, 0)).toBeLessThanOrEqual(30_000);
  expect(outcomes.some(({ outcome }) => outcome === 'applied')).toBe(true);
  expect(outcomes.some(({ outcome }) => outcome === 'refused')).toBe(true);
});
