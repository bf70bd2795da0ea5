// Goal: with lists, tiers, promotions, tax, manual prices and minimum quantities together, an order says what a trader
// would, line by line and at its foot. Method: examples from a small catalogue. Any orders: order-rules-any.test.ts.
import { describe, expect, it } from 'vitest';
import type { CustomerId } from './ids.ts';
import { askFor as line, judge, type Asking } from './order-fixtures.ts';
import type { Judgement } from './order-rules.ts';

function said({ issues }: Judgement): string[] {
  return issues.map(({ code, path }) => `${code} at ${path.join('.')}`);
}

describe('an order', () => {
  it('gets what runs for its customer that day: gift, percentage and amount, and the tax on the rest', () => {
    const { lines, issues, places, ...totals } = judge([
      line('noodles', 1, { unit: 'case' }),
      line('water', 2),
      line('tea', 10),
    ]);
    expect([issues, places]).toEqual([[], [0, 1, 2]]);
    // 50.00, 4.52 less a bottle, 100.00 less 10 %: 142.26, of which 5.00 is shared out.
    expect(
      lines.map((of) => [
        of.amountMinor,
        of.taxMinor,
        of.discounts?.map(({ promotionId, minor }) => `${promotionId} ${minor}`),
      ]),
    ).toEqual([
      [4_824, 627, ['five 176']],
      [218, 25, ['gift 226', 'five 8']],
      [8_684, undefined, ['ten 1000', 'five 316']],
    ]);
    expect(totals).toEqual({ currency: 'CNY', totalMinor: 4_824 + 627 + 218 + 8_684, taxMinor: 652 });
  });

  it.each<[string, Asking]>([
    ['who is in no group', { customerId: 'school' as CustomerId }],
    ['whom nobody knows', { customerId: 'nobody' as CustomerId }],
    ['the day before', { businessDate: '2026-05-31' }],
    ['the day after', { businessDate: '2026-07-01' }],
  ])('gets nothing off for a customer %s', (_, more) => {
    const { lines } = judge([line('tea', 10)], more);
    expect(lines).toMatchObject([{ amountMinor: 10_000 }]);
    expect(lines[0]).not.toHaveProperty('discounts');
  });

  it('says what is wrong at the place on the order, also behind a line that is no line', () => {
    const lines = [
      line('nothing', 1),
      line('tea', 1, { quotedUnitPrice: 99_999 }),
      line('unpriced', 1),
      line('noodles', 6, { quotedGrossMinor: 1 }),
      line('water', 1, { manual: { unitPrice: 1, reason: 'dented' } }),
      line('water', 150),
    ];
    const judged = judge(lines);
    expect(judged.places).toEqual([1, 3, 4, 5]);
    expect(said(judged)).toEqual([
      'product.unknown at lines.0.productId',
      'quantity.belowMinimum at lines.1.quantity',
      'price.changed at lines.1.unitPrice',
      'price.missing at lines.2.unitPrice',
      'amount.changed at lines.3.amountMinor',
      'price.notAllowed at lines.4.unitPrice',
      'stock.short at lines.5.quantity',
    ]);
  });

  it('lets a manager give what a clerk must ask for', () => {
    const lines = [line('water', 1, { manual: { unitPrice: 20_000, reason: 'regular' } })];
    expect(said(judge(lines, { role: 'clerk' }))).toEqual(['price.notAllowed at lines.0.unitPrice']);
    expect(judge(lines, { role: 'manager' })).toMatchObject({ issues: [], totalMinor: 200 });
  });

  it('counts a line whose price by hand is impossible at the list price meanwhile', () => {
    const { lines, issues } = judge([line('tea', 10, { manual: { unitPrice: Number.NaN, reason: '' } })]);
    expect(issues.map(({ code }) => code)).toEqual(['price.impossible']);
    expect(lines).toMatchObject([{ unitPrice: 100_000, amountMinor: 9_000 }]);
  });

  it('is in the currency of its first line that has a price', () => {
    const { currency, lines, issues } = judge([line('unpriced', 1), line('gin', 1), line('water', 1), line('gin', 2)]);
    expect([currency, lines.map(({ productId }) => productId)]).toEqual(['GBP', ['gin', 'gin']]);
    expect(issues.at(-1)).toMatchObject({
      code: 'currency.mixed',
      path: ['lines', 2],
      params: { first: 'GBP', other: 'CNY' },
    });
  });

  it('that comes to more than can be counted is refused, and says no total', () => {
    const gold = (count: number): Judgement =>
      judge(
        Array.from({ length: count }, () => line('gold', 1_000_000)),
        { customerId: 'school' as CustomerId },
      );
    expect(gold(9)).toMatchObject({ issues: [], totalMinor: 9e15 });
    const tooMuch = gold(10);
    expect(tooMuch).toMatchObject({ issues: [{ code: 'order.totalTooLarge', path: ['lines'] }], totalMinor: 0 });
    expect(tooMuch).not.toHaveProperty('taxMinor');
  });
});
