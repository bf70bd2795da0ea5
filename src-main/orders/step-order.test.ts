/** Steps of an order on one desk without a line, and what becomes of them at a model of central. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { OrderState } from '../../src-shared/domain/lifecycle/order-state.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { RESEND_AFTER_MS } from '../../src-shared/protocol/limits.ts';
import type { GivenStep } from '../api/desk-services.ts';
import { nextBatch } from '../outbox/next-batch.ts';
import { markSent, noteOutcomes } from '../outbox/sending.ts';
import { applyPage } from '../replica/apply-page.ts';
import { clearReplica } from '../replica/clear-replica.ts';
import { readCursor } from '../replica/cursor.ts';
import { deskFixture, type DeskFixture } from '../../test/support/desk-fixture.ts';
import { ModelCentral, REFUSED_BY_HAND } from '../../test/support/model-central.ts';

let at: DeskFixture;
let central: ModelCentral;

beforeEach(() => {
  at = deskFixture({ products: 3, customers: 2, onHand: 10_000 });
  central = new ModelCentral(at.catalogue);
});
afterEach(() => at.dispose());

function place(quantity: number, more: { backorder?: boolean } = {}): string {
  const orderId = at.newOrderId();
  const [product, customer] = [at.catalogue.products[0], at.catalogue.customers[0]];
  const lines = [{ productId: product?.productId ?? '', unit: 'piece', quantity, ...more }];
  at.desk.orders.place({ orderId, customerId: customer?.customerId ?? '', note: '', lines }, 'en');
  return orderId;
}

function step(orderId: string, of: GivenStep['step']) {
  return at.desk.orders.step({ orderId, step: of }, 'en');
}

function settle(): void {
  at.platform.advance(RESEND_AFTER_MS);
  const batch = nextBatch(at.store, at.platform.now());
  markSent(
    at.store,
    batch.map((mutation) => mutation.id),
    at.platform.now(),
  );
  noteOutcomes(at.store, central.push(batch, at.platform.now()), at.platform.now());
  applyPage(at.store, central.pull(readCursor(at.store), at.platform.now()));
}

function codes(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError && error.data.code === 'INPUT') return error.data.issues.map(({ code }) => code);
    throw error;
  }
  return [];
}

const shipped = (quantityBase: number): GivenStep['step'] => ({ do: 'ship', moved: [{ line: 0, quantityBase }] });

describe('an order on a desk without a line', () => {
  test('goes all the way here, is so after a restart, and is so at central once that has heard of it', () => {
    const orderId = place(4);
    step(orderId, { do: 'pick' });
    step(orderId, shipped(3_000));
    expect(codes(() => step(orderId, shipped(2_000)))).toEqual(['ship.tooMuch']);
    step(orderId, { do: 'closeRest', reason: 'dropped' });
    step(orderId, { do: 'receive' });
    const here = at.desk.orders.get(orderId, 'en');
    expect(here).toMatchObject({ status: 'placed', state: 'received', sync: 'waiting', version: 5 });
    at.reopen();
    expect(at.desk.orders.get(orderId, 'en')).toEqual(here);
    settle();
    const settled = at.desk.orders.get(orderId, 'en');
    expect(settled).toMatchObject({ state: 'received', sync: 'applied', version: 5, queue: [] });
    expect(settled.lines).toEqual(here.lines);
    const productId = at.catalogue.products[0]?.productId ?? '';
    expect(at.desk.products.get(productId)).toMatchObject({
      onHandBase: 7_000,
      allocatedBase: 0,
      availableBase: 7_000,
    });
  });

  test('leaves what is available as it is by shipping, and gives back what comes back onto the shelves', () => {
    at.identity.signIn('manager');
    const orderId = place(4);
    const productId = at.catalogue.products[0]?.productId ?? '';
    const available = (): number => at.desk.products.get(productId).availableBase;
    expect(available()).toBe(6_000);
    step(orderId, shipped(4_000));
    expect(available()).toBe(6_000);
    const moved = [{ line: 0, quantityBase: 1_000 }];
    step(orderId, { do: 'return', moved, reason: 'too many', restock: true });
    expect(available()).toBe(7_000);
    settle();
    expect(available()).toBe(7_000);
    expect(at.desk.orders.get(orderId, 'en').history.at(-1)).toMatchObject({
      what: 'returned',
      moved,
      reason: 'too many',
    });
  });

  test('waits for goods as far as there are none, and shows what it got when it got it', () => {
    const orderId = place(12, { backorder: true });
    expect(at.desk.orders.get(orderId, 'en').lines[0]).toMatchObject({ backorderBase: 2_000 });
    settle();
    central.setOnHand(at.catalogue.products[0]?.productId ?? '', 11_000);
    settle();
    step(orderId, { do: 'allocate' });
    expect(at.desk.orders.get(orderId, 'en').lines[0]).toMatchObject({ backorderBase: 1_000 });
    settle();
    expect(at.desk.orders.get(orderId, 'en')).toMatchObject({ sync: 'applied', lines: [{ backorderBase: 1_000 }] });
  });

  test('may not be held by a clerk, and is told whom to ask', () => {
    at.identity.signIn('clerk');
    const orderId = place(1);
    expect(codes(() => step(orderId, { do: 'hold', reason: 'unpaid' }))).toEqual(['order.roleMissing']);
    at.identity.signIn('manager');
    step(orderId, { do: 'hold', reason: 'unpaid' });
    expect(at.desk.orders.get(orderId, 'en')).toMatchObject({ hold: { reason: 'unpaid' } });
    expect(codes(() => step(orderId, { do: 'pick' }))).toEqual(['order.onHold']);
  });

  test('is to be seen under its number also while it is not here: central was set back, and only a step of it waits', () => {
    const orderId = place(4);
    settle();
    step(orderId, shipped(1_000));
    const { number } = at.desk.orders.get(orderId, 'en');
    at.store.transaction((tx) => clearReplica(at.store, tx));
    expect(at.desk.orders.list({ offset: 0, limit: 10 }).rows).toMatchObject([{ orderId, number, sync: 'waiting' }]);
    expect(at.desk.orders.get(orderId, 'en')).toMatchObject({ number, queue: [{ name: 'order.ship' }] });
  });

  test('whose step central refuses shows as it stands, and the step can be taken again', () => {
    const orderId = place(4);
    settle();
    step(orderId, shipped(4_000));
    central.refuseWith = REFUSED_BY_HAND;
    settle();
    central.refuseWith = undefined;
    const refused = at.desk.orders.get(orderId, 'en');
    expect(refused).toMatchObject({ sync: 'refused', version: 1 });
    expect(refused.lines[0]).not.toHaveProperty('shippedBase');
    step(orderId, shipped(2_000));
    settle();
    expect(at.desk.orders.get(orderId, 'en')).toMatchObject({ sync: 'applied', lines: [{ shippedBase: 2_000 }] });
    expect(at.desk.attention.list('en')).toEqual([]);
  });
});

test('the list finds orders by where they stand, whether central has heard of it or not', () => {
  const listed = (state: OrderState): string[] =>
    at.desk.orders.list({ state, offset: 0, limit: 10 }).rows.map((row) => {
      expect(row.state).toBe(state);
      return row.orderId;
    });
  const [set, picked, gone] = [place(1), place(1), place(1)];
  step(picked, { do: 'pick' });
  step(gone, shipped(1_000));
  at.desk.orders.cancel({ orderId: place(1), reason: '' }, 'en');
  for (const heard of [false, true]) {
    if (heard) settle();
    expect(listed('allocated')).toEqual([set]);
    expect(listed('picking')).toEqual([picked]);
    expect(listed('shipped')).toEqual([gone]);
    expect(listed('cancelled')).toHaveLength(1);
    expect(listed('submitted')).toEqual([]);
  }
  step(gone, { do: 'receive' });
  expect([listed('shipped'), listed('received')]).toEqual([[], [gone]]);
  expect(at.desk.orders.list({ state: 'received', offset: 0, limit: 10 }).total).toBe(1);
});
