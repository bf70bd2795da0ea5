// Goal: nothing is ordered that can't be packed, and what is offered to mend it does. Method: one line on both sides of
// every bound, then whole orders by example, then any lines of any product: what is offered is made and judged again.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Issue } from './issue.ts';
import type { ProductFacts } from './order-facts.ts';
import { measure, orderQuantityIssues, type CountedLine, type Measured } from './order-quantities.ts';
import { productFacts } from './pricing/pricing-fixtures.ts';
import { MAX_LINE_QUANTITY_BASE, toBaseQuantity } from './quantity.ts';
import { factorOf } from './unit.ts';

/** On the fourth line. By the piece, unless a factor and a step are given. */
function measured(quantity: number | undefined, factor = 1_000, step = 1_000): Measured | Issue {
  return measure({ quantity, line: 3 }, factor, step);
}

function wrong(code: Issue['code'], more: Partial<Issue> = {}): Issue {
  return {
    code,
    path: ['lines', 3, 'quantity'],
    params: {},
    severity: 'error',
    repairs: [{ kind: 'editOrder' }],
    ...more,
  };
}

describe('a quantity', () => {
  it('is measured in its unit and in the base unit', () => {
    expect(measured(3_000)).toEqual({ quantity: 3_000, quantityBase: 3_000 });
    expect(measured(2_000, 12_000)).toEqual({ quantity: 2_000, quantityBase: 24_000 });
    expect(measured(500, 12_000)).toEqual({ quantity: 500, quantityBase: 6_000 });
    expect(measured(1_300, 1_000, 100)).toEqual({ quantity: 1_300, quantityBase: 1_300 });
  });

  it('is a number, with at most three decimals, above nothing', () => {
    expect(measured(undefined)).toEqual(wrong('quantity.notANumber'));
    expect(measured(Number.NaN)).toEqual(wrong('quantity.tooPrecise'));
    expect(measured(0)).toEqual(wrong('quantity.notPositive'));
    expect(measured(-1_000)).toEqual(wrong('quantity.notPositive'));
    expect(measured(Number.NEGATIVE_INFINITY)).toEqual(wrong('quantity.notPositive'));
    expect(measured(1, 1_000, 1)).toEqual({ quantity: 1, quantityBase: 1 });
  });

  it('is at most a million of the base unit, however it is packed, and says how much that is', () => {
    expect(measured(MAX_LINE_QUANTITY_BASE)).toMatchObject({ quantityBase: MAX_LINE_QUANTITY_BASE });
    const tooMany = wrong('quantity.tooLarge', { params: { max: MAX_LINE_QUANTITY_BASE } });
    expect(measured(MAX_LINE_QUANTITY_BASE + 1_000)).toEqual(tooMany);
    expect(measured(MAX_LINE_QUANTITY_BASE + 1, 1_000, 1)).toEqual(tooMany);
    expect(measured(2 ** 60)).toEqual(tooMany);
    expect(measured(Number.POSITIVE_INFINITY)).toEqual(tooMany);
    // 83,333.333 cases of 12.
    const tooManyCases = wrong('quantity.tooLarge', { params: { max: 83_333_333 } });
    expect(measured(83_333_334, 12_000, 1)).toEqual(tooManyCases);
    expect(measured(83_333_333, 12_000, 1)).toMatchObject({ quantityBase: 999_999_996 });
  });

  it('is in whole steps of the base unit, and offers the next one up', () => {
    const offers = (nearest: number, stepBase = 1_000): Issue =>
      wrong('quantity.notStep', {
        params: { stepBase, nearest },
        repairs: [{ kind: 'setQuantity', line: 3, quantity: nearest }],
      });
    expect(measured(2_500)).toEqual(offers(3_000));
    expect(measured(1_050, 1_000, 100)).toEqual(offers(1_100, 100));
    // 7 pieces in cases of 12 are 0.584 of one, so 0.584 is no whole number of pieces; 0.75 is.
    expect(measured(584, 12_000)).toEqual(offers(750));
    // A third of a kilo has no end of decimals: nothing of it is a number of grams.
    expect(measured(1, 333, 1)).toEqual(offers(1_000, 1));
  });
});

/** The counted lines of an order, as `product pieces` or `product cases`. */
function lines(product: ProductFacts, ...asked: [count: number, unit?: string][]): CountedLine[] {
  return asked.map(([count, unit = product.baseUnit], index) => {
    const quantity = count * 1_000;
    const quantityBase = toBaseQuantity(quantity, factorOf(product.units, unit) ?? 0) ?? 0;
    return { index, productId: product.productId, unit, product, quantity, quantityBase };
  });
}

/** Of each issue: its code, its line, its parameters, and what it offers. */
function said(of: readonly CountedLine[]): unknown[] {
  return orderQuantityIssues(of).map(({ code, path, params, repairs }) => {
    const offers = repairs.map((repair) => ('quantity' in repair ? repair.quantity : repair.kind));
    const found: unknown[] = [code, path[1], params];
    return found.concat(offers);
  });
}

describe('a minimum', () => {
  const tea = productFacts('tea', { minimumBase: 10_000 });
  const tooFew = (totalBase: number): Record<string, number> => ({ minimumBase: 10_000, totalBase });

  it('is for the whole order: ten are enough, nine are not, and one more is offered', () => {
    expect(said(lines(tea, [10]))).toEqual([]);
    expect(said(lines(tea, [11]))).toEqual([]);
    expect(said(lines(tea, [9]))).toEqual([['quantity.belowMinimum', 0, tooFew(9_000), 10_000, 'removeLine']]);
    expect(said(lines(tea, [4], [6]))).toEqual([]);
    expect(said(lines(tea, [4], [5]))).toEqual([['quantity.belowMinimum', 0, tooFew(9_000), 5_000, 'removeLine']]);
  });

  it('says where, how, and whose fault it is', () => {
    const [line] = lines(tea, [9]);
    expect(orderQuantityIssues(line ? [{ ...line, index: 7 }] : [])).toEqual([
      {
        code: 'quantity.belowMinimum',
        path: ['lines', 7, 'quantity'],
        params: tooFew(9_000),
        severity: 'error',
        repairs: [
          { kind: 'setQuantity', line: 7, quantity: 10_000 },
          { kind: 'removeLine', line: 7 },
        ],
      },
    ]);
  });

  it('is met by the case too, and missed by half of one: a whole case more is offered', () => {
    expect(said(lines(tea, [1, 'case']))).toEqual([]);
    expect(said(lines(tea, [0.5, 'case']))).toEqual([['quantity.belowMinimum', 0, tooFew(6_000), 1_500, 'removeLine']]);
  });

  it('is mended on the line that is most finely cut, the first of such', () => {
    expect(said(lines(tea, [0.5, 'case'], [1], [2]))).toEqual([
      ['quantity.belowMinimum', 1, tooFew(9_000), 2_000, 'removeLine'],
    ]);
  });

  it('is not met by the lines of another product', () => {
    const [first] = lines(tea, [9]);
    const [second] = lines(productFacts('rice', { minimumBase: 2_000 }), [1]);
    if (!first || !second) throw new Error('two lines');
    expect(said([first, { ...second, index: 1 }])).toEqual([
      ['quantity.belowMinimum', 0, tooFew(9_000), 10_000, 'removeLine'],
      ['quantity.belowMinimum', 1, { minimumBase: 2_000, totalBase: 1_000 }, 2_000, 'removeLine'],
    ]);
  });

  it('counts in the steps of what is weighed', () => {
    const rice = productFacts('rice', {
      baseUnit: 'kg',
      units: [{ unit: 'kg', factor: 1_000 }],
      step: 1,
      minimumBase: 2_501,
    });
    expect(said(lines(rice, [2.4]))).toEqual([
      ['quantity.belowMinimum', 0, { minimumBase: 2_501, totalBase: 2_400 }, 2_501, 'removeLine'],
    ]);
    expect(said(lines(rice, [2.501]))).toEqual([]);
    expect(said(lines(rice, [2.503]))).toEqual([]);
  });

  it('past what a line may ask for can only be given up', () => {
    const most = MAX_LINE_QUANTITY_BASE / 1_000;
    const many = productFacts('tea', { minimumBase: MAX_LINE_QUANTITY_BASE + 1_000 });
    expect(said(lines(many, [most]))).toEqual([
      [
        'quantity.belowMinimum',
        0,
        { minimumBase: MAX_LINE_QUANTITY_BASE + 1_000, totalBase: MAX_LINE_QUANTITY_BASE },
        'removeLine',
      ],
    ]);
    const asMany = productFacts('tea', { minimumBase: MAX_LINE_QUANTITY_BASE });
    expect(said(lines(asMany, [1]))).toMatchObject([
      ['quantity.belowMinimum', 0, {}, MAX_LINE_QUANTITY_BASE, 'removeLine'],
    ]);
  });
});

describe('a multiple', () => {
  const tea = productFacts('tea', { multipleBase: 6_000 });
  const odd = (totalBase: number): Record<string, number> => ({ multipleBase: 6_000, totalBase });

  it('is for the whole order: six and twelve are right, seven is five short of twelve', () => {
    expect(said(lines(tea, [6]))).toEqual([]);
    expect(said(lines(tea, [12]))).toEqual([]);
    expect(said(lines(tea, [7]))).toEqual([['quantity.notMultiple', 0, odd(7_000), 12_000, 'removeLine']]);
    expect(said(lines(tea, [4], [8]))).toEqual([]);
    expect(said(lines(tea, [4], [3]))).toEqual([['quantity.notMultiple', 0, odd(7_000), 9_000, 'removeLine']]);
  });

  it('is mended by the pieces beside the cases', () => {
    expect(said(lines(tea, [1, 'case'], [1]))).toEqual([['quantity.notMultiple', 1, odd(13_000), 6_000, 'removeLine']]);
  });

  it('is mended by whole cases where there are only cases', () => {
    const byFive = productFacts('tea', { multipleBase: 10_000 });
    expect(said(lines(byFive, [1, 'case']))).toMatchObject([['quantity.notMultiple', 0, {}, 5_000, 'removeLine']]);
  });

  it('that the cases never come to can only be given up', () => {
    const byTwelve = productFacts('tea', { multipleBase: 12_000 });
    expect(said(lines(byTwelve, [0.25, 'case']))).toMatchObject([['quantity.notMultiple', 0, {}, 'removeLine']]);
  });

  it('holds with a minimum: at least 10, in sixes, is 12', () => {
    const both = productFacts('tea', { minimumBase: 10_000, multipleBase: 6_000 });
    const offered = (count: number): unknown => said(lines(both, [count]));
    const few = { minimumBase: 10_000, totalBase: 6_000 };
    expect(offered(6)).toEqual([['quantity.belowMinimum', 0, few, 12_000, 'removeLine']]);
    expect(offered(10)).toEqual([['quantity.notMultiple', 0, odd(10_000), 12_000, 'removeLine']]);
    expect(offered(12)).toEqual([]);
  });
});

describe('any lines of any product', () => {
  const product = fc
    .record({
      step: fc.constantFrom(1_000, 2_000, 500),
      packs: fc.constantFrom(6, 8, 12),
      minimumBase: fc.option(fc.integer({ min: 1, max: 40_000 }), { nil: undefined }),
      multipleBase: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
    })
    .map(({ step, packs, minimumBase, multipleBase }) =>
      productFacts('tea', {
        step,
        units: [
          { unit: 'piece', factor: 1_000 },
          { unit: 'pack', factor: packs * 1_000 },
        ],
        ...(minimumBase === undefined ? {} : { minimumBase }),
        ...(multipleBase === undefined ? {} : { multipleBase: multipleBase * 1_000 }),
      }),
    );
  const counts = fc.array(fc.tuple(fc.integer({ min: 1, max: 15 }), fc.constantFrom('piece', 'pack')), {
    minLength: 1,
    maxLength: 4,
  });

  it('are right once the quantity that is offered is set', () => {
    fc.assert(
      fc.property(product, counts, (facts, asked) => {
        const before = lines(facts, ...asked.map(([count, unit]): [number, string] => [count * 2, unit]));
        for (const { repairs } of orderQuantityIssues(before)) {
          for (const repair of repairs) {
            if (repair.kind !== 'setQuantity') continue;
            const after = before.flatMap((line): CountedLine[] => {
              if (line.index !== repair.line) return [line];
              const again = measure(
                { quantity: repair.quantity, line: line.index },
                factorOf(facts.units, line.unit) ?? 0,
                facts.step,
              );
              expect(again).not.toHaveProperty('code');
              return 'code' in again ? [] : [{ ...line, ...again }];
            });
            expect(orderQuantityIssues(after)).toEqual([]);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('have one issue at most, and none where neither a minimum nor a multiple is asked', () => {
    fc.assert(
      fc.property(product, counts, (facts, asked) => {
        const issues = orderQuantityIssues(lines(facts, ...asked));
        expect(issues.length).toBeLessThanOrEqual(1);
        if (facts.minimumBase === undefined && facts.multipleBase === undefined) expect(issues).toEqual([]);
        for (const { repairs } of issues) expect(repairs.at(-1)?.kind).toBe('removeLine');
      }),
    );
  });
});
