// Goal: desk and central find the same price, and it is the one that the house would name. Method: one case for each
// rule and for each bound of it, then any lists in any order.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PriceId } from '../ids.ts';
import { MAX_UNIT_PRICE } from '../money.ts';
import { choosePrice, type PriceCandidate, type PriceQuestion } from './choose-price.ts';
import { listPrice, UNITS } from './pricing-fixtures.ts';

const QUESTION: PriceQuestion = {
  unit: 'piece',
  baseUnit: 'piece',
  units: UNITS,
  date: '2026-06-15',
  totalBase: 1_000,
};

function quote(candidates: PriceCandidate[], asked: Partial<PriceQuestion> = {}): number | undefined {
  return choosePrice(candidates, { ...QUESTION, ...asked })?.unitPrice;
}

/** On an order with so many pieces in all. */
function quoteOf(pieces: number, candidates: PriceCandidate[], unit = 'piece'): number | undefined {
  return quote(candidates, { unit, totalBase: pieces * 1_000 });
}

describe('prices', () => {
  it("take the customer's own before their group's, that before the base list's, even where one is cheaper or newer", () => {
    const own = listPrice({ of: 'own', unitPrice: 9_000 });
    const group = listPrice({ of: 'group', unitPrice: 7_000, validFrom: '2026-05-01' });
    const base = listPrice({ of: 'base', unitPrice: 5_000, validFrom: '2026-06-01' });
    expect(quote([base, group, own])).toBe(9_000);
    expect(quote([base, own])).toBe(9_000);
    expect(quote([own, group])).toBe(9_000);
    expect(quote([base, group])).toBe(7_000);
    expect(quote([base])).toBe(5_000);
  });

  it('count on their first and their last day, not before and not after', () => {
    const dated = listPrice({ validFrom: '2026-06-01', validTo: '2026-06-30' });
    const on = (date: string): number | undefined => quote([dated], { date });
    expect([on('2026-05-31'), on('2026-06-01'), on('2026-06-30'), on('2026-07-01')]).toEqual([
      undefined,
      10_000,
      10_000,
      undefined,
    ]);
  });

  it('take the one that began last, and of those that began together the one with the greatest id', () => {
    const old = listPrice({ unitPrice: 1, priceId: 'z' as PriceId });
    const young = listPrice({ unitPrice: 2, priceId: 'a' as PriceId, validFrom: '2026-06-01' });
    expect(quote([old, young])).toBe(2);
    expect(quote([young, old])).toBe(2);
    const twin = { ...young, unitPrice: 3, priceId: 'b' as PriceId };
    expect(quote([young, twin])).toBe(3);
    expect(quote([twin, young])).toBe(3);
  });

  it("price a case by the piece's price times the factor, unless the case has a price", () => {
    const piece = listPrice({ unitPrice: 7_650, validFrom: '2026-06-01' });
    expect(quote([piece], { unit: 'case' })).toBe(91_800);
    const box = listPrice({ unit: 'case', unitPrice: 90_000 });
    expect(quote([piece, box], { unit: 'case' })).toBe(90_000);
    expect(quote([box, piece], { unit: 'case' })).toBe(90_000);
  });

  it("price a case by the customer's own piece before the group's case", () => {
    const piece = listPrice({ of: 'own', unitPrice: 7_650 });
    const box = listPrice({ of: 'group', unit: 'case', unitPrice: 90_000 });
    expect(quote([box, piece], { unit: 'case' })).toBe(91_800);
  });

  it('never price a piece by the case, nor a case by the pallet', () => {
    expect(quote([listPrice({ unit: 'case' })])).toBeUndefined();
    expect(quote([listPrice({ unit: 'pallet' })], { unit: 'case' })).toBeUndefined();
  });

  it('are none where there is no list, nor in a unit that the product is not sold in', () => {
    expect(quote([])).toBeUndefined();
    expect(quote([listPrice()], { unit: 'pallet' })).toBeUndefined();
  });

  it('round half away from zero: half of 0.0003 is 0.0002', () => {
    const units = [...UNITS, { unit: 'half', factor: 500 }];
    expect(quote([listPrice({ unitPrice: 3 })], { unit: 'half', units })).toBe(2);
  });

  it('are none past the dearest price there may be', () => {
    const units = [...UNITS, { unit: 'ten', factor: 10_000 }];
    const ofTen = (unitPrice: number): number | undefined => quote([listPrice({ unitPrice })], { unit: 'ten', units });
    expect(ofTen(MAX_UNIT_PRICE / 10)).toBe(MAX_UNIT_PRICE);
    expect(ofTen(MAX_UNIT_PRICE / 10 + 1)).toBeUndefined();
  });

  it('say which row of which list they are', () => {
    const [first, second] = [listPrice({ rev: 7 }), listPrice({ of: 'own', rev: 8, taxIncluded: true })];
    expect(choosePrice([first, second], QUESTION)?.price).toBe(second);
  });
});

describe('quantity tiers', () => {
  const single = listPrice({ unitPrice: 10_000, validFrom: '2026-06-01' });
  const fromTen = listPrice({ unitPrice: 9_000, minQuantity: 10_000 });
  const fromHundred = listPrice({ unitPrice: 8_000, minQuantity: 100_000 });
  const list = [fromTen, single, fromHundred];

  it('count from the very piece on that reaches them, the highest that is reached, whichever began last', () => {
    expect([1, 9, 10, 99, 100, 5_000].map((pieces) => quoteOf(pieces, list))).toEqual([
      10_000, 10_000, 9_000, 9_000, 8_000, 8_000,
    ]);
    expect(quote(list, { totalBase: 9_999 })).toBe(10_000);
  });

  it('are reached by all of the order: two cases and three pieces are twenty-seven', () => {
    const fromTwentySeven = listPrice({ unitPrice: 9_000, minQuantity: 27_000 });
    expect(quote([single, fromTwentySeven], { totalBase: 2 * 12_000 + 3_000 })).toBe(9_000);
    expect(quote([single, fromTwentySeven], { totalBase: 2 * 12_000 + 2_000 })).toBe(10_000);
  });

  it('of the piece price a case too: 12 times 9.00 from ten pieces on', () => {
    expect(quoteOf(12, [listPrice({ unitPrice: 100_000 }), fromTen], 'case')).toBe(12 * 9_000);
  });

  it('of the case are counted in cases, however the pieces came', () => {
    const box = listPrice({ unit: 'case', unitPrice: 100_000 });
    const fromTwoCases = listPrice({ unit: 'case', unitPrice: 90_000, minQuantity: 2_000 });
    expect([23, 24].map((pieces) => quoteOf(pieces, [box, fromTwoCases], 'case'))).toEqual([100_000, 90_000]);
  });

  it('of the piece do not go before a price of the case', () => {
    const box = listPrice({ unit: 'case', unitPrice: 110_000 });
    expect(quoteOf(240, [fromHundred, box], 'case')).toBe(110_000);
  });

  it("are looked at on one list after the other: the customer's own price before the group's tier", () => {
    const own = listPrice({ of: 'own', unitPrice: 9_500 });
    const ofGroup = listPrice({ of: 'group', unitPrice: 8_000, minQuantity: 10_000 });
    expect(quoteOf(10, [ofGroup, own, ...list])).toBe(9_500);
    expect(quoteOf(100, [ofGroup, ...list])).toBe(8_000);
    expect(quoteOf(9, [ofGroup, ...list])).toBe(10_000);
  });

  it('leave no price where the only one is out of reach', () => {
    expect(quoteOf(9, [fromTen])).toBeUndefined();
    expect(quoteOf(10, [fromTen])).toBe(9_000);
  });

  it('of the same height take the one that began last', () => {
    const newer = { ...fromTen, unitPrice: 8_800, validFrom: '2026-06-01' };
    expect(quoteOf(10, [newer, fromTen])).toBe(8_800);
    expect(quoteOf(10, [fromTen, newer])).toBe(8_800);
  });

  it('are not reached in a unit that the product is no longer sold in', () => {
    const pallet = listPrice({ unit: 'pallet', minQuantity: 1_000 });
    expect(quoteOf(10_000, [pallet], 'pallet')).toBeUndefined();
  });
});

describe('any prices', () => {
  const candidates = fc.array(
    fc.record({
      unit: fc.constantFrom('piece', 'case'),
      unitPrice: fc.integer({ min: 0, max: 1_000_000 }),
      validFrom: fc.constantFrom('2026-01-01', '2026-06-01', '2026-09-01'),
      validTo: fc.constantFrom(null, '2026-06-10', '2026-12-31'),
      of: fc.constantFrom('own' as const, 'group' as const, 'base' as const),
      tier: fc.constantFrom(undefined, 1_000, 2_000, 24_000),
    }),
    { maxLength: 8 },
  );
  const lists = candidates.map((found) =>
    found.map(({ tier, ...more }, index) =>
      listPrice({
        ...more,
        priceId: `price ${index}` as PriceId,
        ...(tier === undefined ? {} : { minQuantity: tier }),
      }),
    ),
  );
  const questions = fc.record({
    unit: fc.constantFrom('piece', 'case'),
    totalBase: fc.integer({ min: 1, max: 40 }).map((pieces) => pieces * 1_000),
  });

  it('do not depend on the order in which they are found', () => {
    fc.assert(
      fc.property(lists, questions, (found, asked) => {
        const [one, other] = [found, found.toReversed()].map((each) => choosePrice(each, { ...QUESTION, ...asked }));
        expect(one).toEqual(other);
      }),
    );
  });

  it('are never past a tier that is not reached, nor below one that is on the same list', () => {
    fc.assert(
      fc.property(lists, questions, (found, asked) => {
        const chosen = choosePrice(found, { ...QUESTION, ...asked })?.price;
        if (!chosen) return;
        const needs = ({ minQuantity = 0, unit }: PriceCandidate): number => minQuantity * (unit === 'case' ? 12 : 1);
        expect(needs(chosen)).toBeLessThanOrEqual(asked.totalBase);
        const rivals = found.filter(
          ({ of, unit, validFrom, validTo }) =>
            of === chosen.of && unit === chosen.unit && validFrom <= QUESTION.date && (validTo ?? '9') >= QUESTION.date,
        );
        for (const rival of rivals.filter((each) => needs(each) <= asked.totalBase)) {
          expect(needs(rival)).toBeLessThanOrEqual(needs(chosen));
        }
      }),
    );
  });
});
