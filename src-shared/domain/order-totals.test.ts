// Goal: the foot of an order is the sum of what stands above it, to the unit. Method: examples with the tax on top and
// within, then any lines.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineGrossMinor, orderTotals } from './order-totals.ts';

describe('what a line costs', () => {
  it('is its amount where it is not taxed', () => {
    expect(lineGrossMinor({ amountMinor: 10_000 })).toBe(10_000);
  });

  it('has the tax on top, unless the price has it in it', () => {
    expect(lineGrossMinor({ amountMinor: 10_000, taxMinor: 1_300 })).toBe(11_300);
    expect(lineGrossMinor({ amountMinor: 11_300, taxMinor: 1_300, taxIncluded: true })).toBe(11_300);
  });
});

describe('the total', () => {
  it('of nothing is nothing', () => {
    expect(orderTotals([])).toStrictEqual({ totalMinor: 0 });
  });

  it('says nothing of tax where no line is taxed', () => {
    expect(orderTotals([{ amountMinor: 100 }, { amountMinor: 250 }])).toStrictEqual({ totalMinor: 350 });
  });

  it('adds up tax on top, tax within and lines without', () => {
    const lines = [
      { amountMinor: 10_000, taxMinor: 1_300 },
      { amountMinor: 11_300, taxMinor: 1_300, taxIncluded: true as const },
      { amountMinor: 500 },
    ];
    expect(orderTotals(lines)).toStrictEqual({ totalMinor: 11_300 + 11_300 + 500, taxMinor: 2_600 });
  });

  it('says a tax of nothing where a line is taxed at nothing', () => {
    expect(orderTotals([{ amountMinor: 100, taxMinor: 0 }])).toStrictEqual({ totalMinor: 100, taxMinor: 0 });
  });

  it('is none where it can no longer be exact', () => {
    const most = Number.MAX_SAFE_INTEGER;
    expect(orderTotals([{ amountMinor: most - 1 }, { amountMinor: 1 }])).toStrictEqual({ totalMinor: most });
    expect(orderTotals([{ amountMinor: most }, { amountMinor: 1 }])).toBeUndefined();
    expect(orderTotals([{ amountMinor: most, taxMinor: 1 }])).toBeUndefined();
    // What is paid would be exact, the tax in it not.
    const within = { amountMinor: 1, taxMinor: most, taxIncluded: true as const };
    expect(orderTotals([within, within])).toBeUndefined();
  });

  it('of any lines is their sum, and so is its tax', () => {
    const amount = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });
    const line = fc.oneof(
      fc.record({ amountMinor: amount }),
      fc.record({ amountMinor: amount, taxMinor: amount }),
      fc.record({ amountMinor: amount, taxMinor: amount, taxIncluded: fc.constant(true as const) }),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const totals = orderTotals(lines);
        let [paid, tax] = [0, 0];
        for (const one of lines) {
          paid += one.amountMinor;
          if (!('taxMinor' in one)) continue;
          tax += one.taxMinor;
          if (!('taxIncluded' in one)) paid += one.taxMinor;
        }
        expect(totals?.totalMinor).toBe(paid);
        expect(totals?.taxMinor ?? 0).toBe(tax);
      }),
    );
  });
});
