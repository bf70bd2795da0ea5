/**
 * What the sample's house has decided, besides what its files say: the names of its customer groups, three promotions,
 * and how far from the list its people may go. The same every time; what is there already is left as it is.
 */
import { sql } from 'kysely';
import type { ProductId } from '../../src-shared/domain/ids.ts';
import type { Currency } from '../../src-shared/domain/money.ts';
import type { Policy } from '../../src-shared/domain/policy.ts';
import type { PromotionRule } from '../../src-shared/domain/pricing/promotion.ts';
import type { CentralDb } from '../db/schema.ts';
import { putPolicy } from '../house/policies.ts';
import { putCustomerGroup } from '../house/put-customer-group.ts';
import { putPromotion } from '../house/put-promotion.ts';

const GROUPS = [
  { code: 'VIP', name: '贵宾 VIP' },
  { code: 'WS', name: '批发 Wholesale' },
] as const;

interface SamplePromotion {
  code: string;
  name: string;
  /** On the products whose name has these words; null: on all. */
  named: string | null;
  rule: (currency: Currency) => PromotionRule;
}

/** In the order of their places. */
const PROMOTIONS: readonly SamplePromotion[] = [
  {
    code: 'XMAS10',
    name: '圣诞商品九折 10 % off Christmas',
    named: 'CHRISTMAS',
    rule: () => ({ kind: 'percent', off: 1_000 }),
  },
  {
    code: 'TEN1',
    name: '蛋糕杯买十送一 Cake cases: buy 10, get 1',
    named: 'CAKE CASES',
    rule: () => ({ kind: 'free', buyBase: 10_000, freeBase: 1_000, gift: null }),
  },
  {
    code: 'SPEND100',
    name: '满100减5 5.00 off from 100.00',
    named: null,
    rule: (currency) => ({ kind: 'threshold', fromMinor: 10_000, off: { minor: 500, repeats: false }, currency }),
  },
];

const MANUAL_PRICES: Policy = { name: 'manualPrices', clerk: 500, manager: 2_000, admin: 10_000 };

/** Before the files: they put customers in them. */
export async function seedGroups(db: CentralDb): Promise<void> {
  for (const group of GROUPS) await putCustomerGroup(db, group);
}

/** After the files. @throws Error when a promotion names what the sample does not have. */
export async function seedRules(db: CentralDb, currency: Currency): Promise<void> {
  for (const [place, { code, name, named, rule }] of PROMOTIONS.entries()) {
    const everybody = { branches: [], groups: [], customers: [] };
    const products = named === null ? [] : await productsNamed(db, named);
    const runs = { validFrom: '2010-12-01', validTo: null, active: true, exclusive: false };
    const put = await putPromotion(db, { code, name, ...everybody, products, ...runs, place, rule: rule(currency) });
    if (put.outcome === 'unknown') throw new Error(`the sample's promotion ${code}: there is no ${put.what}`);
  }
  await putPolicy(db, MANUAL_PRICES);
}

/** @throws Error when there is none: the promotion would be on all. */
async function productsNamed(db: CentralDb, words: string): Promise<ProductId[]> {
  const rows = await db
    .selectFrom('product')
    .select('product_id')
    .where('name', 'like', `%${words}%`)
    .orderBy(sql`code collate "C"`)
    .execute();
  if (rows.length === 0) throw new Error(`the sample has no product that is named ${words}`);
  return rows.map((row) => row.product_id as ProductId);
}
