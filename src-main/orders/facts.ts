/**
 * What the rules need to know, read from the replica and from what this desk's own unsettled orders take of it.
 *
 * Read set-wise, for all products of an order at once: three statements where one a line and fact would be sixty, and
 * most of the time that placing an order takes besides the disk.
 */
import { sql } from 'kysely';
import { DEFAULT_CREDIT } from '../../src-shared/domain/credit-rules.ts';
import { DEFAULT_FACT_AGE, type FactAgePolicy } from '../../src-shared/domain/fact-age.ts';
import type { OrderFacts, ProductFacts } from '../../src-shared/domain/order-facts.ts';
import { MAX_ORDER_LINES } from '../../src-shared/domain/order.ts';
import { DEFAULT_MANUAL_PRICES, type Policy, type PolicyName } from '../../src-shared/domain/policy.ts';
import type { PriceCandidate } from '../../src-shared/domain/pricing/choose-price.ts';
import type { Promotion } from '../../src-shared/domain/pricing/promotion.ts';
import type { ProductUnit } from '../../src-shared/domain/unit.ts';
import { DEFAULT_REVIEWS } from '../../src-shared/domain/lifecycle/reviews.ts';
import { readAccount, readCustomer } from './customer-facts.ts';
import { leasedSql, reservedSql } from '../replica/leases.ts';
import { perStore, type StoreReader } from '../store/store.ts';

interface ProductRow {
  product_id: string;
  base_unit: string;
  units: string;
  step: number;
  active: number;
  tax_basis_points: number | null;
  minimum_base: number | null;
  multiple_base: number | null;
  available: number;
}

interface PriceRow {
  product_id: string;
  price_id: string;
  unit: string;
  unit_price: number;
  valid_from: string;
  valid_to: string | null;
  min_quantity: number | null;
  rev: number;
}

interface ListRow {
  price_list_id: string;
  currency: string;
  customer_id: string | null;
  group_id: string | null;
  tax_included: number | null;
}

/** SQL: what is left of a product, in thousandths of the base unit; less than nothing when too much was taken. */
export function availableSql(warehouse: string, product: unknown) {
  return sql<number>`(coalesce((select on_hand - allocated from stock
      where warehouse_id = ${warehouse} and product_id = ${product}), 0)
    + ${leasedSql(warehouse, product)} - ${reservedSql(warehouse, product)})`;
}

const statements = perStore((store: StoreReader) => ({
  lists: store.query<{ customer: string }, ListRow>(
    (_, p) => sql<ListRow>`select price_list_id, currency, customer_id, group_id, tax_included from price_list
      where customer_id = ${p.customer} or (customer_id is null and (group_id is null
        or group_id = (select group_id from customer where customer_id = ${p.customer})))`,
  ),
  promotions: store.query<Record<string, never>, { content: string }>((db) =>
    db.selectFrom('promotion').select('content').where('active', '=', 1),
  ),
  policy: store.query<{ name: string }, { content: string }>((db, p) =>
    db.selectFrom('policy').select('content').where('name', '=', p.name),
  ),
  products: store.query<{ warehouse: string; ids: string }, ProductRow>(
    (_, p) => sql<ProductRow>`select product.product_id, base_unit, units, step, active, tax_basis_points,
        minimum_base, multiple_base, ${availableSql(p.warehouse, sql.ref('product.product_id'))} as available
      from json_each(${p.ids}) given cross join product on product.product_id = given.value`,
  ),
  prices: store.query<{ list: string; ids: string }, PriceRow>(
    (_, p) => sql<PriceRow>`select price.product_id, price_id, unit, unit_price, valid_from, valid_to,
        min_quantity, price.rev
      from json_each(${p.ids}) given
        cross join price on price.price_list_id = ${p.list} and price.product_id = given.value`,
  ),
}));

export interface FactsWanted {
  /** Where the orders are delivered from. */
  warehouseId: string;
  customerId: string;
  /** The products that will be asked about; of others nothing is known. */
  productIds: readonly string[];
}

export function deskFacts(store: StoreReader, { warehouseId, customerId, productIds }: FactsWanted): OrderFacts {
  // The rules refuse a longer order without looking at its lines.
  const ids = productIds.length > MAX_ORDER_LINES ? '[]' : JSON.stringify([...new Set(productIds)]);
  const products = new Map<string, ProductRow>();
  for (const row of statements(store).products.all({ warehouse: warehouseId, ids })) products.set(row.product_id, row);
  const prices = priceCandidates(store, { customerId, ids });
  return {
    customer: (id) => readCustomer(store, id),
    credit: (id) => {
      const terms = readCustomer(store, id)?.terms;
      const account = terms && readAccount(store, id);
      return account && { terms, account };
    },
    creditPolicy: () => readPolicy(store, 'credit') ?? DEFAULT_CREDIT,
    product: (id): ProductFacts | undefined => {
      const row = products.get(id);
      if (!row) return undefined;
      const { base_unit: baseUnit, step, active } = row;
      return {
        productId: id,
        baseUnit,
        units: parseUnits(row.units),
        step,
        active: active === 1,
        taxBasisPoints: row.tax_basis_points ?? undefined,
        minimumBase: row.minimum_base ?? undefined,
        multipleBase: row.multiple_base ?? undefined,
      };
    },
    prices: (product, customer) => {
      if (customer !== customerId) throw new Error('facts: asked about another customer');
      return prices.get(product) ?? [];
    },
    promotions: () =>
      statements(store)
        .promotions.all({})
        .map(({ content }) => parsePromotion(content)),
    manualPrices: () => readPolicy(store, 'manualPrices') ?? DEFAULT_MANUAL_PRICES,
    reviews: () => readPolicy(store, 'reviews') ?? DEFAULT_REVIEWS,
    available: (product) => products.get(product)?.available ?? 0,
  };
}

export function readFactAge(store: StoreReader): FactAgePolicy {
  return readPolicy(store, 'factAge') ?? DEFAULT_FACT_AGE;
}

function readPolicy<N extends PolicyName>(store: StoreReader, name: N): Extract<Policy, { name: N }> | undefined {
  const row = statements(store).policy.get({ name });
  return row && (parsePolicy(row.content) as Extract<Policy, { name: N }>);
}

/**
 * Per product every price that could count: of the base list, of their group's, and of the customer's own.
 *
 * @param ids a JSON list of product ids.
 */
export function priceCandidates(
  store: StoreReader,
  { customerId, ids }: { customerId: string; ids: string },
): Map<string, PriceCandidate[]> {
  const found = new Map<string, PriceCandidate[]>();
  for (const list of statements(store).lists.all({ customer: customerId })) {
    for (const row of statements(store).prices.all({ list: list.price_list_id, ids })) {
      const candidates = found.get(row.product_id);
      if (candidates) candidates.push(candidateOf(row, list));
      else found.set(row.product_id, [candidateOf(row, list)]);
    }
  }
  return found;
}

function candidateOf(row: PriceRow, list: ListRow): PriceCandidate {
  return {
    priceId: row.price_id as PriceCandidate['priceId'],
    unit: row.unit,
    unitPrice: row.unit_price,
    validFrom: row.valid_from,
    validTo: row.valid_to,
    minQuantity: row.min_quantity ?? undefined,
    rev: row.rev,
    currency: list.currency as PriceCandidate['currency'],
    of: list.customer_id !== null ? 'own' : list.group_id !== null ? 'group' : 'base',
    taxIncluded: list.tax_included === 1,
  };
}

/** The units of a product. Hundreds of products share the same few texts, and an order reads twenty of them. */
export const parseUnits = rememberedParse<ProductUnit[]>((units) => {
  for (const unit of units) Object.freeze(unit);
});

const parsePromotion = rememberedParse<Promotion>();
const parsePolicy = rememberedParse<Policy>();

/** Different texts that are remembered: of units (piece alone, a case of 6, 10, 12 …), of promotions that run. */
const MAX_REMEMBERED = 500;

/** Parses a text once. What it gives is shared, and frozen. */
function rememberedParse<T extends object>(freeze: (value: T) => void = () => undefined): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    let value = known.get(text);
    if (!value) {
      value = JSON.parse(text) as T;
      freeze(value);
      Object.freeze(value);
      if (known.size >= MAX_REMEMBERED) known.clear();
      known.set(text, value);
    }
    return value;
  };
}
