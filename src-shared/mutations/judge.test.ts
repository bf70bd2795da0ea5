// Goal: whatever sequence of placings, amendments and cancellations two desks send, an order's version, its stock and
// its history keep step, and a stale or foreign intent is refused. Method: cases, then a random walk against a model.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  BranchId,
  CustomerId,
  DeviceId,
  MutationId,
  OrderId,
  ProductId,
  UserId,
  WarehouseId,
} from '../domain/ids.ts';
import { NO_CREDIT } from '../domain/credit-fixtures.ts';
import { errorIssue, type Repair } from '../domain/issue.ts';
import type { Order } from '../domain/order.ts';
import type { OrderFacts } from '../domain/order-facts.ts';
import { formatOrderNumber } from '../domain/order-number.ts';
import { DEFAULT_MANUAL_PRICES } from '../domain/policy.ts';
import { listPrice, productFacts, promotion } from '../domain/pricing/pricing-fixtures.ts';
import type { Actor } from './actor.ts';
import { stockMoves, stockSharesOf } from '../domain/lifecycle/fulfilment.ts';
import { DEFAULT_REVIEWS } from '../domain/lifecycle/reviews.ts';
import { judgeMutation, type JudgingState, type Verdict } from './judge.ts';
import type { MutationIntent } from './registry.ts';

const BRANCH = {
  branchId: 'branch' as BranchId,
  code: 'PD',
  warehouseId: 'warehouse' as WarehouseId,
  timeZone: 'Asia/Shanghai',
};
const NUMBER = formatOrderNumber({ branchCode: 'PD', incarnationCode: '10', running: 1 });
const ON_HAND = 50_000;

const BY: Actor = {
  mutationId: 'mutation' as MutationId,
  userId: 'user' as UserId,
  userName: '李',
  deviceId: 'device' as DeviceId,
  deviceName: 'Counter 1',
  at: 2_000,
  madeAt: 1_000,
};

function facts(allocated = 0): OrderFacts {
  return {
    customer: (id) => (id === 'customer' ? { customerId: id, branchId: BRANCH.branchId, active: true } : undefined),
    product: (id) => productFacts(id),
    prices: () => [listPrice()],
    promotions: () => [],
    manualPrices: () => DEFAULT_MANUAL_PRICES,
    ...NO_CREDIT,
    reviews: () => DEFAULT_REVIEWS,
    available: () => ON_HAND - allocated,
  };
}

function state(current: Order | undefined, more: Partial<JudgingState> = {}): JudgingState {
  return {
    current,
    dependenciesApplied: 0,
    branch: BRANCH,
    incarnationCode: '10',
    currency: 'CNY',
    facts: facts(),
    role: 'clerk',
    shortage: 'error',
    ...more,
  };
}

const HEAD = {
  orderId: 'order' as OrderId,
  number: NUMBER,
  branchId: BRANCH.branchId,
  warehouseId: BRANCH.warehouseId,
  customerId: 'customer' as CustomerId,
  businessDate: '2026-06-15',
};

function content(pieces: number) {
  const lines = [{ productId: 'light' as ProductId, unit: 'piece', quantity: pieces * 1_000, quotedUnitPrice: 10_000 }];
  return { ...HEAD, note: '', lines };
}

const place = (pieces: number): MutationIntent => ({ name: 'order.place', args: content(pieces) });
const amend = (pieces: number, baseVersion: number): MutationIntent => ({
  name: 'order.amend',
  args: { ...content(pieces), baseVersion },
});
const cancel = (baseVersion: number): MutationIntent => ({
  name: 'order.cancel',
  args: { ...HEAD, baseVersion, reason: 'changed their mind' },
});

function applied(verdict: Verdict): Order {
  if (verdict.verdict !== 'applied') throw new Error(`refused: ${verdict.issues.map((issue) => issue.code).join()}`);
  return verdict.order;
}

function refusal(verdict: Verdict): string[] {
  return verdict.verdict === 'refused' ? verdict.issues.map((issue) => issue.code) : [];
}

describe('an intent', () => {
  it('places, amends and cancels an order, one version after the other', () => {
    const first = applied(judgeMutation(place(3), state(undefined), BY));
    const second = applied(judgeMutation(amend(5, 1), state(first), BY));
    const third = applied(judgeMutation(cancel(2), state(second), BY));
    expect(third).toMatchObject({ number: NUMBER, status: 'cancelled', version: 3, totalMinor: 500 });
    expect(third.history.map((event) => event.what)).toEqual(['placed', 'amended', 'cancelled']);
    expect([...stockSharesOf(third).values()].every(({ allocated }) => allocated === 0)).toBe(true);
  });

  it('mends a refused placing under the number it always had', () => {
    expect(refusal(judgeMutation(place(51), state(undefined), BY))).toEqual(['stock.short']);
    const mended = applied(judgeMutation(amend(50, 0), state(undefined), BY));
    expect(mended).toMatchObject({ number: NUMBER, version: 1, status: 'placed' });
  });

  it('leaves a cancelled order without lines of a placing that was refused', () => {
    const gone = applied(judgeMutation(cancel(0), state(undefined), BY));
    expect(gone).toMatchObject({ number: NUMBER, status: 'cancelled', version: 1, lines: [], totalMinor: 0 });
  });

  it("may take the stock that the order's own earlier version holds", () => {
    const first = applied(judgeMutation(place(50), state(undefined), BY));
    expect(applied(judgeMutation(amend(50, 1), state(first, { facts: facts(50_000) }), BY)).version).toBe(2);
    expect(refusal(judgeMutation(amend(51, 1), state(first, { facts: facts(50_000) }), BY))).toEqual(['stock.short']);
    // But not what it never held.
    const lines = [{ productId: 'lamp' as ProductId, unit: 'piece', quantity: 1, quotedUnitPrice: 10_000 }];
    const lamp: MutationIntent = { name: 'order.amend', args: { ...content(1), lines, baseVersion: 1 } };
    const fine = { ...facts(50_000), product: (id: ProductId) => productFacts(id, { step: 1 }) };
    expect(refusal(judgeMutation(lamp, state(first, { facts: fine }), BY))).toEqual(['stock.short']);
  });

  it('is refused where somebody else has changed the order meanwhile', () => {
    const first = applied(judgeMutation(place(3), state(undefined), BY));
    const theirs = applied(judgeMutation(amend(4, 1), state(first), BY));
    expect(refusal(judgeMutation(amend(5, 1), state(theirs), BY))).toEqual(['order.changed']);
    expect(refusal(judgeMutation(cancel(1), state(theirs), BY))).toEqual(['order.changed']);
  });

  it('is refused as changed where its own earlier ones came to another version, and can be edited', () => {
    const verdict = judgeMutation(amend(5, 0), state(undefined, { dependenciesApplied: 1 }), BY);
    const repairs: Repair[] = [{ kind: 'editOrder' }];
    const issue = errorIssue('order.changed', ['orderId'], { params: { expected: 1, version: 0 }, repairs });
    expect(verdict).toEqual({ verdict: 'refused', issues: [issue] });
  });

  it('about an order of another desk needs no number of its own', () => {
    const first = applied(judgeMutation(place(3), state(undefined), BY));
    expect(applied(judgeMutation(amend(4, 1), state(first, { incarnationCode: '11' }), BY)).version).toBe(2);
  });

  it("about another branch's order is refused, whatever branch it says", () => {
    const first = applied(judgeMutation(place(3), state(undefined), BY));
    const theirs = { ...first, branchId: 'other' as BranchId };
    expect(refusal(judgeMutation(cancel(1), state(theirs), BY))).toEqual(['user.notAllowed']);
  });

  it('to cancel wants a reason that can be kept, and without an order a customer of the branch', () => {
    const args = { ...HEAD, baseVersion: 0, reason: '' };
    const cancelling = (more: Partial<typeof args>): Verdict =>
      judgeMutation({ name: 'order.cancel', args: { ...args, ...more } }, state(undefined), BY);
    expect(refusal(cancelling({ reason: 'a\0b' }))).toEqual(['note.unstorable']);
    expect(refusal(cancelling({ customerId: 'nobody' as CustomerId }))).toEqual(['customer.unknown']);
    expect(applied(cancelling({})).status).toBe('cancelled');
  });

  it('goes on where only its own earlier ones have changed it', () => {
    const first = applied(judgeMutation(place(3), state(undefined), BY));
    expect(applied(judgeMutation(amend(5, 0), state(first, { dependenciesApplied: 1 }), BY)).version).toBe(2);
  });

  it.each<[string, MutationIntent, Partial<JudgingState>, string]>([
    ['a number of another desk', place(1), { incarnationCode: '11' }, 'order.numberInvalid'],
    ['a number of another branch', place(1), { branch: { ...BRANCH, code: 'XH' } }, 'order.numberInvalid'],
    ['another branch', place(1), { branch: { ...BRANCH, branchId: 'other' as BranchId } }, 'user.notAllowed'],
    ['another warehouse', place(1), { branch: { ...BRANCH, warehouseId: 'other' as WarehouseId } }, 'user.notAllowed'],
    ['an order that is not there', amend(1, 1), {}, 'order.unknown'],
  ])('about %s is refused', (_, intent, more, code) => {
    expect(refusal(judgeMutation(intent, state(undefined, more), BY))).toEqual([code]);
  });

  it('is judged by the role of who asks, whether the order is there already or not', () => {
    const manual = { unitPrice: 8_000, reason: 'regular' };
    const lines = content(3).lines.map((line) => Object.assign(line, { manual }));
    const byHand: MutationIntent = { name: 'order.place', args: { ...content(3), lines } };
    const changed: MutationIntent = { name: 'order.amend', args: { ...content(3), lines, baseVersion: 1 } };
    const first = applied(judgeMutation(place(3), state(undefined), BY));
    expect(refusal(judgeMutation(byHand, state(undefined), BY))).toEqual(['price.notAllowed']);
    expect(refusal(judgeMutation(changed, state(first), BY))).toEqual(['price.notAllowed']);
    const manager = { role: 'manager' as const };
    expect(applied(judgeMutation(byHand, state(undefined, manager), BY)).totalMinor).toBe(240);
    expect(applied(judgeMutation(changed, state(first, manager), BY)).totalMinor).toBe(240);
  });

  it('gets what promotions take off and pays the tax, as placed and as amended', () => {
    const tenOff = promotion('ten', { kind: 'percent', off: 1_000 });
    const taxed: OrderFacts = {
      ...facts(),
      promotions: () => [tenOff],
      product: (id) => productFacts(id, { taxBasisPoints: 1_300 }),
    };
    const first = applied(judgeMutation(place(10), state(undefined, { facts: taxed }), BY));
    expect(first).toMatchObject({ totalMinor: 1_017, taxMinor: 117 });
    const second = applied(judgeMutation(amend(20, 1), state(first, { facts: taxed }), BY));
    expect(second).toMatchObject({ totalMinor: 2_034, taxMinor: 234, lines: [{ discounts: [{ minor: 200 }] }] });
    // The tax of an earlier version is not this one's.
    expect(applied(judgeMutation(amend(1, 2), state(second), BY))).not.toHaveProperty('taxMinor');
  });

  it('never places the same order twice, nor changes one that has ended', () => {
    const first = applied(judgeMutation(place(3), state(undefined), BY));
    const ended = applied(judgeMutation(cancel(1), state(first), BY));
    expect(refusal(judgeMutation(place(3), state(first), BY))).toEqual(['order.exists']);
    expect(refusal(judgeMutation(amend(3, 2), state(ended), BY))).toEqual(['order.notOpen']);
  });
});

describe('any walk of intents', () => {
  const intents = fc.array(
    fc.oneof(
      fc.integer({ min: 1, max: 60 }).map((pieces) => ({ kind: 'place' as const, pieces })),
      fc.integer({ min: 1, max: 60 }).map((pieces) => ({ kind: 'amend' as const, pieces })),
      fc.constant({ kind: 'cancel' as const, pieces: 0 }),
    ),
    { maxLength: 20 },
  );

  it('keeps allocated stock equal to what the order holds, and never above what there is', () => {
    fc.assert(
      fc.property(intents, (steps) => {
        let order: Order | undefined;
        let allocated = 0;
        for (const step of steps) {
          const base = order?.version ?? 0;
          const intent =
            step.kind === 'place'
              ? place(step.pieces)
              : step.kind === 'amend'
                ? amend(step.pieces, base)
                : cancel(base);
          const verdict = judgeMutation(intent, state(order, { facts: facts(allocated) }), BY);
          if (verdict.verdict === 'refused') continue;
          for (const move of stockMoves(order, verdict.order).values()) allocated += move.allocated;
          expect(verdict.order.version).toBe(base + 1);
          expect(verdict.order.history).toHaveLength(base + 1);
          order = verdict.order;
          expect(allocated).toBe([...stockSharesOf(order).values()].reduce((sum, held) => sum + held.allocated, 0));
          expect(allocated).toBeLessThanOrEqual(ON_HAND);
        }
      }),
    );
  });
});
