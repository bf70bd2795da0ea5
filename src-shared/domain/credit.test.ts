// Goal: an account says what a bookkeeper would say. Method: sums worked out by hand, and that the parts make the whole.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agingOn, overdueOn, usedMinor } from './account.ts';
import { claimedMinor, claimOf, lineWorthMinor, withClaim } from './credit.ts';
import type { Order, OrderEvent, OrderLine } from './order.ts';

function line(quantityBase: number, amountMinor: number, more: Partial<OrderLine> = {}): OrderLine {
  return {
    productId: 'tea' as OrderLine['productId'],
    unit: 'piece',
    quantity: quantityBase,
    quantityBase,
    unitPrice: 1,
    amountMinor,
    priceKind: 'list',
    priceId: null,
    ...more,
  };
}

function shipped(moved: [line: number, quantityBase: number][], dueDate?: string): OrderEvent {
  return {
    version: 2,
    what: 'shipped',
    at: 0,
    mutationId: null,
    userId: null,
    userName: '',
    deviceId: null,
    deviceName: '',
    totalMinor: 0,
    lineCount: 1,
    reason: null,
    moved: moved.map(([of, quantityBase]) => ({ line: of, quantityBase })),
    ...(dueDate === undefined ? {} : { dueDate }),
  };
}

type Claiming = Parameters<typeof claimOf>[0];

function order(lines: OrderLine[], history: OrderEvent[] = [], more: Partial<Order> = {}): Claiming {
  return { status: 'placed', businessDate: '2026-06-15', lines, history, ...more };
}

describe('what an order makes its customer owe', () => {
  const halfOut = order(
    [line(10_000, 10_000, { shippedBase: 7_000 })],
    [shipped([[0, 4_000]], '2026-07-15'), shipped([[0, 3_000]], '2026-07-20')],
  );

  it('is on order until it leaves, and due from then on, part by part', () => {
    expect(claimOf(order([line(10_000, 10_000)]))).toEqual({ onOrderMinor: 10_000, due: new Map() });
    expect(claimOf(halfOut)).toEqual({
      onOrderMinor: 3_000,
      due: new Map([
        ['2026-07-15', 4_000],
        ['2026-07-20', 3_000],
      ]),
    });
  });

  it('is paid from what is due first', () => {
    expect(claimOf({ ...halfOut, paidMinor: 5_000 }).due).toEqual(new Map([['2026-07-20', 2_000]]));
    expect(claimOf({ ...halfOut, creditedMinor: 1_000, paidMinor: 4_000 }).due).toEqual(
      new Map([['2026-07-20', 2_000]]),
    );
  });

  it('is less than nothing where more was paid or credited than has left', () => {
    expect(claimOf({ ...halfOut, paidMinor: 7_500 }).due).toEqual(new Map([['2026-07-20', -500]]));
    expect(claimOf(order([line(1_000, 900)], [], { paidMinor: 100 })).due).toEqual(new Map([['2026-06-15', -100]]));
  });

  it('does not hold what was given up, nor what an ended order never sent', () => {
    const given = order([line(10_000, 10_000, { shippedBase: 4_000, closedBase: 6_000 })], [shipped([[0, 4_000]])]);
    expect(claimOf(given)).toEqual({ onOrderMinor: 0, due: new Map([['2026-06-15', 4_000]]) });
    expect(claimOf(order([line(10_000, 10_000)], [], { status: 'cancelled' })).onOrderMinor).toBe(0);
  });

  it('comes with the tax on top of it', () => {
    expect(claimedMinor(order([line(1_000, 100, { taxBasisPoints: 1_300, taxMinor: 13 })]))).toBe(113);
  });

  it('comes to the same however it is cut into parts', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 9_000 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(cuts, fc.integer({ min: 0, max: 99_999 }), (parts, amountMinor) => {
        const all = parts.reduce((sum, part) => sum + part, 0);
        const whole = order(
          [line(all, amountMinor, { shippedBase: all })],
          parts.map((part) => shipped([[0, part]], `2026-07-${10 + (part % 10)}`)),
        );
        const sum = [...claimOf(whole).due.values()].reduce((a, b) => a + b, 0);
        expect(sum).toBe(amountMinor);
        expect(lineWorthMinor(line(all, amountMinor), all)).toBe(amountMinor);
      }),
    );
  });
});

describe('an account', () => {
  const due: [string, number][] = [
    ['2026-03-01', 100],
    ['2026-04-10', 200],
    ['2026-05-10', 300],
    ['2026-06-14', 400],
    ['2026-06-15', 500],
    ['2026-06-16', 600],
  ];

  it('is as old as what should have been paid', () => {
    expect(agingOn({ due }, '2026-06-15')).toEqual({
      notDueMinor: 1_100,
      to30Minor: 400,
      to60Minor: 300,
      to90Minor: 200,
      olderMinor: 100,
    });
  });

  it('is overdue from the day after', () => {
    expect(overdueOn({ due }, '2026-06-15')).toEqual({ minor: 1_000, since: '2026-03-01' });
    const paid: [string, number][] = [['2026-02-01', -1_000], ...due];
    expect(overdueOn({ due: paid }, '2026-06-15')).toEqual({ minor: 0, since: null });
    expect(overdueOn({ due }, '2026-03-01')).toEqual({ minor: 0, since: null });
  });

  it('counts what is owed and on order against the limit', () => {
    expect(usedMinor({ due, onOrderMinor: 1_000 })).toBe(3_100);
  });

  it('is the sum over orders, in whatever order they came', () => {
    const claim = (entries: [string, number][]) => ({ onOrderMinor: 0, due: new Map(entries) });
    const [a, b] = [
      claim([['2026-06-01', 5]]),
      claim([
        ['2026-06-01', -5],
        ['2026-05-01', 7],
      ]),
    ];
    const one = withClaim(withClaim([], { more: a }), { more: b });
    expect(one).toEqual(withClaim(withClaim([], { more: b }), { more: a }));
    expect(one).toEqual([['2026-05-01', 7]]);
    expect(withClaim(one, { less: b })).toEqual([['2026-06-01', 5]]);
  });
});
