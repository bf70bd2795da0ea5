// Goal: a customer reads in a statement what they would have written down themselves, and an invoice has each delivery once.
// Method: one order's life, written out.
import { describe, expect, it } from 'vitest';
import type { MutationId } from './ids.ts';
import type { Order, OrderEvent, OrderLine } from './order.ts';
import { statementOf } from './statement.ts';
import { invoiceLinesOf } from './tax-invoice.ts';

const DAY = (day: number): number => Date.parse(`2026-06-${day}T02:00:00Z`);
const line: OrderLine = {
  productId: 'tea' as OrderLine['productId'],
  unit: 'case',
  quantity: 10_000,
  quantityBase: 120_000,
  unitPrice: 100_000,
  amountMinor: 10_000,
  priceKind: 'list',
  priceId: null,
  taxBasisPoints: 1_300,
  taxMinor: 1_300,
  shippedBase: 120_000,
};

let version = 0;
function event(what: OrderEvent['what'], day: number, more: Partial<OrderEvent> = {}): OrderEvent {
  version += 1;
  const nobody = { mutationId: null, userId: null, userName: '', deviceId: null, deviceName: '' };
  return { version, what, at: DAY(day), ...nobody, totalMinor: 11_300, lineCount: 1, reason: null, ...more };
}

const paid = (minor: number, on: string) => ({
  payment: { minor, method: 'cash' as const, reference: `slip ${minor}`, on },
});

const ORDER = {
  orderId: 'o' as Order['orderId'],
  number: 'PD-1',
  lines: [line],
  history: [
    event('placed', 10),
    event('shipped', 11, { moved: [{ line: 0, quantityBase: 84_000 }], tracking: 'SF1' }),
    event('paid', 12, paid(5_000, '2026-06-12')),
    event('paid', 12, { ...paid(9, '2026-06-12'), mutationId: 'mistake' as MutationId }),
    event('paymentVoided', 12, { ofPayment: 'mistake' as MutationId, reason: 'typed wrong' }),
    event('shipped', 20, { moved: [{ line: 0, quantityBase: 36_000 }] }),
    event('returned', 21, { moved: [{ line: 0, quantityBase: 12_000 }], creditMinor: 1_000, reason: 'broken' }),
    // Written down a day after the money came.
    event('paid', 22, paid(500, '2026-06-19')),
    event('refunded', 23, paid(100, '2026-06-23')),
  ],
};
const AT = { timeZone: 'Asia/Shanghai' };

describe('a statement', () => {
  it('says what was owed, what happened day by day, and what is owed', () => {
    const { openingMinor, entries, closingMinor } = statementOf([ORDER], {
      from: '2026-06-12',
      to: '2026-06-21',
      ...AT,
    });
    expect(openingMinor).toBe(7_910);
    expect(entries.map(({ date, what, minor, balanceMinor }) => [date, what, minor, balanceMinor])).toEqual([
      ['2026-06-12', 'paid', -5_000, 2_910],
      ['2026-06-19', 'paid', -500, 2_410],
      ['2026-06-20', 'shipped', 3_390, 5_800],
      ['2026-06-21', 'returned', -1_000, 4_800],
    ]);
    expect(entries.map(({ reference }) => reference)).toEqual(['slip 5000', 'slip 500', '', 'broken']);
    expect(closingMinor).toBe(4_800);
  });

  it('goes on where the one before ended', () => {
    const before = statementOf([ORDER], { from: '2026-06-01', to: '2026-06-15', ...AT });
    const after = statementOf([ORDER], { from: '2026-06-16', to: '2026-06-30', ...AT });
    expect(before.openingMinor).toBe(0);
    expect(after.openingMinor).toBe(before.closingMinor);
    expect(statementOf([], { from: '2026-06-16', to: '2026-06-30', ...AT })).toMatchObject({
      closingMinor: 0,
      entries: [],
    });
  });
});

describe('what an invoice needs', () => {
  it('is each delivery once, and what came back as its contrary, in net and tax that add up', () => {
    const lines = invoiceLinesOf(ORDER, { from: '2026-06-01', to: '2026-06-30', ...AT });
    expect(
      lines.map(({ what, date, quantity, netMinor, taxMinor, grossMinor }) => [
        what,
        date,
        quantity,
        netMinor,
        taxMinor,
        grossMinor,
      ]),
    ).toEqual([
      ['delivery', '2026-06-11', 7_000, 7_000, 910, 7_910],
      ['delivery', '2026-06-20', 3_000, 3_000, 390, 3_390],
      // Ten percent of the goods came back; less was credited than they cost.
      ['return', '2026-06-21', -1_000, -885, -115, -1_000],
    ]);
    expect(lines[0]).toMatchObject({
      number: 'PD-1',
      version: 2,
      unit: 'case',
      unitPrice: 100_000,
      taxBasisPoints: 1_300,
    });
  });

  it('is of the days that are asked for, in the branch', () => {
    expect(invoiceLinesOf(ORDER, { from: '2026-06-20', to: '2026-06-20', ...AT })).toHaveLength(1);
    // Two in the night there is the evening before elsewhere.
    expect(invoiceLinesOf(ORDER, { from: '2026-06-10', to: '2026-06-10', timeZone: 'America/New_York' })).toHaveLength(
      1,
    );
  });

  it('names no rate where there is none', () => {
    const { taxBasisPoints: _, taxMinor: __, ...free } = line;
    const [first] = invoiceLinesOf({ ...ORDER, lines: [free] }, { from: '2026-06-01', to: '2026-06-30', ...AT });
    expect(first).toMatchObject({ taxBasisPoints: null, taxMinor: 0, netMinor: 7_000, grossMinor: 7_000 });
  });
});
