/** What the tests of prices build on: goods by the piece and by the case of twelve, and promotions for everybody. */
import type { PriceId, ProductId, PromotionId } from '../ids.ts';
import type { ProductFacts } from '../order-facts.ts';
import type { PriceCandidate } from './choose-price.ts';
import type { Promotion, PromotionRule } from './promotion.ts';

export const UNITS = [
  { unit: 'piece', factor: 1_000 },
  { unit: 'case', factor: 12_000 },
];

export function productFacts(id: string, more: Partial<ProductFacts> = {}): ProductFacts {
  return { productId: id as ProductId, baseUnit: 'piece', units: UNITS, step: 1_000, active: true, ...more };
}

/** 1.00 a piece on the base list, in force since long ago. */
export function listPrice(more: Partial<PriceCandidate> = {}): PriceCandidate {
  return {
    priceId: 'price' as PriceId,
    unit: 'piece',
    unitPrice: 10_000,
    validFrom: '2020-01-01',
    validTo: null,
    rev: 1,
    currency: 'CNY',
    of: 'base',
    taxIncluded: false,
    ...more,
  };
}

/** For everybody, on every product, for ever. */
export function promotion(id: string, rule: PromotionRule, more: Partial<Promotion> = {}): Promotion {
  return {
    promotionId: id as PromotionId,
    code: id,
    name: id,
    validFrom: '2020-01-01',
    validTo: null,
    active: true,
    branches: [],
    groups: [],
    customers: [],
    products: [],
    place: 0,
    exclusive: false,
    rule,
    ...more,
  };
}
