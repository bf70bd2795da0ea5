/** The life of an order on one desk, judged by the shared rulebook at a model of central. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppError, type AppErrorData } from '../../src-shared/protocol/app-error.ts';
import { RESEND_AFTER_MS } from '../../src-shared/protocol/limits.ts';
import type { MutationBody } from '../../src-shared/protocol/mutation.ts';
import { nextBatch } from '../outbox/next-batch.ts';
import { outboxStatus } from '../outbox/outbox-status.ts';
import { markSent, noteOutcomes } from '../outbox/sending.ts';
import { applyPage } from '../replica/apply-page.ts';
import { clearReplica } from '../replica/clear-replica.ts';
import { readCursor } from '../replica/cursor.ts';
import { deskFixture, type DeskFixture } from '../../test/support/desk-fixture.ts';
import { ModelCentral, REFUSED_BY_HAND } from '../../test/support/model-central.ts';

let at: DeskFixture;
let central: ModelCentral;

beforeEach(() => {
  at = deskFixture({ products: 5, customers: 2, onHand: 10_000 });
  central = new ModelCentral(at.catalogue);
});
afterEach(() => at.dispose());

function given(quantity: number, more: { baseVersion?: number } = {}) {
  const [product, customer] = [at.catalogue.products[0], at.catalogue.customers[0]];
  const lines = [{ productId: product?.productId ?? '', unit: 'piece', quantity }];
  return { customerId: customer?.customerId ?? '', note: '', lines, ...more };
}

function place(quantity: number): string {
  const orderId = at.newOrderId();
  at.desk.orders.place({ orderId, ...given(quantity) }, 'en');
  return orderId;
}

function pushAll(): void {
  at.platform.advance(RESEND_AFTER_MS);
  const batch = nextBatch(at.store, at.platform.now());
  markSent(
    at.store,
    batch.map((mutation) => mutation.id),
    at.platform.now(),
  );
  noteOutcomes(at.store, central.push(batch, at.platform.now()), at.platform.now());
}

function pull(): void {
  applyPage(at.store, central.pull(readCursor(at.store), at.platform.now()));
}

function settle(): void {
  pushAll();
  pull();
}

function available(): number {
  return at.desk.products.get(at.catalogue.products[0]?.productId ?? '').availableBase;
}

function refusedAs(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return code(error.data);
    throw error;
  }
  throw new Error('it was taken');
}

function code(data: AppErrorData): string {
  return data.code === 'INPUT' ? (data.issues[0]?.code ?? '') : data.code;
}

test('an amendment that names no customer and no note leaves both as they are', () => {
  const orderId = at.newOrderId();
  at.desk.orders.place({ orderId, ...given(2), note: '后门卸货 🎄' }, 'en');
  at.desk.orders.amend({ orderId, lines: given(3).lines }, 'en');
  expect(at.desk.orders.get(orderId, 'en')).toMatchObject({
    note: '后门卸货 🎄',
    customerId: given(1).customerId,
    lines: [{ quantity: 3 }],
  });
});

describe('an order on its way', () => {
  test('goes from waiting to sent to applied, and its stock is counted once all along', () => {
    const orderId = place(3);
    const seen = [at.desk.orders.get(orderId, 'en').sync, available()];
    pushAll();
    seen.push(at.desk.orders.get(orderId, 'en').sync, available());
    pull();
    seen.push(at.desk.orders.get(orderId, 'en').sync, available());
    expect(seen).toEqual(['waiting', 7_000, 'sent', 7_000, 'applied', 7_000]);
    expect(at.desk.orders.get(orderId, 'en')).toMatchObject({ queue: [], version: 1, open: true });
    expect(outboxStatus(at.store)).toEqual({ waiting: 0, oldestMadeAt: null, needsAttention: 0 });
  });

  test('that is placed, amended and cancelled before it was ever sent settles in that order', () => {
    const orderId = place(3);
    at.desk.orders.amend({ orderId, ...given(5) }, 'en');
    expect(at.desk.orders.get(orderId, 'en')).toMatchObject({ version: 2, quantityBase: 5_000 });
    expect(available()).toBe(5_000);
    at.desk.orders.cancel({ orderId, reason: 'customer called' }, 'en');
    expect(at.desk.orders.get(orderId, 'en')).toMatchObject({ status: 'cancelled', version: 3, open: false });
    expect(available()).toBe(10_000);
    settle();
    expect(at.desk.orders.get(orderId, 'en')).toMatchObject({ status: 'cancelled', version: 3, sync: 'applied' });
    expect(at.desk.orders.get(orderId, 'en').history.map((event) => event.what)).toEqual([
      'placed',
      'amended',
      'cancelled',
    ]);
    expect(available()).toBe(10_000);
  });

  test('may take again what its own earlier version holds', () => {
    const orderId = place(8);
    settle();
    expect(at.desk.orders.amend({ orderId, ...given(10) }, 'en').issues).toEqual([]);
    const checked = at.desk.orders.check({ orderId, ...given(10) }, 'en');
    expect(checked).toMatchObject({ issues: [], lines: [{ availableBase: 10_000 }] });
    settle();
    expect(at.desk.orders.get(orderId, 'en')).toMatchObject({ sync: 'applied', quantityBase: 10_000 });
  });
});

describe('a refused order', () => {
  test('takes no stock, waits for a person with what was ordered, and applies once it is mended', () => {
    const orderId = place(12);
    settle();
    expect(available()).toBe(10_000);
    const refused = at.desk.orders.get(orderId, 'en');
    expect(refused).toMatchObject({ sync: 'refused', quantityBase: 12_000, open: true });
    expect(refused.issues[0]).toMatchObject({
      code: 'stock.short',
      repairs: [{ kind: 'takeAvailable' }, { kind: 'backorder' }, {}],
    });
    expect(at.desk.attention.list('zh-CN')).toMatchObject([{ orderId, sync: 'refused', name: 'order.place' }]);
    const { number } = at.desk.orders.amend({ orderId, ...given(10, { baseVersion: refused.version }) }, 'en');
    expect(number).toBe(refused.number);
    expect(at.desk.attention.list('en')).toEqual([]);
    expect(outboxStatus(at.store)).toMatchObject({ waiting: 1, needsAttention: 0 });
    settle();
    expect(at.desk.orders.get(orderId, 'en')).toMatchObject({
      sync: 'applied',
      number,
      queue: [],
      quantityBase: 10_000,
    });
    expect(available()).toBe(0);
  });

  test('may be refused and mended again and again', () => {
    const orderId = place(12);
    settle();
    at.desk.orders.amend({ orderId, ...given(11) }, 'en');
    settle();
    expect(at.desk.orders.get(orderId, 'en')).toMatchObject({ sync: 'refused', quantityBase: 11_000 });
    expect(outboxStatus(at.store).needsAttention).toBe(1);
    at.desk.orders.amend({ orderId, ...given(4) }, 'en');
    settle();
    expect(at.desk.orders.get(orderId, 'en')).toMatchObject({ sync: 'applied', queue: [] });
    expect(outboxStatus(at.store)).toEqual({ waiting: 0, oldestMadeAt: null, needsAttention: 0 });
  });

  test('may be cancelled, which accounts for its number', () => {
    const orderId = place(12);
    settle();
    at.desk.orders.cancel({ orderId, reason: '' }, 'en');
    settle();
    expect(at.desk.orders.get(orderId, 'en')).toMatchObject({ status: 'cancelled', sync: 'applied', lines: [] });
  });

  test('holds up no other', () => {
    central.refuseWith = REFUSED_BY_HAND;
    const first = place(1);
    settle();
    central.refuseWith = undefined;
    const second = place(2);
    settle();
    expect(at.desk.orders.get(first, 'en').sync).toBe('refused');
    expect(at.desk.orders.get(second, 'en').sync).toBe('applied');
  });

  describe('because another desk was quicker', () => {
    /** Refused: this desk wanted two, another has changed the note. */
    function overtaken(): string {
      const orderId = place(1);
      settle();
      at.desk.orders.amend({ orderId, ...given(2) }, 'en');
      central.touchOrder(orderId);
      settle();
      return orderId;
    }

    test('is shown with what both began with, what the other made of it, and what this desk wanted', () => {
      const shown = at.desk.orders.get(overtaken(), 'en');
      expect(shown).toMatchObject({
        sync: 'refused',
        issues: [{ code: 'order.changed' }],
        note: '',
        quantityBase: 2_000,
      });
      expect(shown.conflict).toMatchObject({
        version: 2,
        base: { note: '', lines: [{ quantity: 1, productCode: at.catalogue.products[0]?.code }] },
        theirs: { note: '!', lines: [{ quantity: 1 }] },
      });
    });

    test('is made again by who names the other’s version, and by nobody else: nothing is written over unseen', () => {
      const orderId = overtaken();
      const { version } = at.desk.orders.get(orderId, 'en');
      for (const over of [{}, { baseVersion: version }]) {
        expect(refusedAs(() => at.desk.orders.amend({ orderId, ...given(2, over) }, 'en'))).toBe('order.changed');
      }
      at.desk.orders.amend({ orderId, ...given(2, { baseVersion: 2 }), note: '!' }, 'en');
      settle();
      expect(at.desk.orders.get(orderId, 'en')).toMatchObject({
        sync: 'applied',
        version: 3,
        quantityBase: 2_000,
        note: '!',
        conflict: null,
      });
    });

    test('is compared anew when the other changes it once more', () => {
      const orderId = overtaken();
      central.touchOrder(orderId);
      pull();
      expect(refusedAs(() => at.desk.orders.amend({ orderId, ...given(2, { baseVersion: 2 }) }, 'en'))).toBe(
        'order.changed',
      );
      expect(at.desk.orders.get(orderId, 'en').conflict).toMatchObject({ version: 3, theirs: { note: '!!' } });
    });
  });

  describe('may be let go of: the order stays as it stands', () => {
    test('of a change, whatever another made of the order meanwhile', () => {
      const orderId = place(1);
      settle();
      at.desk.orders.amend({ orderId, ...given(12) }, 'en');
      settle();
      central.touchOrder(orderId);
      pull();
      expect(at.desk.orders.get(orderId, 'en').actions).toContain('letGo');
      at.desk.orders.step({ orderId, step: { do: 'letGo' } }, 'en');
      expect(at.desk.orders.get(orderId, 'en')).toMatchObject({ sync: 'waiting', quantityBase: 1_000, note: '!' });
      expect(outboxStatus(at.store).needsAttention).toBe(0);
      central.touchOrder(orderId);
      settle();
      const left = at.desk.orders.get(orderId, 'en');
      expect(left).toMatchObject({ sync: 'applied', queue: [], quantityBase: 1_000, note: '!!', conflict: null });
      expect(left.history.at(-1)).toMatchObject({ what: 'letGo' });
      expect(
        [...central.receipts.values()].filter(({ row }) => row.verdict === 'refused' && !row.supersededBy),
      ).toEqual([]);
    });

    test('of a step', () => {
      const orderId = place(1);
      settle();
      at.desk.orders.step({ orderId, step: { do: 'pick' } }, 'en');
      central.touchOrder(orderId);
      settle();
      expect(at.desk.orders.get(orderId, 'en')).toMatchObject({ sync: 'refused', state: 'allocated' });
      at.desk.orders.step({ orderId, step: { do: 'letGo' } }, 'en');
      settle();
      expect(at.desk.orders.get(orderId, 'en')).toMatchObject({ sync: 'applied', state: 'allocated' });
    });

    test('and stands in nobody’s way: what another desk does meanwhile applies', () => {
      const orderId = place(1);
      settle();
      at.desk.orders.amend({ orderId, ...given(12) }, 'en');
      settle();
      at.desk.orders.step({ orderId, step: { do: 'letGo' } }, 'en');
      at.desk.orders.amend({ orderId, ...given(3) }, 'en');
      settle();
      expect(at.desk.orders.get(orderId, 'en')).toMatchObject({ sync: 'applied', version: 3, quantityBase: 3_000 });
    });

    test('not where nothing was refused, and not of an order that never came to be', () => {
      const orderId = place(1);
      expect(refusedAs(() => at.desk.orders.step({ orderId, step: { do: 'letGo' } }, 'en'))).toBe('NOT_FOUND');
      const refused = place(12);
      settle();
      expect(at.desk.orders.get(refused, 'en').actions).not.toContain('letGo');
      expect(refusedAs(() => at.desk.orders.step({ orderId: refused, step: { do: 'letGo' } }, 'en'))).toBe(
        'order.unknown',
      );
    });
  });

  test('for want of stock is compared, too, once another desk has changed the order', () => {
    const orderId = place(1);
    settle();
    at.desk.orders.amend({ orderId, ...given(12) }, 'en');
    settle();
    expect(at.desk.orders.get(orderId, 'en')).toMatchObject({ sync: 'refused', conflict: null });
    central.touchOrder(orderId);
    pull();
    expect(at.desk.orders.get(orderId, 'en').conflict).toMatchObject({ base: { note: '' }, theirs: { note: '!' } });
    expect(refusedAs(() => at.desk.orders.amend({ orderId, ...given(3) }, 'en'))).toBe('order.changed');
  });

  test('has nothing to be compared where both came to the same', () => {
    const orderId = place(1);
    settle();
    at.desk.orders.amend({ orderId, ...given(1), note: '!' }, 'en');
    central.touchOrder(orderId);
    settle();
    expect(at.desk.orders.get(orderId, 'en')).toMatchObject({ sync: 'refused', note: '!', conflict: null });
  });

  test('is still shown when it was cancelled and is not here any more: central was set back', () => {
    const orderId = place(1);
    settle();
    const { number } = at.desk.orders.cancel({ orderId, reason: '' }, 'en');
    central.touchOrder(orderId);
    settle();
    at.store.transaction((tx) => clearReplica(at.store, tx));
    expect(at.desk.attention.list('en')).toMatchObject([{ orderId, number, sync: 'refused' }]);
    const shown = at.desk.orders.get(orderId, 'en');
    expect(shown).toMatchObject({ number, status: 'placed', sync: 'refused', totalMinor: 0, lines: [] });
    expect(at.desk.orders.list({ offset: 0, limit: 10 }).rows).toMatchObject([{ orderId, status: 'placed' }]);
  });
});

describe('what can not be changed', () => {
  test('an order that moved since the person looked', () => {
    const orderId = place(1);
    at.desk.orders.amend({ orderId, ...given(2) }, 'en');
    expect(refusedAs(() => at.desk.orders.amend({ orderId, ...given(3, { baseVersion: 1 }) }, 'en'))).toBe(
      'order.changed',
    );
  });

  test('an order that was cancelled', () => {
    const orderId = place(1);
    at.desk.orders.cancel({ orderId, reason: '' }, 'en');
    expect(refusedAs(() => at.desk.orders.amend({ orderId, ...given(2) }, 'en'))).toBe('order.notOpen');
    expect(refusedAs(() => at.desk.orders.cancel({ orderId, reason: '' }, 'en'))).toBe('order.notOpen');
  });

  test('an order that is not there', () => {
    expect(refusedAs(() => at.desk.orders.cancel({ orderId: at.newOrderId(), reason: '' }, 'en'))).toBe('NOT_FOUND');
  });
});

test('each mutation names all before it that has no receipt, and builds on the version central had', () => {
  const orderId = place(1);
  settle();
  at.desk.orders.amend({ orderId, ...given(2) }, 'en');
  at.desk.orders.amend({ orderId, ...given(3) }, 'en');
  const [first, second] = nextBatch(at.store, at.platform.now()).map((sent) => JSON.parse(sent.body) as MutationBody);
  expect(first).toMatchObject({ dependsOn: [], args: { baseVersion: 1 } });
  expect(second).toMatchObject({ dependsOn: [first?.id], args: { baseVersion: 1 } });
});

test('an order amended more often offline than a mutation may name others still settles', () => {
  const orderId = place(1);
  for (let n = 0; n < 210; n += 1) at.desk.orders.amend({ orderId, ...given(1 + (n % 9)) }, 'en');
  for (let n = 0; n < 8; n += 1) settle();
  expect(outboxStatus(at.store).waiting).toBe(0);
  expect(at.desk.orders.get(orderId, 'en')).toMatchObject({ sync: 'applied', version: 211 });
});

test('a replica that is filled anew keeps every unsettled order in sight', () => {
  const orderId = place(3);
  const before = at.desk.orders.list({ offset: 0, limit: 5 }).rows[0];
  at.store.transaction((tx) => clearReplica(at.store, tx));
  expect(at.desk.orders.list({ offset: 0, limit: 5 }).rows[0]).toMatchObject({ ...before, customerName: '' });
  expect(outboxStatus(at.store).waiting).toBe(1);
  expect(readCursor(at.store)).toBe('');
  expect(at.desk.orders.get(orderId, 'en').quantityBase).toBe(3_000);
});

test('the list finds by number, customer, state and day, and counts what it finds', () => {
  const first = place(1);
  at.platform.advance(86_400_000);
  const second = place(12);
  settle();
  const ask = (filter: object) => {
    const { rows, total } = at.desk.orders.list({ offset: 0, limit: 10, ...filter });
    expect(rows).toHaveLength(total);
    return rows.map((row) => row.orderId);
  };
  expect(ask({})).toEqual([second, first]);
  expect(ask({ text: '000001' })).toEqual([first]);
  expect(ask({ text: at.catalogue.customers[0]?.code })).toEqual([second, first]);
  expect(ask({ text: 'nobody at all' })).toEqual([]);
  expect(ask({ sync: 'refused' })).toEqual([second]);
  expect(ask({ sync: 'applied' })).toEqual([first]);
  expect(ask({ from: '2026-03-03' })).toEqual([second]);
  expect(ask({ to: '2026-03-02', status: 'placed' })).toEqual([first]);
  expect(ask({ customerId: at.catalogue.customers[1]?.customerId })).toEqual([]);
  expect(at.desk.customers.get(at.catalogue.customers[0]?.customerId ?? '')).toMatchObject({
    orderCount: 2,
    recentOrders: [{ orderId: second }, { orderId: first }],
  });
});

test('drafts outlive a restart', () => {
  at.desk.drafts.save({ draftId: 'new-1', content: '{"half":"typed"}' });
  at.reopen();
  expect(at.desk.drafts.list()).toMatchObject([{ draftId: 'new-1', content: '{"half":"typed"}' }]);
  at.desk.drafts.discard('new-1');
  expect(at.desk.drafts.list()).toEqual([]);
});
