// Goal: a finished line says what the customer pays and how it came to that, to the unit. Method: whole lines by
// example, then any order in any order of its lines.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PriceId, ProductId } from '../ids.ts';
import type { OrderLine } from '../order.ts';
import { toBaseQuantity } from '../quantity.ts';
import { factorOf } from '../unit.ts';
import type { PriceCandidate } from './choose-price.ts';
import { priceLines, type PricedLine, type Pricing, type UnpricedLine } from './price-lines.ts';
import { listPrice, productFacts, promotion } from './pricing-fixtures.ts';
import type { Promotion } from './promotion.ts';

/** Rates that traders in one house may meet: none, 9 % and 13 %; water's list has the tax in it. */
const PRODUCTS = {
  tea: productFacts('tea'),
  rice: productFacts('rice', { taxBasisPoints: 900 }),
  lamp: productFacts('lamp', { taxBasisPoints: 1_300 }),
  water: productFacts('water', { taxBasisPoints: 1_300 }),
  stamp: productFacts('stamp', { taxBasisPoints: 0 }),
  gin: productFacts('gin'),
  unpriced: productFacts('unpriced'),
};
const PRICES: Record<string, PriceCandidate[]> = {
  tea: [
    listPrice({ priceId: 'tea' as PriceId, unitPrice: 100_000 }),
    listPrice({ priceId: 'tea by ten' as PriceId, unitPrice: 90_000, minQuantity: 10_000, rev: 3 }),
  ],
  rice: [listPrice({ priceId: 'rice' as PriceId, unitPrice: 12_345, of: 'group' })],
  lamp: [listPrice({ priceId: 'lamp' as PriceId, unitPrice: 250_000, of: 'own', rev: 2 })],
  water: [listPrice({ priceId: 'water' as PriceId, unitPrice: 22_600, taxIncluded: true })],
  stamp: [listPrice({ priceId: 'stamp' as PriceId, unitPrice: 8_000 })],
  gin: [listPrice({ priceId: 'gin' as PriceId, unitPrice: 150_000, currency: 'GBP' })],
};

function line(id: keyof typeof PRODUCTS, count: number, more: Partial<UnpricedLine> = {}): UnpricedLine {
  const product = PRODUCTS[id];
  const { unit = 'piece' } = more;
  const quantity = count * 1_000;
  const quantityBase = toBaseQuantity(quantity, factorOf(product.units, unit) ?? 0) ?? 0;
  return { productId: id as ProductId, unit, quantity, quantityBase, product, ...more };
}

function priced(lines: UnpricedLine[], promotions: readonly Promotion[] = []): (PricedLine | undefined)[] {
  const pricing: Pricing = { prices: (id) => PRICES[id] ?? [], promotions, date: '2026-06-15' };
  return priceLines(lines, pricing);
}

function finished(lines: UnpricedLine[], promotions: readonly Promotion[] = []): OrderLine[] {
  return priced(lines, promotions).flatMap((found) => found?.line ?? []);
}

const tenOff = promotion('ten', { kind: 'percent', off: 1_000 });

describe('a priced line', () => {
  it('says what it costs and which row of which list says so, and nothing of what it does not have', () => {
    expect(priced([line('tea', 3)])).toStrictEqual([
      {
        line: {
          productId: 'tea',
          unit: 'piece',
          quantity: 3_000,
          quantityBase: 3_000,
          unitPrice: 100_000,
          amountMinor: 3_000,
          priceKind: 'list',
          priceId: 'tea',
          priceRev: 1,
        },
        listUnitPrice: 100_000,
        currency: 'CNY',
      },
    ]);
  });

  it("is at the customer's own price, or at the list's, which a group's is", () => {
    const kinds = finished([line('lamp', 1), line('rice', 1), line('tea', 1)]).map((of) => [of.priceKind, of.priceRev]);
    expect(kinds).toEqual([
      ['own', 2],
      ['list', 1],
      ['list', 1],
    ]);
  });

  it('names the tier that it reached', () => {
    expect(finished([line('tea', 9), line('lamp', 10)]).map(({ tierQuantity }) => tierQuantity)).toEqual([
      undefined,
      undefined,
    ]);
    expect(finished([line('tea', 9.999)])).toMatchObject([{ unitPrice: 100_000 }]);
    expect(finished([line('tea', 10)])).toMatchObject([{ tierQuantity: 10_000, unitPrice: 90_000, priceRev: 3 }]);
  });

  it('reaches a tier together with the other lines of its product, and with no other', () => {
    const prices = (lines: UnpricedLine[]): number[] => finished(lines).map(({ unitPrice }) => unitPrice);
    expect(prices([line('tea', 7), line('tea', 3)])).toEqual([90_000, 90_000]);
    expect(prices([line('tea', 1, { unit: 'case' }), line('tea', 1)])).toEqual([12 * 90_000, 90_000]);
    expect(prices([line('tea', 7), line('rice', 3)])).toEqual([100_000, 12_345]);
  });

  it('is nothing where no list has its price, and the others are priced all the same', () => {
    const [none, some] = priced([line('unpriced', 1), line('tea', 1)], [tenOff]);
    expect(none).toBeUndefined();
    expect(some?.line).toMatchObject({ amountMinor: 900, discounts: [{ promotionId: 'ten', minor: 100 }] });
  });
});

describe('a price agreed by hand', () => {
  const manual = { unitPrice: 80_000, reason: 'dented' };

  it('stands in for the list price, which the line keeps with the reason', () => {
    const [found] = priced([line('tea', 3, { manual })]);
    expect(found).toMatchObject({ listUnitPrice: 100_000 });
    expect(found?.line).toMatchObject({
      unitPrice: 80_000,
      amountMinor: 2_400,
      manual: { listUnitPrice: 100_000, reason: 'dented' },
      priceId: 'tea',
    });
  });

  it('may be nothing at all', () => {
    expect(finished([line('tea', 3, { manual: { unitPrice: 0, reason: 'sample' } })])).toMatchObject([
      { unitPrice: 0, amountMinor: 0 },
    ]);
  });

  it('has no promotion taken off it, and is taxed like any other', () => {
    const [by] = finished([line('lamp', 1, { manual: { unitPrice: 200_000, reason: 'old' } })], [tenOff]);
    expect(by).toMatchObject({ amountMinor: 2_000, taxMinor: 260 });
    expect(by).not.toHaveProperty('discounts');
  });

  it('leaves its pieces to help the other lines to their tier', () => {
    const [by, other] = finished([line('tea', 9, { manual }), line('tea', 1)]);
    expect(by).toMatchObject({ unitPrice: 80_000, tierQuantity: 10_000, manual: { listUnitPrice: 90_000 } });
    expect(other).toMatchObject({ unitPrice: 90_000 });
  });
});

describe('discounts and tax', () => {
  it('go in this order: 13 % of what 10 % off has left', () => {
    expect(finished([line('lamp', 4)], [tenOff])).toMatchObject([
      { amountMinor: 9_000, discounts: [{ promotionId: 'ten', minor: 1_000 }], taxBasisPoints: 1_300, taxMinor: 1_170 },
    ]);
  });

  it('are in the amount where the list has the tax in its prices', () => {
    const [water, lamp] = finished([line('water', 1), line('lamp', 1)]);
    expect(water).toMatchObject({ amountMinor: 226, taxMinor: 26, taxIncluded: true });
    expect(lamp).not.toHaveProperty('taxIncluded');
    expect(finished([line('water', 1)], [tenOff])).toMatchObject([{ amountMinor: 203, taxMinor: 23 }]);
  });

  it('keep a rate of nothing apart from no tax at all', () => {
    const [stamp, tea] = finished([line('stamp', 1), line('tea', 1)]);
    expect(stamp).toMatchObject({ taxBasisPoints: 0, taxMinor: 0 });
    expect(tea).not.toHaveProperty('taxMinor');
    expect(tea).not.toHaveProperty('taxBasisPoints');
  });

  it('keep discounts of several promotions in the order in which they were taken', () => {
    const then = promotion('then', { kind: 'percent', off: 500 }, { place: 1 });
    expect(finished([line('tea', 1)], [then, tenOff])).toMatchObject([
      {
        amountMinor: 855,
        discounts: [
          { promotionId: 'ten', minor: 100 },
          { promotionId: 'then', minor: 45 },
        ],
      },
    ]);
  });

  it('are taken by the place of the line, also behind one without a price', () => {
    const onTea = promotion('tea', { kind: 'percent', off: 1_000 }, { products: ['tea' as ProductId] });
    const found = priced([line('unpriced', 1), line('rice', 1), line('tea', 1)], [onTea]);
    expect(found.map((each) => each?.line.discounts?.length ?? 0)).toEqual([0, 0, 1]);
  });

  it("come off lines of the order's currency, which is that of the first line that has a price", () => {
    const discounted = (lines: UnpricedLine[]): number[] =>
      priced(lines, [tenOff]).map((each) => each?.line.discounts?.length ?? 0);
    expect(discounted([line('unpriced', 1), line('tea', 1), line('gin', 1), line('tea', 1)])).toEqual([0, 1, 0, 1]);
    expect(discounted([line('gin', 1), line('tea', 1)])).toEqual([1, 0]);
  });

  it('of a promotion in yuan are none in pounds', () => {
    const inYuan = promotion('yuan', { kind: 'amount', everyBase: 1_000, offMinor: 100, currency: 'CNY' });
    const discounts = (of: UnpricedLine): number => finished([of], [inYuan])[0]?.discounts?.length ?? 0;
    expect([discounts(line('tea', 1)), discounts(line('gin', 1))]).toEqual([1, 0]);
  });

  it('share an odd cent out by what tells lines apart, so that lines may change places', () => {
    const cent = promotion('cent', {
      kind: 'threshold',
      fromMinor: 1,
      off: { minor: 1, repeats: false },
      currency: 'CNY',
    });
    const lines = [line('tea', 6), line('tea', 0.5, { unit: 'case' })];
    const cheaper = (given: UnpricedLine[]): string[] =>
      finished(given, [cent]).flatMap(({ unit, discounts }) => (discounts ? [unit] : []));
    expect(cheaper(lines)).toHaveLength(1);
    expect(cheaper(lines.toReversed())).toEqual(cheaper(lines));
  });
});

describe('any lines', () => {
  const someLine = fc
    .record({
      id: fc.constantFrom('tea' as const, 'rice' as const, 'lamp' as const, 'water' as const),
      count: fc.integer({ min: 1, max: 12 }),
      unit: fc.constantFrom('piece', 'case'),
      by: fc.option(fc.nat({ max: 300_000 }), { nil: undefined, freq: 4 }),
    })
    .map(({ id, count, unit, by }) =>
      line(id, count, { unit, manual: by === undefined ? undefined : { unitPrice: by, reason: `for ${by}` } }),
    );
  const promotions = [
    promotion('a', { kind: 'percent', off: 333 }),
    promotion('b', { kind: 'amount', everyBase: 7_000, offMinor: 101, currency: 'CNY' }, { place: 1 }),
    promotion('c', { kind: 'free', buyBase: 5_000, freeBase: 2_000, gift: null }, { place: 2 }),
    promotion('d', { kind: 'free', buyBase: 6_000, freeBase: 1_000, gift: 'water' as ProductId }, { place: 3 }),
    promotion('e', { kind: 'threshold', fromMinor: 5_000, off: { share: 777 }, currency: 'CNY' }, { place: 4 }),
    promotion('f', { kind: 'percent', off: 100 }, { place: 5, exclusive: true }),
  ];
  const orders = fc.array(someLine, { maxLength: 7 });
  const chosen = fc.subarray(promotions);

  it('come to the same in any order', () => {
    const said = (lines: UnpricedLine[], by: readonly Promotion[]): string[] =>
      finished(lines, by)
        .map((of) => JSON.stringify(of))
        .toSorted();
    fc.assert(
      fc.property(orders, chosen, fc.nat({ max: 6 }), (lines, by, at) => {
        const turned = [...lines.slice(at), ...lines.slice(0, at)].toReversed();
        expect(said(turned, by)).toEqual(said(lines, by));
      }),
      { numRuns: 300 },
    );
  });

  it('cost, with what was taken off, what they cost without promotions', () => {
    fc.assert(
      fc.property(orders, chosen, (lines, by) => {
        const before = finished(lines);
        for (const [index, { amountMinor, discounts = [] }] of finished(lines, by).entries()) {
          const taken = discounts.reduce((sum, { minor }) => sum + minor, 0);
          expect(amountMinor + taken).toBe(before[index]?.amountMinor);
          expect(amountMinor).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 300 },
    );
  });
});
