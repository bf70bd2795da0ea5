import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dayBookOf, type DayOrder } from './day-book.ts';

const anyOrder: fc.Arbitrary<DayOrder> = fc.record({
  status: fc.constantFrom('placed', 'completed', 'cancelled'),
  currency: fc.constantFrom('GBP', 'CNY', 'JPY'),
  totalMinor: fc.integer({ min: 0, max: 10_000_000 }),
});

test('what stands is counted and summed by currency, what was cancelled counted apart', () => {
  const order = (status: string, totalMinor: number, currency: DayOrder['currency'] = 'GBP'): DayOrder => ({
    status,
    currency,
    totalMinor,
  });
  expect(
    dayBookOf([order('placed', 1_050), order('cancelled', 99), order('completed', 200), order('placed', 7, 'CNY')]),
  ).toEqual({
    orders: 3,
    cancelled: 1,
    totals: [
      { currency: 'CNY', minor: 7 },
      { currency: 'GBP', minor: 1_250 },
    ],
  });
  expect(dayBookOf([])).toEqual({ orders: 0, cancelled: 0, totals: [] });
});

test('two sides with the same orders say the same, in whatever order they have them', () => {
  fc.assert(
    fc.property(
      fc
        .array(anyOrder)
        .chain((orders) => fc.tuple(fc.constant(orders), fc.shuffledSubarray(orders, { minLength: orders.length }))),
      ([orders, shuffled]) => {
        const book = dayBookOf(orders);
        expect(dayBookOf(shuffled)).toEqual(book);
        expect(book.orders + book.cancelled).toBe(orders.length);
      },
    ),
  );
});
