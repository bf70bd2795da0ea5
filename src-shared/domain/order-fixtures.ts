/** A wholesaler's small catalogue, with everything in it that a price may depend on, for the tests of whole orders. */
import { DEFAULT_REVIEWS } from './lifecycle/reviews.ts';
import type { AskedLine, AskedOrder } from './asked-order.ts';
import { NO_CREDIT } from './credit-fixtures.ts';
import type { BranchId, CustomerId, GroupId, PriceId, ProductId } from './ids.ts';
import { MAX_UNIT_PRICE } from './money.ts';
import type { OrderFacts } from './order-facts.ts';
import { judgeOrder, type Judge, type Judgement } from './order-rules.ts';
import { listPrice, productFacts, promotion } from './pricing/pricing-fixtures.ts';

const PRODUCTS = new Map([
  ['noodles', productFacts('noodles', { taxBasisPoints: 1_300, multipleBase: 6_000 })],
  ['water', productFacts('water', { taxBasisPoints: 1_300 })],
  ['tea', productFacts('tea', { minimumBase: 10_000 })],
  ['gold', productFacts('gold')],
  ['gin', productFacts('gin')],
  ['unpriced', productFacts('unpriced')],
]);
/** Only for "unpriced" there is none. */
const PRICES = new Map([
  ['noodles', [listPrice({ unitPrice: 45_000 }), listPrice({ unit: 'case', unitPrice: 500_000, of: 'group' })]],
  ['water', [listPrice({ unitPrice: 22_600, taxIncluded: true })]],
  [
    'tea',
    [
      listPrice({ unitPrice: 100_000 }),
      listPrice({ priceId: 'tier' as PriceId, unitPrice: 87_654, minQuantity: 20_000 }),
    ],
  ],
  ['gold', [listPrice({ unitPrice: MAX_UNIT_PRICE })]],
  ['gin', [listPrice({ unitPrice: 150_000, currency: 'GBP' })]],
]);
/** For the group "restaurants", in June: water with a case of noodles, then 10 % off tea, then 5.00 off from 100.00 on. */
const SALE = { groups: ['restaurants' as GroupId], validFrom: '2026-06-01', validTo: '2026-06-30' };
const PROMOTIONS = [
  promotion(
    'gift',
    { kind: 'free', buyBase: 12_000, freeBase: 1_000, gift: 'water' as ProductId },
    { ...SALE, products: ['noodles' as ProductId] },
  ),
  promotion('ten', { kind: 'percent', off: 1_000 }, { ...SALE, place: 1, products: ['tea' as ProductId] }),
  promotion(
    'five',
    { kind: 'threshold', fromMinor: 10_000, off: { minor: 500, repeats: true }, currency: 'CNY' },
    { ...SALE, place: 2 },
  ),
];
const BRANCH = 'branch' as BranchId;

const FACTS: OrderFacts = {
  customer: (id) =>
    ({
      restaurant: { customerId: id, branchId: BRANCH, active: true, groupId: 'restaurants' as GroupId },
      school: { customerId: id, branchId: BRANCH, active: true },
    })[id as string],
  product: (id) => PRODUCTS.get(id),
  prices: (id) => PRICES.get(id) ?? [],
  promotions: () => PROMOTIONS,
  ...NO_CREDIT,
  reviews: () => DEFAULT_REVIEWS,
  manualPrices: () => ({ clerk: 500, manager: 2_000, admin: 10_000 }),
  available: (id) => (id === 'gold' ? 1e13 : 150_000),
};

export function askFor(id: string, count: number, more: Partial<AskedLine> = {}): AskedLine {
  return { productId: id as ProductId, unit: 'piece', quantity: count * 1_000, ...more };
}

export interface Asking extends Partial<AskedOrder>, Partial<Judge> {}

/** On the 15th of June, for a restaurant, as central judges a clerk, unless something else is said. */
export function judge(
  lines: readonly AskedLine[],
  { shortage = 'error', role = 'clerk', ...more }: Asking = {},
): Judgement {
  const order = { branchId: BRANCH, customerId: 'restaurant' as CustomerId, businessDate: '2026-06-15', note: '' };
  return judgeOrder({ ...order, lines, ...more }, FACTS, { shortage, role });
}
