import { describe, expect, it } from 'vitest';
import type { PriceId, ProductId, PromotionId } from './ids.ts';
import { isStorableText, LINE_MORE, moreOf, orderLine, type OrderLine } from './order.ts';

const PLAIN: OrderLine = {
  productId: 'tea' as ProductId,
  unit: 'piece',
  quantity: 1_000,
  quantityBase: 1_000,
  unitPrice: 10_000,
  amountMinor: 100,
  priceKind: 'list',
  priceId: 'price' as PriceId,
};

describe('what a line may say besides', () => {
  it('is each field that not every line has', () => {
    const optional = Object.entries(orderLine.shape).flatMap(([name, field]) =>
      field.safeParse(undefined).success ? [name] : [],
    );
    expect([...LINE_MORE].toSorted()).toEqual(optional.toSorted());
  });

  it('is nothing for a line that says nothing', () => {
    expect(moreOf(PLAIN)).toBeUndefined();
  });

  it('is all of it, a tax of nothing too, and no more', () => {
    const more = {
      priceRev: 2,
      discounts: [{ promotionId: 'sale' as PromotionId, minor: 5 }],
      taxBasisPoints: 0,
      taxMinor: 0,
    };
    expect(moreOf({ ...PLAIN, ...more })).toStrictEqual(more);
  });
});

describe('a text', () => {
  it('can be kept unless it has a NUL or half a character in it', () => {
    expect(['', 'tea', '茶', '👩‍👩‍👧'].map(isStorableText)).toEqual([true, true, true, true]);
    expect(['a\0', '\ud83c', '\udf84x'].map(isStorableText)).toEqual([false, false, false]);
  });
});
