// Goal: amounts are exact to the unit and add up. Method: against schoolbook arithmetic on decimal text.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineAmountMinor, MAX_UNIT_PRICE, sumMinor, unitPriceFromText } from './money.ts';
import { MAX_LINE_QUANTITY_BASE, ONE } from './quantity.ts';
import { divideRounded } from './rounding.ts';

describe('money', () => {
  it('rounds half away from zero, both ways alike', () => {
    expect([5n, -5n, 15n, -15n, 4n, -4n].map((n) => divideRounded(n, 10n))).toEqual([1, -1, 2, -2, 0, 0]);
  });

  it('of a line is the exact product, rounded once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000_000 }), fc.integer({ min: 0, max: MAX_UNIT_PRICE }), (q, p) => {
        const hundredThousandths = BigInt(q) * BigInt(p);
        const whole = hundredThousandths / 100_000n;
        const expected = whole + (hundredThousandths % 100_000n >= 50_000n ? 1n : 0n);
        expect(BigInt(lineAmountMinor(q, p, 'GBP'))).toBe(expected);
      }),
    );
  });

  it('stays exact for the largest line there can be', () => {
    expect(lineAmountMinor(MAX_LINE_QUANTITY_BASE, MAX_UNIT_PRICE, 'GBP')).toBe(1_000_000_000_000_000);
    expect(Number.isSafeInteger(lineAmountMinor(MAX_LINE_QUANTITY_BASE, MAX_UNIT_PRICE, 'GBP'))).toBe(true);
  });

  it('has no minor unit in a currency that has none', () => {
    expect(lineAmountMinor(3 * ONE, 1_250_000, 'JPY')).toBe(375);
  });

  it('is not summed past what can be exact', () => {
    expect(sumMinor([Number.MAX_SAFE_INTEGER, 1])).toBeUndefined();
    expect(sumMinor([])).toBe(0);
  });

  it.each([
    ['2.55', 25_500],
    ['0.0425', 425],
    ['10', 100_000],
    ['2.55555', undefined],
    ['-1', undefined],
    ['1e3', undefined],
    ['', undefined],
  ])('reads the price "%s" to the ten-thousandth or not at all', (text, expected) => {
    expect(unitPriceFromText(text)).toBe(expected);
  });
});
