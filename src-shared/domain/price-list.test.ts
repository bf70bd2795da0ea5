import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PriceId } from './ids.ts';
import { quotePrice, type PriceCandidate } from './price-list.ts';

const UNITS = [
  { unit: 'piece', factor: 1_000 },
  { unit: 'case', factor: 12_000 },
];

function candidate(of: Partial<PriceCandidate>): PriceCandidate {
  const defaults = {
    unit: 'piece',
    unitPrice: 10_000,
    validFrom: '2026-01-01',
    validTo: null,
    currency: 'CNY',
    own: false,
  };
  return { priceId: 'a' as PriceId, ...(defaults as Omit<PriceCandidate, 'priceId'>), ...of };
}

function quote(candidates: PriceCandidate[], unit = 'piece', date = '2026-06-15'): number | undefined {
  return quotePrice(candidates, { unit, baseUnit: 'piece', units: UNITS, date })?.unitPrice;
}

describe('prices', () => {
  it("take the customer's own before the list's, even where the list is cheaper or newer", () => {
    const own = candidate({ own: true, unitPrice: 9_000 });
    const list = candidate({ unitPrice: 5_000, validFrom: '2026-06-01' });
    expect(quote([list, own])).toBe(9_000);
  });

  it('count on their first and their last day, not before and not after', () => {
    const dated = candidate({ validFrom: '2026-06-01', validTo: '2026-06-30' });
    const on = (date: string): number | undefined => quote([dated], 'piece', date);
    expect([on('2026-05-31'), on('2026-06-01'), on('2026-06-30'), on('2026-07-01')]).toEqual([
      undefined,
      10_000,
      10_000,
      undefined,
    ]);
  });

  it('take the one that began last', () => {
    expect(quote([candidate({ unitPrice: 1 }), candidate({ unitPrice: 2, validFrom: '2026-06-01' })])).toBe(2);
  });

  it("price a case by the piece's price times the factor, unless the case has a price", () => {
    const piece = candidate({ unitPrice: 7_650 });
    expect(quote([piece], 'case')).toBe(91_800);
    expect(quote([piece, candidate({ unit: 'case', unitPrice: 90_000 })], 'case')).toBe(90_000);
  });

  it('never price a piece by the case', () => {
    expect(quote([candidate({ unit: 'case' })], 'piece')).toBeUndefined();
  });

  it('do not depend on the order in which they are found', () => {
    const some = fc.array(
      fc.record({
        priceId: fc.uuid().map((id) => id as PriceId),
        unit: fc.constantFrom('piece', 'case'),
        unitPrice: fc.integer({ min: 0, max: 1_000_000 }),
        validFrom: fc.constantFrom('2026-01-01', '2026-06-01', '2026-09-01'),
        validTo: fc.constantFrom(null, '2026-06-10', '2026-12-31'),
        currency: fc.constant('CNY' as const),
        own: fc.boolean(),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(some, fc.constantFrom('piece', 'case'), (candidates, unit) => {
        expect(quote(candidates, unit)).toBe(quote(candidates.toReversed(), unit));
      }),
    );
  });
});
