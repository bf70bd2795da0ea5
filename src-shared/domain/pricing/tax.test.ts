import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineTax } from './tax.ts';

const amounts = fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 });
const rates = fc.integer({ min: 0, max: 10_000 });

describe('the tax on a line', () => {
  it('comes on top of a price without it: 13 % of 100.00 is 13.00', () => {
    expect(lineTax(10_000, 1_300, false)).toBe(1_300);
  });

  it('is taken out of a price with it: in 113.00 there are 13.00', () => {
    expect(lineTax(11_300, 1_300, true)).toBe(1_300);
  });

  it('is rounded half away from zero: 20 % of 0.08 is 0.02, of -0.08 is -0.02, 5 % of 0.10 is 0.01', () => {
    expect(lineTax(8, 2_000, false)).toBe(2);
    expect(lineTax(-8, 2_000, false)).toBe(-2);
    expect(lineTax(10, 500, false)).toBe(1);
  });

  it('in a price that includes it is what it would be on top of the rest, to the unit', () => {
    fc.assert(
      fc.property(amounts, rates, (amount, rate) => {
        const taxMinor = lineTax(amount, rate, true);
        // What it would be on the net amount is at most a unit's rounding away.
        expect(Math.abs(((amount - taxMinor) * rate) / 10_000 - taxMinor)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is nothing at a rate of nothing', () => {
    fc.assert(
      fc.property(amounts, fc.boolean(), (amount, included) => {
        expect(lineTax(amount, 0, included)).toBe(0);
      }),
    );
  });
});
