import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  largestQuantityWithin,
  ONE,
  roundUpToStep,
  thousandthsFromNumber,
  thousandthsFromText,
  thousandthsToText,
  toBaseQuantity,
} from './quantity.ts';

const quantities = fc.integer({ min: 1, max: 1_000_000_000 });
const factors = fc.constantFrom(1_000, 6_000, 12_000, 250, 144_000);
const steps = fc.constantFrom(1_000, 100, 1, 6_000, 500);

describe('quantities', () => {
  it('survive being written and read, as text and as a number', () => {
    fc.assert(
      fc.property(quantities, (thousandths) => {
        const text = thousandthsToText(thousandths);
        expect(thousandthsFromText(text)).toBe(thousandths);
        expect(thousandthsFromNumber(Number(text))).toBe(thousandths);
      }),
    );
  });

  it.each([
    ['１２', 12_000],
    ['2。5', 2_500],
    ['.5', 500],
    ['-1', -1_000],
    [' 7 ', 7_000],
  ])('are read from "%s" as a Chinese keyboard gives it', (text, expected) => {
    expect(thousandthsFromText(text)).toBe(expected);
  });

  it.each(['', 'abc', '12a', '1,5', '1e3', '1.2345', '--1', 'Infinity', '１２箱'])(
    'are never guessed from "%s"',
    (text) => {
      expect(thousandthsFromText(text)).toBeUndefined();
    },
  );

  it.each([Number.NaN, Infinity, 0.0001, 1.2345, 1e300])('are never rounded from %s', (value) => {
    expect(thousandthsFromNumber(value)).toBeUndefined();
  });

  it('offered to fit the stock fit it, in whole packs or steps, and one more would not', () => {
    fc.assert(
      fc.property(quantities, factors, steps, (available, factor, step) => {
        const quantity = largestQuantityWithin(available, factor, step);
        const base = toBaseQuantity(quantity, factor);
        expect(base).toBeDefined();
        expect(base ?? Infinity).toBeLessThanOrEqual(available);
        expect((base ?? 1) % step).toBe(0);
        if (factor === ONE) expect((base ?? 0) + step).toBeGreaterThan(available);
        else expect(quantity % ONE).toBe(0);
      }),
    );
  });

  it('rounded up to a step are a multiple of it, and the nearest', () => {
    fc.assert(
      fc.property(quantities, factors, steps, (quantity, factor, step) => {
        const up = roundUpToStep(quantity, factor, step);
        const base = toBaseQuantity(up, factor);
        expect(base).toBeDefined();
        expect((base ?? 1) % step).toBe(0);
        expect(up).toBeGreaterThanOrEqual(quantity);
      }),
    );
  });
});
