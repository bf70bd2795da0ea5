// Goal: several promotions on one order take turns as apply-promotions.ts says, and whatever they are, a line costs what
// it cost less what was taken off. Method: a trader's examples, then any promotions on any lines.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProductId } from '../ids.ts';
import { applyPromotions, type PromotedLine } from './apply-promotions.ts';
import { promotion } from './pricing-fixtures.ts';
import type { Promotion, PromotionRule } from './promotion.ts';

function line(id: string, pieces: number, amountMinor: number, more: Partial<PromotedLine> = {}): PromotedLine {
  const name = `${id} ${pieces} ${amountMinor}`;
  return { productId: id as ProductId, quantityBase: pieces * 1_000, amountMinor, name, fixed: false, ...more };
}

/** Of each line, what was taken off by which: "ten 1200". */
function taken(lines: readonly PromotedLine[], promotions: readonly Promotion[]): string[][] {
  return applyPromotions(lines, promotions, 'CNY').map((of) =>
    of.map(({ promotionId, minor }) => `${promotionId} ${minor}`),
  );
}

const tenOff: PromotionRule = { kind: 'percent', off: 1_000 };
const fiveOff: PromotionRule = {
  kind: 'threshold',
  fromMinor: 10_000,
  off: { minor: 500, repeats: false },
  currency: 'CNY',
};
const everyTwelve: PromotionRule = { kind: 'amount', everyBase: 12_000, offMinor: 500, currency: 'CNY' };

describe('promotions', () => {
  it('go one after the other by their place: 10 % off, then 5.00 off from 100.00 on', () => {
    const both = [promotion('five', fiveOff, { place: 2 }), promotion('ten', tenOff, { place: 1 })];
    expect(taken([line('tea', 1, 12_000)], both)).toEqual([['ten 1200', 'five 500']]);
    // 110.00 less 10 % is no longer 100.00.
    expect(taken([line('tea', 1, 11_000)], both)).toEqual([['ten 1100']]);
    const turned = [promotion('five', fiveOff, { place: 1 }), promotion('ten', tenOff, { place: 2 })];
    expect(taken([line('tea', 1, 11_000)], turned)).toEqual([['five 500', 'ten 1050']]);
  });

  it('of equal places go by their id, however they are found', () => {
    const [a, b] = [promotion('a', fiveOff), promotion('b', tenOff)];
    expect(taken([line('tea', 1, 11_000)], [b, a])).toEqual([['a 500', 'b 1050']]);
    expect(taken([line('tea', 1, 11_000)], [a, b])).toEqual([['a 500', 'b 1050']]);
  });

  it('take each a share of what those before them have left', () => {
    const twice = [promotion('a', tenOff), promotion('b', tenOff)];
    expect(taken([line('tea', 1, 10_000)], twice)).toEqual([['a 1000', 'b 900']]);
  });

  it('share out by what the lines still come to: a free case leaves nothing to take the 5.00 from', () => {
    const free: PromotionRule = { kind: 'percent', off: 10_000 };
    const both = [promotion('a', free, { products: ['tea' as ProductId] }), promotion('b', fiveOff)];
    expect(taken([line('tea', 1, 9_000), line('rice', 1, 10_000)], both)).toEqual([['a 9000'], ['b 500']]);
  });

  it('leave alone a line whose price was agreed by hand', () => {
    const all = [promotion('a', tenOff), promotion('b', everyTwelve), promotion('c', fiveOff)];
    expect(taken([line('tea', 12, 50_000, { fixed: true })], all)).toEqual([[]]);
    // It does not help the others to their twelve pieces or their 100.00 either.
    const [, rest] = taken([line('tea', 6, 50_000, { fixed: true }), line('tea', 6, 9_000)], all);
    expect(rest).toEqual(['a 900']);
  });

  it('are none for nothing: without promotions nothing is taken, without lines from nothing', () => {
    expect(taken([line('tea', 1, 100)], [])).toEqual([[]]);
    expect(taken([], [promotion('a', tenOff), promotion('b', fiveOff)])).toEqual([]);
  });
});

describe('an exclusive promotion', () => {
  const onTea = { products: ['tea' as ProductId] };

  it('takes the line alone: nothing that follows touches it, other lines go on', () => {
    const both = [promotion('alone', tenOff, { ...onTea, exclusive: true }), promotion('then', tenOff, { place: 1 })];
    expect(taken([line('tea', 1, 10_000), line('rice', 1, 10_000)], both)).toEqual([['alone 1000'], ['then 1000']]);
  });

  it('leaves a line that another has touched before it', () => {
    const both = [promotion('first', tenOff, onTea), promotion('alone', tenOff, { place: 1, exclusive: true })];
    expect(taken([line('tea', 1, 10_000), line('rice', 1, 10_000)], both)).toEqual([['first 1000'], ['alone 1000']]);
  });

  it('yields to an exclusive one before it', () => {
    const both = [promotion('a', tenOff, { exclusive: true }), promotion('b', fiveOff, { exclusive: true })];
    expect(taken([line('tea', 1, 20_000)], both)).toEqual([['a 2000']]);
  });

  it('that takes nothing closes nothing', () => {
    const both = [promotion('alone', everyTwelve, { exclusive: true }), promotion('then', tenOff, { place: 1 })];
    expect(taken([line('tea', 11, 10_000)], both)).toEqual([['then 1000']]);
    expect(taken([line('tea', 12, 10_000)], both)).toEqual([['alone 500']]);
  });

  it('counts only the lines that it may take: twelve pieces of which one was free already are no twelve', () => {
    const six = line('tea', 6, 6_000);
    const first = promotion('first', { kind: 'free', buyBase: 5_000, freeBase: 1_000, gift: 'rice' as ProductId });
    const alone = promotion('alone', everyTwelve, { place: 1, exclusive: true });
    const rice = (pieces: number): PromotedLine => line('rice', pieces, pieces * 1_000);
    expect(taken([six, rice(12)], [first, alone])).toEqual([[], ['first 1000']]);
    expect(taken([rice(12)], [first, alone])).toEqual([['alone 500']]);
  });

  it('of a threshold takes all the lines that make it up', () => {
    const both = [promotion('alone', fiveOff, { exclusive: true }), promotion('then', tenOff, { place: 1 })];
    expect(taken([line('tea', 1, 6_000), line('rice', 1, 4_000)], both)).toEqual([['alone 300'], ['alone 200']]);
  });
});

const PRODUCTS = ['tea', 'rice', 'salt'];
const someLines = fc.array(
  fc
    .record({
      id: fc.constantFrom(...PRODUCTS),
      pieces: fc.integer({ min: 1, max: 40 }),
      amount: fc.oneof(fc.nat({ max: 200 }), fc.nat({ max: 5_000_000 })),
      fixed: fc.boolean(),
    })
    .map(({ id, pieces, amount, fixed }) => line(id, pieces, amount, { fixed: fixed && amount % 3 === 0 })),
  { maxLength: 7 },
);

const minor = fc.integer({ min: 1, max: 20_000 });
const pieces = fc.integer({ min: 1, max: 12 }).map((count) => count * 1_000);
const share = fc.integer({ min: 1, max: 10_000 });
const someRule: fc.Arbitrary<PromotionRule> = fc.oneof(
  fc.record({ kind: fc.constant('percent' as const), off: share }),
  fc.record({
    kind: fc.constant('amount' as const),
    everyBase: pieces,
    offMinor: minor,
    currency: fc.constant('CNY' as const),
  }),
  fc.record({
    kind: fc.constant('free' as const),
    buyBase: pieces,
    freeBase: pieces,
    gift: fc.constantFrom(null, ...(PRODUCTS as ProductId[])),
  }),
  fc.record({
    kind: fc.constant('threshold' as const),
    fromMinor: minor,
    off: fc.oneof(fc.record({ share }), fc.record({ minor, repeats: fc.boolean() })),
    currency: fc.constant('CNY' as const),
  }),
);
const somePromotions = fc
  .array(
    fc.record({
      rule: someRule,
      place: fc.nat({ max: 2 }),
      exclusive: fc.boolean(),
      products: fc.subarray(PRODUCTS as ProductId[]),
    }),
    { maxLength: 6 },
  )
  .map((found) => found.map(({ rule, ...more }, index) => promotion(`promotion ${index}`, rule, more)));

describe('any promotions on any lines', () => {
  it('take whole cents, never nothing, and never more than the line comes to', () => {
    fc.assert(
      fc.property(someLines, somePromotions, (lines, promotions) => {
        for (const [index, discounts] of applyPromotions(lines, promotions, 'CNY').entries()) {
          let left = lines[index]?.amountMinor ?? 0;
          for (const discount of discounts) {
            expect(Number.isSafeInteger(discount.minor)).toBe(true);
            expect(discount.minor).toBeGreaterThan(0);
            left -= discount.minor;
          }
          expect(left).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('take each line at most once, in their order, and an exclusive one takes it alone', () => {
    fc.assert(
      fc.property(someLines, somePromotions, (lines, promotions) => {
        for (const [index, discounts] of applyPromotions(lines, promotions, 'CNY').entries()) {
          const by = discounts.flatMap(
            ({ promotionId }) => promotions.find((each) => each.promotionId === promotionId) ?? [],
          );
          const turns = by.map(({ place, code }) => `${place} ${code}`);
          expect(turns).toEqual([...new Set(turns)].toSorted());
          if (by.some(({ exclusive }) => exclusive)) expect(by).toHaveLength(1);
          if (lines[index]?.fixed) expect(by).toEqual([]);
          for (const { products, rule } of by) {
            const takesFrom = rule.kind === 'free' && rule.gift !== null ? [rule.gift] : products;
            if (takesFrom.length > 0) expect(takesFrom).toContain(lines[index]?.productId);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('take the same whatever the order of the lines and of the promotions', () => {
    const said = (lines: readonly PromotedLine[], promotions: readonly Promotion[]): string[] =>
      taken(lines, promotions)
        .map((discounts, index) => [lines[index]?.name, lines[index]?.fixed, ...discounts].join(' '))
        .toSorted();
    const turned = <Of>(found: readonly Of[], by: number): Of[] =>
      [...found.slice(by), ...found.slice(0, by)].toReversed();
    fc.assert(
      fc.property(someLines, somePromotions, fc.nat({ max: 6 }), (lines, promotions, by) => {
        expect(said(turned(lines, by), turned(promotions, by))).toEqual(said(lines, promotions));
      }),
      { numRuns: 500 },
    );
  });
});
