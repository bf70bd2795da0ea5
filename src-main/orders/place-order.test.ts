/** Placing on a real file: what is kept, what is answered, and what is refused on which field. */
import { branchScope, ordersScope } from '../../src-shared/protocol/scope.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseOrderNumber } from '../../src-shared/domain/order-number.ts';
import { AppError, type AppErrorData } from '../../src-shared/protocol/app-error.ts';
import { mutationBody } from '../../src-shared/protocol/mutation.ts';
import { orderPlace } from '../../src-shared/mutations/order-place.ts';
import type { GivenLine } from '../api/desk-services.ts';
import { nextBatch } from '../outbox/next-batch.ts';
import { outboxStatus } from '../outbox/outbox-status.ts';
import { applyPage } from '../replica/apply-page.ts';
import { deskFixture, EPOCH, isSigned, type DeskFixture } from '../../test/support/desk-fixture.ts';

let at: DeskFixture;

beforeEach(() => {
  at = deskFixture({ products: 30, customers: 4, onHand: 100_000 });
});
afterEach(() => at.dispose());

function product(n: number): string {
  return at.catalogue.products[n]?.productId ?? '';
}

function customer(n = 0): string {
  return at.catalogue.customers[n]?.customerId ?? '';
}

function line(n: number, quantity: unknown, unit = 'piece'): GivenLine {
  return { productId: product(n), unit, quantity };
}

function place(lines: GivenLine[], more: { orderId?: string; note?: string; customerId?: string } = {}) {
  return at.desk.orders.place({ orderId: at.newOrderId(), customerId: customer(), note: '', lines, ...more }, 'en');
}

function errorOf(run: () => unknown): AppErrorData {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error.data;
    throw error;
  }
  throw new Error('it was taken');
}

function issueOf(run: () => unknown) {
  const data = errorOf(run);
  if (data.code !== 'INPUT') throw new Error(`${data.code} where issues were expected`);
  return data.issues.map((issue) => ({ code: issue.code, path: issue.path.join('.') }));
}

describe('an order that is placed', () => {
  test('has a number of this desk, is signed, waits in the outbox and takes its stock', () => {
    const answer = place([line(0, 2), line(1, 1, 'case')], { note: '周三前送' });
    expect(parseOrderNumber(answer.number)).toEqual({ branchCode: 'PD', incarnationCode: '7K', running: 1 });
    expect(answer).toMatchObject({ status: 'placed', sync: 'waiting', currency: 'CNY', issues: [] });
    const [pushed] = nextBatch(at.store, at.platform.now());
    const body = mutationBody.parse(JSON.parse(pushed?.body ?? ''));
    expect(body).toMatchObject({ name: 'order.place', dependsOn: [], businessDate: '2026-03-02' });
    expect(orderPlace.args.parse(body.args)).toMatchObject({ number: answer.number, note: '周三前送' });
    expect(isSigned(pushed?.body ?? '', pushed?.signature ?? '', at.identity.publicKey)).toBe(true);
    expect(at.desk.products.get(product(0))).toMatchObject({ availableBase: 98_000, waitingBase: 2_000 });
    expect(at.desk.products.get(product(1)).waitingBase).toBe((at.catalogue.products[1]?.units[1]?.factor ?? 0) * 1);
    expect(at.events.at(-1)).toMatchObject({ orderIds: [answer.orderId] });
  });

  test('is there, the same, after the program was started again', () => {
    const answer = place([line(0, 2), line(1, 3)]);
    const before = at.desk.orders.get(answer.orderId, 'en');
    at.reopen();
    expect(at.desk.orders.get(answer.orderId, 'en')).toEqual(before);
    expect(at.desk.orders.list({ offset: 0, limit: 10 })).toMatchObject({ total: 1, rows: [{ sync: 'waiting' }] });
  });

  test('counts numbers without a gap, also past a refused one', () => {
    place([line(0, 1)]);
    expect(issueOf(() => place([]))).toEqual([{ code: 'order.noLines', path: 'lines' }]);
    expect(parseOrderNumber(place([line(0, 1)]).number)?.running).toBe(2);
  });

  test('that takes more than there is is kept, with a warning and its repair', () => {
    const answer = place([line(0, 101)]);
    expect(answer.issues).toMatchObject([
      { code: 'stock.short', severity: 'warning', message: expect.stringContaining('100') },
    ]);
    expect(outboxStatus(at.store).waiting).toBe(1);
  });

  test('carries 2,000 lines', () => {
    const big = deskFixture({ products: 2_001, customers: 1 });
    try {
      const lines = big.catalogue.products.map(({ productId }) => ({ productId, unit: 'piece', quantity: 1 }));
      const given = { customerId: big.catalogue.customers[0]?.customerId ?? '', note: '' };
      const taken = big.desk.orders.place({ ...given, orderId: big.newOrderId(), lines: lines.slice(0, 2_000) }, 'en');
      expect(big.desk.orders.get(taken.orderId, 'en').lines).toHaveLength(2_000);
      expect(issueOf(() => big.desk.orders.place({ ...given, orderId: big.newOrderId(), lines }, 'en'))).toEqual([
        { code: 'order.tooManyLines', path: 'lines' },
      ]);
    } finally {
      big.dispose();
    }
  });

  test('keeps an emoji in its note as it was typed', () => {
    const { orderId } = place([line(0, 1)], { note: '急 🚚👨‍👩‍👧' });
    expect(at.desk.orders.get(orderId, 'zh-CN').note).toBe('急 🚚👨‍👩‍👧');
  });
});

describe('the same id again', () => {
  test('gets the first answer and makes no second order', () => {
    const orderId = at.newOrderId();
    const first = place([line(0, 2)], { orderId });
    expect(place([line(0, 2)], { orderId })).toEqual(first);
    at.reopen();
    expect(place([line(0, 2)], { orderId })).toEqual(first);
    expect(at.desk.orders.list({ offset: 0, limit: 10 }).total).toBe(1);
  });

  test('with other content is told which order has it', () => {
    const orderId = at.newOrderId();
    const { number } = place([line(0, 2)], { orderId });
    expect(errorOf(() => place([line(0, 3)], { orderId }))).toMatchObject({
      code: 'INPUT',
      issues: [{ code: 'order.exists', params: { number } }],
    });
  });

  test('of an order that came from elsewhere is told so too', () => {
    const own = place([line(0, 1)]);
    const foreign = at.newOrderId();
    const {
      customerName: _name,
      sync: _sync,
      quantityBase: _base,
      queue: _queue,
      issues: _issues,
      open: _open,
      ...row
    } = at.desk.orders.get(own.orderId, 'en');
    const { branchId, warehouseId } = at.catalogue.branch;
    applyPage(at.store, {
      epoch: EPOCH,
      now: at.platform.now(),
      cursor: 'x',
      more: false,
      changes: [
        {
          scope: ordersScope(branchId, row.businessDate),
          kind: 'order',
          op: 'put',
          key: foreign,
          rev: 1,
          row: { ...row, orderId: foreign, number: 'XX-00-000001-A', branchId, warehouseId, lines: [] } as never,
        },
      ],
    });
    expect(issueOf(() => place([line(0, 1)], { orderId: foreign }))).toEqual([
      { code: 'order.exists', path: 'orderId' },
    ]);
  });
});

describe('bad input is refused on its field, and nothing is written', () => {
  const cases: [title: string, lines: () => GivenLine[], expected: { code: string; path: string }[]][] = [
    ['letters', () => [line(0, '12a')], [{ code: 'quantity.notANumber', path: 'lines.0.quantity' }]],
    ['a number as text', () => [line(0, '12')], [{ code: 'quantity.notANumber', path: 'lines.0.quantity' }]],
    ['nothing', () => [line(0, undefined)], [{ code: 'quantity.notANumber', path: 'lines.0.quantity' }]],
    ['NaN', () => [line(0, NaN)], [{ code: 'quantity.notANumber', path: 'lines.0.quantity' }]],
    ['infinity', () => [line(0, Infinity)], [{ code: 'quantity.notANumber', path: 'lines.0.quantity' }]],
    ['zero', () => [line(0, 0)], [{ code: 'quantity.notPositive', path: 'lines.0.quantity' }]],
    ['a negative', () => [line(0, -3)], [{ code: 'quantity.notPositive', path: 'lines.0.quantity' }]],
    ['a billion', () => [line(0, 1e9)], [{ code: 'quantity.tooLarge', path: 'lines.0.quantity' }]],
    ['1e300', () => [line(0, 1e300)], [{ code: 'quantity.tooLarge', path: 'lines.0.quantity' }]],
    ['half a piece', () => [line(0, 0.5)], [{ code: 'quantity.notStep', path: 'lines.0.quantity' }]],
    ['four decimals', () => [line(0, 1.0005)], [{ code: 'quantity.tooPrecise', path: 'lines.0.quantity' }]],
    ['an unknown unit', () => [line(0, 1, 'barrel')], [{ code: 'unit.unknown', path: 'lines.0.unit' }]],
    [
      'an unknown product',
      () => [{ productId: 'no-such-code', unit: 'piece', quantity: 1 }],
      [{ code: 'product.unknown', path: 'lines.0.productId' }],
    ],
    ['no lines', () => [], [{ code: 'order.noLines', path: 'lines' }]],
    [
      'everything at once',
      () => [line(0, 'x'), line(1, 1), line(2, 0.5)],
      [
        { code: 'quantity.notANumber', path: 'lines.0.quantity' },
        { code: 'quantity.notStep', path: 'lines.2.quantity' },
      ],
    ],
  ];
  test.each(cases)('%s', (_title, lines, expected) => {
    expect(issueOf(() => place(lines()))).toEqual(expected);
    expect(outboxStatus(at.store).waiting).toBe(0);
    expect(at.desk.orders.list({ offset: 0, limit: 1 }).total).toBe(0);
  });

  test('a note of 100 kB', () => {
    const note = 'x'.repeat(100_000);
    expect(issueOf(() => place([line(0, 1)], { note }))).toEqual([{ code: 'note.tooLong', path: 'note' }]);
  });

  test('an unknown and an inactive customer', () => {
    expect(issueOf(() => place([line(0, 1)], { customerId: 'nobody' }))).toEqual([
      { code: 'customer.unknown', path: 'customerId' },
    ]);
    const row = at.catalogue.customers[1];
    if (!row) throw new Error('fixture');
    applyPage(at.store, {
      epoch: EPOCH,
      now: at.platform.now(),
      cursor: 'x',
      more: false,
      changes: [
        {
          scope: branchScope(at.catalogue.branch.branchId),
          kind: 'customer',
          op: 'put',
          key: row.customerId,
          rev: 2,
          row: { ...row, active: false },
        },
      ],
    });
    expect(issueOf(() => place([line(0, 1)], { customerId: row.customerId }))).toEqual([
      { code: 'customer.inactive', path: 'customerId' },
    ]);
  });

  test('says it in the language of the reader', () => {
    const checked = at.desk.orders.check({ customerId: customer(), note: '', lines: [line(0, 'x')] }, 'zh-CN');
    expect(checked.issues[0]?.message).toMatch(/\p{Script=Han}/u);
  });
});

describe('without a person or a head office', () => {
  test('an order is refused, and one that was saved is still answered', () => {
    const orderId = at.newOrderId();
    const first = place([line(0, 1)], { orderId });
    at.identity.signOut();
    expect(errorOf(() => place([line(0, 1)])).code).toBe('SIGNED_OUT');
    expect(place([line(0, 1)], { orderId })).toEqual(first);
    at.identity.unenrol();
    expect(errorOf(() => place([line(0, 1)])).code).toBe('NOT_ENROLLED');
  });
});

test('checking says line by line what placing would, and writes nothing', () => {
  const checked = at.desk.orders.check(
    { customerId: customer(), note: '', lines: [line(0, 2), line(1, 'x'), line(2, 1), line(0, 200)] },
    'en',
  );
  const price = at.catalogue.prices[0]?.unitPrice ?? 0;
  expect(checked.lines[0]).toEqual({
    quantityBase: 2_000,
    unitPrice: price,
    listUnitPrice: price,
    amountMinor: price / 50,
    grossMinor: price / 50,
    own: false,
    availableBase: 100_000,
    story: expect.objectContaining({ of: 'base', listUnitPrice: price, discounts: [], taxMinor: null }),
  });
  expect(checked.lines[1]).toMatchObject({ quantityBase: null, amountMinor: null, unitPrice: expect.any(Number) });
  expect(checked.lines[2]).toMatchObject({ quantityBase: 1_000 });
  expect(checked.issues.map((issue) => [issue.code, issue.path[1]])).toEqual([
    ['quantity.notANumber', 1],
    ['stock.short', 3],
  ]);
  expect(outboxStatus(at.store).waiting).toBe(0);
});
