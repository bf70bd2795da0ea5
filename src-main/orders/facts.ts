/**
 * What the rules need to know, read from the replica and from what this desk's own unsettled orders take of it.
 *
 * Read set-wise, for all products of an order at once: three statements where one a line and fact would be sixty, and
 * most of the time that placing an order takes besides the disk.
 */
import { sql } from 'kysely';
import type { CustomerFacts, OrderFacts, ProductFacts } from '../../src-shared/domain/order-facts.ts';
import { MAX_ORDER_LINES, type Order } from '../../src-shared/domain/order.ts';
import type { PriceCandidate } from '../../src-shared/domain/price-list.ts';
import type { ProductUnit } from '../../src-shared/domain/unit.ts';
import { allocationOf } from '../../src-shared/mutations/effects.ts';
import { leasedSql, reservedSql } from '../replica/leases.ts';
import { perStore, type StoreReader } from '../store/store.ts';

interface ProductRow {
  product_id: string;
  base_unit: string;
  units: string;
  step: number;
  active: number;
  available: number;
}

interface PriceRow {
  product_id: string;
  price_id: string;
  unit: string;
  unit_price: number;
  valid_from: string;
  valid_to: string | null;
}

interface ListRow {
  price_list_id: string;
  currency: string;
  customer_id: string | null;
}

/** SQL: what is left of a product, in thousandths of the base unit; less than nothing when too much was taken. */
export function availableSql(warehouse: string, product: unknown) {
  return sql<number>`(coalesce((select on_hand - allocated from stock
      where warehouse_id = ${warehouse} and product_id = ${product}), 0)
    + ${leasedSql(warehouse, product)} - ${reservedSql(warehouse, product)})`;
}

const statements = perStore((store: StoreReader) => ({
  customer: store.query<{ id: string }, { branch_id: string; active: number }>((db, p) =>
    db.selectFrom('customer').select(['branch_id', 'active']).where('customer_id', '=', p.id),
  ),
  lists: store.query<{ customer: string }, ListRow>((db, p) =>
    db
      .selectFrom('price_list')
      .select(['price_list_id', 'currency', 'customer_id'])
      .where((eb) => eb.or([eb('customer_id', 'is', null), eb('customer_id', '=', p.customer)])),
  ),
  products: store.query<{ warehouse: string; ids: string }, ProductRow>(
    (_, p) => sql<ProductRow>`select product.product_id, base_unit, units, step, active,
        ${availableSql(p.warehouse, sql.ref('product.product_id'))} as available
      from json_each(${p.ids}) given cross join product on product.product_id = given.value`,
  ),
  prices: store.query<{ list: string; ids: string }, PriceRow>(
    (_, p) => sql<PriceRow>`select price.product_id, price_id, unit, unit_price, valid_from, valid_to
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
    customer: (id): CustomerFacts | undefined => {
      const row = statements(store).customer.get({ id });
      return row && { customerId: id, branchId: row.branch_id as CustomerFacts['branchId'], active: row.active === 1 };
    },
    product: (id): ProductFacts | undefined => {
      const row = products.get(id);
      if (!row) return undefined;
      const { base_unit: baseUnit, step, active } = row;
      return { productId: id, baseUnit, units: parseUnits(row.units), step, active: active === 1 };
    },
    prices: (product, customer) => {
      if (customer !== customerId) throw new Error('facts: asked about another customer');
      return prices.get(product) ?? [];
    },
    available: (product) => products.get(product)?.available ?? 0,
  };
}

/** The same facts where an order's own earlier version counts as there: it may be taken again. */
export function withOwnAllocation(facts: OrderFacts, own: Order | undefined): OrderFacts {
  const held = allocationOf(own);
  return { ...facts, available: (product) => facts.available(product) + (held.get(product) ?? 0) };
}

/**
 * Per product every price that could count: of the base list, and of the customer's own.
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
    currency: list.currency as PriceCandidate['currency'],
    own: list.customer_id !== null,
  };
}

/** Different texts of units in a house: piece alone, and a case of 6, 10, 12, 24 … */
const MAX_KNOWN_UNITS = 500;
const knownUnits = new Map<string, readonly ProductUnit[]>();

/** The units of a product. Hundreds of products share the same few texts, and an order reads twenty of them. */
export function parseUnits(text: string): ProductUnit[] {
  let units = knownUnits.get(text);
  if (!units) {
    units = Object.freeze((JSON.parse(text) as ProductUnit[]).map((unit) => Object.freeze(unit)));
    if (knownUnits.size >= MAX_KNOWN_UNITS) knownUnits.clear();
    knownUnits.set(text, units);
  }
  return units as ProductUnit[];
}
