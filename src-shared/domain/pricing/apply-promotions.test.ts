// Goal: each kind of promotion takes off what the trader who made it would say. Method: for each kind its examples, in
// pieces and money, on both sides of every bound. How several work together: promotions-together.test.ts.
import { describe, expect, it } from 'vitest';
import type { ProductId } from '../ids.ts';
import type { Currency } from '../money.ts';
import { applyPromotions, type PromotedLine } from './apply-promotions.ts';
import { promotion } from './pricing-fixtures.ts';
import type { Promotion, PromotionRule } from './promotion.ts';

/** So many pieces, and what they come to in minor units. */
function line(id: string, pieces: number, amountMinor: number, more: Partial<PromotedLine> = {}): PromotedLine {
  const name = `${id} ${pieces} ${amountMinor}`;
  return { productId: id as ProductId, quantityBase: pieces * 1_000, amountMinor, name, fixed: false, ...more };
}

/** What one promotion takes off each line. */
function off(rule: PromotionRule, lines: PromotedLine[], more: Partial<Promotion> & { in?: Currency } = {}): number[] {
  const { in: currency = 'CNY', ...rest } = more;
  return applyPromotions(lines, [promotion('sale', rule, rest)], currency).map((discounts) =>
    discounts.reduce((sum, { minor }) => sum + minor, 0),
  );
}

const on = (...ids: string[]): Partial<Promotion> => ({ products: ids as ProductId[] });

describe('a percentage', () => {
  const tenOff = { kind: 'percent', off: 1_000 } as const;

  it('comes off every line, or off the lines of the products that it names', () => {
    const lines = [line('tea', 1, 10_000), line('rice', 1, 2_000), line('salt', 1, 500)];
    expect(off(tenOff, lines)).toEqual([1_000, 200, 50]);
    expect(off(tenOff, lines, on('rice', 'salt'))).toEqual([0, 200, 50]);
    expect(off(tenOff, lines, on('sugar'))).toEqual([0, 0, 0]);
  });

  it('is rounded half away from zero, line by line: 5 % of 0.10 is 0.01, of 0.09 nothing', () => {
    const fiveOff = { kind: 'percent', off: 500 } as const;
    expect(off(fiveOff, [line('tea', 1, 10), line('rice', 1, 9), line('salt', 1, 30)])).toEqual([1, 0, 2]);
  });

  it('of 100 leaves nothing to pay, of 0.01 takes a cent of 100.00', () => {
    expect(off({ kind: 'percent', off: 10_000 }, [line('tea', 1, 12_345)])).toEqual([12_345]);
    expect(off({ kind: 'percent', off: 1 }, [line('tea', 1, 10_000)])).toEqual([1]);
  });

  it('counts in every currency', () => {
    expect(off(tenOff, [line('tea', 1, 10_000)], { in: 'JPY' })).toEqual([1_000]);
  });

  it('that comes to nothing leaves no trace on the line', () => {
    const sale = promotion('sale', tenOff);
    expect(applyPromotions([line('tea', 1, 4), line('rice', 1, 0)], [sale], 'CNY')).toEqual([[], []]);
  });
});

describe('an amount for every so many', () => {
  const fiveOffATwelve = { kind: 'amount', everyBase: 12_000, offMinor: 500, currency: 'CNY' } as const;

  it('is 5.00 for each full twelve pieces', () => {
    const offFor = (pieces: number): number[] => off(fiveOffATwelve, [line('tea', pieces, 100_000)]);
    expect([11, 12, 23, 24, 35.999, 36].map(offFor)).toEqual([[0], [500], [500], [1_000], [1_000], [1_500]]);
  });

  it('counts pieces and cases of one product together, and comes off them by what they cost', () => {
    expect(off(fiveOffATwelve, [line('tea', 3, 3_000), line('tea', 9, 7_000)])).toEqual([150, 350]);
  });

  it('does not count one product with another', () => {
    const lines = [line('tea', 6, 6_000), line('rice', 6, 6_000), line('salt', 24, 6_000)];
    expect(off(fiveOffATwelve, lines)).toEqual([0, 0, 1_000]);
    expect(off(fiveOffATwelve, lines, on('tea', 'rice'))).toEqual([0, 0, 0]);
  });

  it('is never more than the goods cost', () => {
    expect(off(fiveOffATwelve, [line('tea', 12, 499)])).toEqual([499]);
    expect(off(fiveOffATwelve, [line('tea', 12, 500)])).toEqual([500]);
    expect(off(fiveOffATwelve, [line('tea', 12, 0)])).toEqual([0]);
  });

  it('is not taken off another currency', () => {
    expect(off(fiveOffATwelve, [line('tea', 12, 9_000)], { in: 'GBP' })).toEqual([0]);
  });
});

describe('so many bought, so many free', () => {
  const elevenForTen = { kind: 'free', buyBase: 10_000, freeBase: 1_000, gift: null } as const;
  /** At 2.00 a piece. */
  const freeOf = (pieces: number, rule: PromotionRule = elevenForTen): number[] =>
    off(rule, [line('tea', pieces, pieces * 200)]);

  it('gives one of eleven, and of ten none: buy 10, get 1 of the same', () => {
    expect([9, 10, 11, 21, 22, 33].map((pieces) => freeOf(pieces))).toEqual([[0], [0], [200], [200], [400], [600]]);
  });

  it('gives of a last part what goes beyond what had to be bought: buy 10, get 2', () => {
    const twelveForTen = { ...elevenForTen, freeBase: 2_000 };
    expect([10, 11, 12, 22, 23, 24].map((pieces) => freeOf(pieces, twelveForTen))).toEqual([
      [0],
      [200],
      [400],
      [400],
      [600],
      [800],
    ]);
  });

  it('gives nothing at all of what had to be bought, however dear it is', () => {
    expect(off(elevenForTen, [line('tea', 10, 900_000_000)])).toEqual([0]);
  });

  it('counts the lines of one product together, and each gives its part', () => {
    expect(off(elevenForTen, [line('tea', 1, 220), line('tea', 10, 1_980)])).toEqual([20, 180]);
    expect(off(elevenForTen, [line('tea', 6, 1_200), line('rice', 5, 1_000)])).toEqual([0, 0]);
  });

  it('rounds what the free ones are worth half away from zero', () => {
    const oneOfTwo = { kind: 'free', buyBase: 1_000, freeBase: 1_000, gift: null } as const;
    expect(off(oneOfTwo, [line('tea', 2, 5)])).toEqual([3]);
  });

  it('counts in every currency', () => {
    expect(off(elevenForTen, [line('tea', 11, 2_200)], { in: 'JPY' })).toEqual([200]);
  });
});

describe('a gift', () => {
  /** Buy a case of noodles, a bottle of water is free. */
  const water = 'water' as ProductId;
  const waterWithNoodles = { kind: 'free', buyBase: 12_000, freeBase: 1_000, gift: water } as const;
  const withNoodles = (lines: PromotedLine[], more = on('noodles')): number[] => off(waterWithNoodles, lines, more);
  /** At 3.00 a bottle. */
  const bottles = (count: number, more: Partial<PromotedLine> = {}): PromotedLine =>
    line('water', count, count * 300, more);

  it('is free as far as it is on the order: a bottle of water for each case of noodles', () => {
    const oneCase = line('noodles', 12, 5_000);
    expect(withNoodles([oneCase, bottles(1)])).toEqual([0, 300]);
    expect(withNoodles([oneCase, bottles(4)])).toEqual([0, 300]);
    expect(withNoodles([line('noodles', 36, 15_000), bottles(4)])).toEqual([0, 900]);
    expect(withNoodles([line('noodles', 60, 25_000), bottles(4)])).toEqual([0, 1_200]);
    expect(withNoodles([oneCase])).toEqual([0]);
  });

  it('is not given for eleven of twelve', () => {
    expect(withNoodles([line('noodles', 11, 5_000), bottles(1)])).toEqual([0, 0]);
  });

  it('is given for lines that make the case together, not for two half cases of two products', () => {
    expect(withNoodles([line('noodles', 5, 2_000), line('noodles', 7, 3_000), bottles(2)])).toEqual([0, 0, 300]);
    const halves = [line('noodles', 6, 2_500), line('soup', 6, 2_500), bottles(2)];
    expect(withNoodles(halves, on('noodles', 'soup'))).toEqual([0, 0, 0]);
    const cases = [line('noodles', 12, 5_000), line('soup', 12, 5_000), bottles(2)];
    expect(withNoodles(cases, on('noodles', 'soup'))).toEqual([0, 0, 600]);
  });

  it('does not count as bought, were it among the products', () => {
    expect(withNoodles([bottles(24)], on('noodles', 'water'))).toEqual([0]);
    expect(withNoodles([bottles(24)], on())).toEqual([0]);
    expect(withNoodles([line('noodles', 12, 5_000), bottles(24)], on())).toEqual([0, 300]);
  });

  it('on two lines is taken off both', () => {
    expect(withNoodles([line('noodles', 12, 5_000), bottles(1), bottles(3)])).toEqual([0, 75, 225]);
  });

  it('is not free where its price was agreed by hand, nor for goods whose price was', () => {
    expect(withNoodles([line('noodles', 12, 5_000), bottles(1, { fixed: true })])).toEqual([0, 0]);
    expect(withNoodles([line('noodles', 12, 5_000, { fixed: true }), bottles(1)])).toEqual([0, 0]);
  });
});

describe('an order of so much', () => {
  const fromHundred = { kind: 'threshold', fromMinor: 10_000, currency: 'CNY' } as const;
  const fiveOff = { ...fromHundred, off: { minor: 500, repeats: false } };
  const fiveOffEach = { ...fromHundred, off: { minor: 500, repeats: true } };
  const fivePerCent = { ...fromHundred, off: { share: 500 } };

  it('of 100.00 gets 5.00 off, of 99.99 nothing, of 300.00 no more', () => {
    const offFor = (amount: number): number[] => off(fiveOff, [line('tea', 1, amount)]);
    expect([9_999, 10_000, 10_001, 30_000].map(offFor)).toEqual([[0], [500], [500], [500]]);
  });

  it('gets 5.00 off for every 100.00 where it repeats', () => {
    const offFor = (amount: number): number[] => off(fiveOffEach, [line('tea', 1, amount)]);
    expect([9_999, 10_000, 19_999, 20_000, 30_000].map(offFor)).toEqual([[0], [500], [500], [1_000], [1_500]]);
  });

  it('gets 5 % off all of it, rounded once and shared out over the lines', () => {
    expect(off(fivePerCent, [line('tea', 1, 9_000), line('rice', 1, 1_000)])).toEqual([450, 50]);
    expect(off(fivePerCent, [line('tea', 1, 9_000), line('rice', 1, 999)])).toEqual([0, 0]);
    // 5 % of 100.10 is 5.005, so 5.01: the odd cent goes where the larger fraction is.
    expect(off(fivePerCent, [line('tea', 1, 5_004), line('rice', 1, 5_006)])).toEqual([250, 251]);
  });

  it('counts only the products that it is for, and takes only from them', () => {
    const lines = [line('tea', 1, 9_000), line('rice', 1, 1_000), line('salt', 1, 50_000)];
    expect(off(fiveOff, lines, on('tea', 'rice'))).toEqual([450, 50, 0]);
    expect(off(fiveOff, lines, on('tea'))).toEqual([0, 0, 0]);
  });

  it('never gets more off than it comes to', () => {
    const generous = { ...fromHundred, off: { minor: 20_000, repeats: false } };
    expect(off(generous, [line('tea', 1, 4_000), line('rice', 1, 6_001)])).toEqual([4_000, 6_001]);
  });

  it('in another currency gets nothing off', () => {
    for (const rule of [fiveOff, fivePerCent]) {
      expect(off(rule, [line('tea', 1, 50_000)], { in: 'USD' })).toEqual([0]);
    }
  });

  it('does not count a line whose price was agreed by hand', () => {
    expect(off(fiveOff, [line('tea', 1, 9_999), line('rice', 1, 1, { fixed: true })])).toEqual([0, 0]);
    expect(off(fiveOff, [line('tea', 1, 10_000), line('rice', 1, 1, { fixed: true })])).toEqual([500, 0]);
  });
});
