/** Products as people look for them, with today's price and what is left. */
import { sql, type Selectable } from 'kysely';
import type { CustomerId, ProductId } from '../../src-shared/domain/ids.ts';
import type { Currency } from '../../src-shared/domain/money.ts';
import { quotePrice } from '../../src-shared/domain/price-list.ts';
import type { OrderFacts } from '../../src-shared/domain/order-facts.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { DeskServices, ProductDetail, ProductHit, ProductPriceRow } from '../api/desk-services.ts';
import { productFinder } from '../replica/search/finder.ts';
import { perStore, type StoreReader } from '../store/store.ts';
import type { StoreSchema } from '../store/schema.ts';
import { businessDay } from './business-day.ts';
import { deskFacts, parseUnits } from './facts.ts';
import type { OrderDeskParts } from './parts.ts';

type ProductRow = Selectable<StoreSchema['product']>;

interface PriceRow {
  price_list_code: string;
  price_list_name: string;
  customer_id: string | null;
  customer_name: string | null;
  currency: string;
  unit: string;
  unit_price: number;
  valid_from: string;
  valid_to: string | null;
}

const statements = perStore((store: StoreReader) => ({
  finder: productFinder(store),
  byRowNo: store.query<{ rowNo: number }, ProductRow>((db, p) =>
    db.selectFrom('product').selectAll().where('row_no', '=', p.rowNo),
  ),
  byId: store.query<{ id: string }, ProductRow>((db, p) =>
    db.selectFrom('product').selectAll().where('product_id', '=', p.id),
  ),
  page: store.query<{ offset: number; limit: number }, { row_no: number }>(
    (_, p) => sql<{ row_no: number }>`select row_no from product order by code collate nocase
      limit ${p.limit} offset ${p.offset}`,
  ),
  count: store.query<Record<string, never>, { total: number }>(
    () => sql<{ total: number }>`select count(*) as total from product`,
  ),
  stock: store.query<{ warehouse: string; product: string }, { on_hand: number; allocated: number }>((db, p) =>
    db
      .selectFrom('stock')
      .select(['on_hand', 'allocated'])
      .where('warehouse_id', '=', p.warehouse)
      .where('product_id', '=', p.product),
  ),
  waiting: store.query<{ warehouse: string; product: string }, { waiting: number }>(
    (_, p) => sql<{ waiting: number }>`select coalesce(sum(quantity_base), 0) as waiting from reservation
      where warehouse_id = ${p.warehouse} and product_id = ${p.product}`,
  ),
  // By list, since that is how prices are indexed; the base list first.
  prices: store.query<{ product: string }, PriceRow>(
    (_, p) => sql<PriceRow>`select l.code as price_list_code, l.name as price_list_name, l.customer_id,
        customer.name as customer_name, l.currency, price.unit, price.unit_price, price.valid_from, price.valid_to
      from price_list l cross join price on price.price_list_id = l.price_list_id and price.product_id = ${p.product}
        left join customer on customer.customer_id = l.customer_id
      order by l.customer_id is not null, l.code, price.unit, price.valid_from desc`,
  ),
}));

export function productReads(parts: OrderDeskParts): DeskServices['products'] {
  const { store } = parts;
  const { finder, byRowNo, byId, page, count } = statements(store);
  const hits = (rowNos: readonly number[], customerId: string | undefined): ProductHit[] => {
    const toHit = hitMaker(parts, customerId);
    return rowNos.flatMap((rowNo) => {
      const row = byRowNo.get({ rowNo });
      return row ? [toHit(row)] : [];
    });
  };
  return {
    search: ({ text, limit, customerId }) => hits(finder.find(text, limit), customerId),
    list: ({ text, offset, limit }) => {
      if (text !== undefined && text.trim() !== '') {
        const { rowNos, total } = finder.page(text, { offset, limit });
        return { rows: hits(rowNos, undefined), total };
      }
      const rowNos = page.all({ offset, limit }).map((row) => row.row_no);
      return { rows: hits(rowNos, undefined), total: count.get({})?.total ?? 0 };
    },
    get: (productId) => {
      const row = byId.get({ id: productId });
      if (!row) throw new AppError({ code: 'NOT_FOUND', retry: 'never', what: 'product' });
      return detailOf(parts, row);
    },
  };
}

/** One set of facts for a whole list of hits: the price lists are looked up once. */
function hitMaker({ store, identity, platform }: OrderDeskParts, customerId: string | undefined) {
  const branch = identity.desk()?.branch;
  const facts = deskFacts(store, branch?.warehouseId ?? '');
  const date = businessDay(platform.now(), branch?.timeZone ?? 'UTC');
  return (row: ProductRow): ProductHit => {
    const units = parseUnits(row.units);
    const quote = quoteOf(row, { facts, customerId, date });
    return {
      productId: row.product_id,
      code: row.code,
      name: row.name,
      nameAlt: row.name_alt,
      barcode: row.barcode,
      unit: row.base_unit,
      units,
      step: row.step,
      active: row.active === 1,
      unitPrice: quote?.unitPrice ?? null,
      currency: quote?.currency ?? null,
      ownPrice: quote?.own ?? false,
      availableBase: facts.available(row.product_id as ProductId),
    };
  };
}

function quoteOf(row: ProductRow, of: { facts: OrderFacts; customerId: string | undefined; date: string }) {
  const { base_unit: baseUnit } = row;
  // No customer has an empty id: only the base list then counts.
  const candidates = of.facts.prices(row.product_id as ProductId, (of.customerId ?? '') as CustomerId);
  return quotePrice(candidates, { unit: baseUnit, baseUnit, units: parseUnits(row.units), date: of.date });
}

function detailOf(parts: OrderDeskParts, row: ProductRow): ProductDetail {
  const { stock, waiting, prices } = statements(parts.store);
  const of = { warehouse: parts.identity.desk()?.branch.warehouseId ?? '', product: row.product_id };
  const held = stock.get(of);
  return {
    ...hitMaker(parts, undefined)(row),
    onHandBase: held?.on_hand ?? 0,
    allocatedBase: held?.allocated ?? 0,
    waitingBase: waiting.get(of)?.waiting ?? 0,
    prices: prices.all({ product: row.product_id }).map(priceRow),
  };
}

function priceRow(row: PriceRow): ProductPriceRow {
  return {
    priceListCode: row.price_list_code,
    priceListName: row.price_list_name,
    customerId: row.customer_id,
    customerName: row.customer_name,
    currency: row.currency as Currency,
    unit: row.unit,
    unitPrice: row.unit_price,
    validFrom: row.valid_from,
    validTo: row.valid_to,
  };
}
