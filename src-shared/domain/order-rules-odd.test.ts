// Odd orders that the rulebook once tripped over: numbers past what can be counted, repairs that led in circles.
import { describe, expect, it } from 'vitest';
import { repairedLines } from '../mutations/repaired-content.ts';
import type { AskedLine } from './asked-order.ts';
import { NO_CREDIT } from './credit-fixtures.ts';
import type { BranchId, CustomerId, ProductId, PromotionId } from './ids.ts';
import { DEFAULT_REVIEWS } from './lifecycle/reviews.ts';
import type { OrderFacts, ProductFacts } from './order-facts.ts';
import { MAX_LINE_DISCOUNTS } from './order.ts';
import { judgeOrder } from './order-rules.ts';
import type { ManualPricePolicy } from './policy.ts';
import { applyPromotions } from './pricing/apply-promotions.ts';
import { choosePrice, type PriceCandidate } from './pricing/choose-price.ts';
import { listPrice, productFacts, promotion } from './pricing/pricing-fixtures.ts';
import type { Promotion } from './pricing/promotion.ts';
import type { Role } from './role.ts';

interface World {
  product?: Partial<ProductFacts>;
  prices?: PriceCandidate[];
  promotions?: Promotion[];
  policy?: ManualPricePolicy;
  available?: number;
  role?: Role;
}

function judge(lines: readonly AskedLine[], world: World = {}) {
  const facts: OrderFacts = {
    customer: (id) => ({ customerId: id, branchId: 'b' as BranchId, active: true }),
    product: (id) => productFacts(id, world.product),
    prices: () => world.prices ?? [listPrice()],
    promotions: () => world.promotions ?? [],
    ...NO_CREDIT,
    reviews: () => DEFAULT_REVIEWS,
    manualPrices: () => world.policy ?? { clerk: 500, manager: 2_000, admin: 10_000 },
    available: () => world.available ?? 1e13,
  };
  const order = {
    branchId: 'b' as BranchId,
    customerId: 'c' as CustomerId,
    businessDate: '2026-06-15',
    note: '',
    lines,
  };
  return judgeOrder(order, facts, { shortage: 'error', role: world.role ?? 'clerk' });
}
const tea = (quantity: number | undefined, more: Partial<AskedLine> = {}): AskedLine => ({
  productId: 'tea' as ProductId,
  unit: 'piece',
  quantity,
  ...more,
});
const codes = (of: { issues: { code: string }[] }): string[] => of.issues.map(({ code }) => code);

describe('numbers past 2^53 are an issue, never an exception', () => {
  const kilo: Partial<ProductFacts> = {
    baseUnit: 'kg',
    units: [
      { unit: 'kg', factor: 1_000 },
      { unit: 'g', factor: 1 },
    ],
    step: 1,
  };
  it('a price by hand that was typed for a tonne, on a line in grams', () => {
    // 100,000,000 g at 1,000,000.00 a gram: both are allowed, the amount is 10^16.
    const line = tea(1e11, { unit: 'g', manual: { unitPrice: 1e10, reason: 'x' } });
    expect(() => judge([line], { product: kilo, prices: [listPrice({ unit: 'kg' })] })).not.toThrow();
  });
  it('a pallet of a million at the piece price', () => {
    const units = [
      { unit: 'piece', factor: 1_000 },
      { unit: 'pallet', factor: 1e9 },
    ];
    const asked = { unit: 'pallet', baseUnit: 'piece', units, date: '2026-06-15', totalBase: 1_000 };
    expect(choosePrice([listPrice({ unitPrice: 1e10 })], asked)).toBeUndefined();
  });
  const ten = Array.from({ length: 10 }, () => tea(1e9));
  const dear = [listPrice({ unitPrice: 1e11 })];
  it('a threshold with a share', () => {
    const half = promotion('p', { kind: 'threshold', fromMinor: 1, off: { share: 10_000 }, currency: 'CNY' });
    expect(codes(judge(ten, { prices: dear, promotions: [half] }))).toEqual(['order.totalTooLarge']);
  });
  it('buy one, get one', () => {
    const one = promotion('p', { kind: 'free', buyBase: 1_000, freeBase: 1_000, gift: null });
    expect(codes(judge([...ten, ...ten], { prices: dear, promotions: [one] }))).toEqual(['order.totalTooLarge']);
  });
});

it('a line never has more discounts than an order may keep', () => {
  const many = Array.from({ length: MAX_LINE_DISCOUNTS + 1 }, (_, i) =>
    promotion(`p${i}`, { kind: 'percent', off: 100 }),
  );
  const { lines, issues } = judge([tea(1_000)], { prices: [listPrice({ unitPrice: 1e8 })], promotions: many });
  expect(issues.length > 0 || (lines[0]?.discounts?.length ?? 0) <= MAX_LINE_DISCOUNTS).toBe(true);
});

describe('a quantity that is offered mends its product', () => {
  const bags: Partial<ProductFacts> = {
    baseUnit: 'kg',
    units: [
      { unit: 'kg', factor: 1_000 },
      { unit: 'bag', factor: 1_500 },
    ],
    step: 1_000,
    minimumBase: 4_000,
  };
  it('in bags of 1.5 kg where whole kilos are sold', () => {
    const world = { product: bags, prices: [listPrice({ unit: 'kg' })] };
    const offered = judge([tea(2_000, { unit: 'bag' })], world).issues[0]?.repairs[0];
    if (offered?.kind !== 'setQuantity') throw new Error('offers a quantity');
    expect(codes(judge([tea(offered.quantity, { unit: 'bag' })], world))).toEqual([]);
  });
  it('and is offered where 20 kg are to become 25, weighed to the gram', () => {
    const product = { baseUnit: 'kg', units: [{ unit: 'kg', factor: 1_000 }], step: 1, multipleBase: 25_000 };
    const { issues } = judge([tea(20_000, { unit: 'kg' })], { product, prices: [listPrice({ unit: 'kg' })] });
    expect(issues[0]?.repairs[0]).toEqual({ kind: 'setQuantity', line: 0, quantity: 25_000 });
  });
  it('up to a whole step is never more than a line may ask for', () => {
    const world = { product: { step: 7_000 } };
    const offered = judge([tea(1e9)], world).issues[0]?.repairs[0];
    expect(offered && 'quantity' in offered ? codes(judge([tea(offered.quantity)], world)) : []).toEqual([]);
  });
});

describe('taking what is available ends in an order that may be placed', () => {
  it.each([
    ['minimum 10, 7 there', { minimumBase: 10_000 }, 10_000],
    ['by sixes, 7 there', { multipleBase: 6_000 }, 12_000],
  ])('%s', (_, product, quantity) => {
    const world = { product, available: 7_000 };
    const offered = judge([tea(quantity)], world).issues[0]?.repairs[0];
    const after = offered?.kind === 'takeAvailable' ? offered.quantity : 0;
    expect(after === 0 ? [] : codes(judge([tea(after)], world))).toEqual([]);
  });
});

describe('everything that is wrong is said at once', () => {
  it('an impossible price is called impossible, whatever was quoted', () => {
    const line = tea(1_000, { quotedGrossMinor: 90, manual: { unitPrice: -1, reason: 'x' } });
    expect(codes(judge([line]))).toEqual(['price.impossible']);
  });
  it('a price that is not allowed is said together with the amount', () => {
    const line = tea(1_000, { quotedGrossMinor: 100, manual: { unitPrice: 5_000, reason: 'x' } });
    expect(codes(judge([line]))).toContain('price.notAllowed');
  });
});

it('a manager may what a clerk may', () => {
  const line = tea(1_000, { manual: { unitPrice: 9_500, reason: 'x' } });
  const policy = { clerk: 1_000, manager: 0, admin: 10_000 };
  expect(codes(judge([line], { policy, role: 'clerk' }))).toEqual([]);
  expect(codes(judge([line], { policy, role: 'manager' }))).toEqual([]);
});

it('the repairs that are offered together are the same in any order', () => {
  const lines = [
    { productId: 'tea' as ProductId, unit: 'piece', quantity: 5_000, quotedUnitPrice: 10_000, quotedGrossMinor: 400 },
  ];
  const world = { product: { minimumBase: 10_000 } };
  const offered = judge(lines, world).issues.flatMap(({ repairs }) => repairs[0] ?? []);
  expect(offered.map(({ kind }) => kind)).toEqual(['setQuantity', 'acceptAmount']);
  expect(repairedLines(lines, offered)).toEqual(repairedLines(lines, offered.toReversed()));
});

it('a price is not called changed because a line beside it has no quantity yet', () => {
  const tiers = [listPrice(), listPrice({ unitPrice: 9_000, minQuantity: 10_000 })];
  const lines = [tea(9_000, { quotedUnitPrice: 9_000 }), tea(undefined, { quotedUnitPrice: 9_000 })];
  expect(codes(judge(lines, { prices: tiers }))).toEqual(['quantity.notANumber']);
});

it('a line in another currency can be taken off with a key', () => {
  const lines = [tea(1_000), { ...tea(1_000), productId: 'gin' as ProductId }];
  const facts = judge(lines, { prices: [listPrice()] });
  expect(facts.issues).toEqual([]);
  const mixed = judgeOrder(
    { branchId: 'b' as BranchId, customerId: 'c' as CustomerId, businessDate: '2026-06-15', note: '', lines },
    {
      customer: (id) => ({ customerId: id, branchId: 'b' as BranchId, active: true }),
      product: (id) => productFacts(id),
      prices: (id) => [listPrice({ currency: id === 'gin' ? 'GBP' : 'CNY' })],
      promotions: () => [],
      ...NO_CREDIT,
      reviews: () => DEFAULT_REVIEWS,
      manualPrices: () => ({ clerk: 0, manager: 0, admin: 0 }),
      available: () => 1e9,
    },
    { shortage: 'error', role: 'clerk' },
  );
  expect(mixed.issues[0]?.repairs).toEqual([{ kind: 'removeLine', line: 1 }]);
});

it('an exclusive gift has its noodles alone, too', () => {
  const noodles = {
    productId: 'noodles' as ProductId,
    quantityBase: 12_000,
    amountMinor: 5_000,
    name: 'n',
    fixed: false,
  };
  const water = { productId: 'water' as ProductId, quantityBase: 1_000, amountMinor: 300, name: 'w', fixed: false };
  const gift = promotion(
    'gift',
    { kind: 'free', buyBase: 12_000, freeBase: 1_000, gift: water.productId },
    { products: [noodles.productId], exclusive: true },
  );
  const ten = promotion('ten', { kind: 'percent', off: 1_000 }, { place: 1 });
  const by = applyPromotions([noodles, water], [gift, ten], 'CNY').map((off) =>
    off.map(({ promotionId }): PromotionId => promotionId),
  );
  expect(by).toEqual([[], ['gift']]);
});
