/** What the rules need to know, read from the replica and from what this desk's own unsettled orders take of it. */
import { sql } from 'kysely';
import type { CustomerFacts, OrderFacts, ProductFacts } from '../../src-shared/domain/order-facts.ts';
import type { CustomerId } from '../../src-shared/domain/ids.ts';
import type { PriceCandidate } from '../../src-shared/domain/price-list.ts';
import type { ProductUnit } from '../../src-shared/domain/unit.ts';
import { allocationOf } from '../../src-shared/mutations/effects.ts';
import type { Order } from '../../src-shared/domain/order.ts';
import { perStore, type StoreReader } from '../store/store.ts';

interface PriceRow {
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

const statements = perStore((store: StoreReader) => ({
  customer: store.query<{ id: string }, { branch_id: string; active: number }>((db, p) =>
    db.selectFrom('customer').select(['branch_id', 'active']).where('customer_id', '=', p.id),
  ),
  product: store.query<{ id: string }, { base_unit: string; units: string; step: number; active: number }>((db, p) =>
    db.selectFrom('product').select(['base_unit', 'units', 'step', 'active']).where('product_id', '=', p.id),
  ),
  lists: store.query<{ customer: string }, ListRow>((db, p) =>
    db
      .selectFrom('price_list')
      .select(['price_list_id', 'currency', 'customer_id'])
      .where((eb) => eb.or([eb('customer_id', 'is', null), eb('customer_id', '=', p.customer)])),
  ),
  prices: store.query<{ list: string; product: string }, PriceRow>((db, p) =>
    db
      .selectFrom('price')
      .select(['price_id', 'unit', 'unit_price', 'valid_from', 'valid_to'])
      .where('price_list_id', '=', p.list)
      .where('product_id', '=', p.product),
  ),
  available: store.query<{ warehouse: string; product: string }, { available: number }>(
    (_, p) => sql<{ available: number }>`select
      coalesce((select on_hand - allocated from stock
        where warehouse_id = ${p.warehouse} and product_id = ${p.product}), 0)
      - coalesce((select sum(quantity_base) from reservation
        where warehouse_id = ${p.warehouse} and product_id = ${p.product}), 0) as available`,
  ),
}));

/** @param warehouseId where the orders are delivered from. */
export function deskFacts(store: StoreReader, warehouseId: string): OrderFacts {
  const { customer, product, prices, available } = statements(store);
  let listsOf: { customer: string; lists: ListRow[] } | undefined;
  return {
    customer: (id): CustomerFacts | undefined => {
      const row = customer.get({ id });
      return row && { customerId: id, branchId: row.branch_id as CustomerFacts['branchId'], active: row.active === 1 };
    },
    product: (id): ProductFacts | undefined => {
      const row = product.get({ id });
      if (!row) return undefined;
      const { base_unit: baseUnit, step, active } = row;
      return { productId: id, baseUnit, units: parseUnits(row.units), step, active: active === 1 };
    },
    prices: (productId, customerId) => {
      if (listsOf?.customer !== customerId) listsOf = { customer: customerId, lists: priceLists(store, customerId) };
      const candidates: PriceCandidate[] = [];
      for (const list of listsOf.lists) {
        for (const row of prices.all({ list: list.price_list_id, product: productId })) {
          candidates.push(candidateOf(row, list));
        }
      }
      return candidates;
    },
    available: (productId) => available.get({ warehouse: warehouseId, product: productId })?.available ?? 0,
  };
}

/** The same facts where an order's own earlier version counts as there: it may be taken again. */
export function withOwnAllocation(facts: OrderFacts, own: Order | undefined): OrderFacts {
  const held = allocationOf(own);
  return { ...facts, available: (product) => facts.available(product) + (held.get(product) ?? 0) };
}

/** The base list and, of a known customer, the own lists. */
function priceLists(store: StoreReader, customerId: CustomerId): ListRow[] {
  return statements(store).lists.all({ customer: customerId });
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
