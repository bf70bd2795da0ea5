/** Products as people look for them, with today's price and what is left. */
import { sql, type Selectable } from 'kysely';
import type { Currency } from '../../src-shared/domain/money.ts';
import { choosePrice, type PriceCandidate } from '../../src-shared/domain/pricing/choose-price.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { DeskServices, ProductDetail, ProductHit, ProductPriceRow } from '../api/desk-services.ts';
import { productFinder } from '../replica/search/finder.ts';
import { perStore, type StoreReader } from '../store/store.ts';
import type { StoreSchema } from '../store/schema.ts';
import { businessDay } from '../../src-shared/domain/business-day.ts';
import { availableSql, parseUnits, priceCandidates } from './facts.ts';
import type { OrderDeskParts } from './parts.ts';

type ProductRow = Selectable<StoreSchema['product']> & { available: number };

interface PriceRow {
  price_list_code: string;
  price_list_name: string;
  customer_id: string | null;
  customer_name: string | null;
  group_id: string | null;
  group_name: string | null;
  currency: string;
  tax_included: number | null;
  unit: string;
  unit_price: number;
  min_quantity: number | null;
  valid_from: string;
  valid_to: string | null;
}

type ProductRules = Pick<ProductRow, 'tax_basis_points' | 'minimum_base' | 'multiple_base'>;

const statements = perStore((store: StoreReader) => ({
  finder: productFinder(store),
  byRowNos: store.query<{ rowNos: string; warehouse: string }, ProductRow>(
    (_, p) => sql<ProductRow>`select product.*, ${availableSql(p.warehouse, sql.ref('product.product_id'))} as available
      from json_each(${p.rowNos}) given cross join product on product.row_no = given.value order by given.key`,
  ),
  rowNo: store.query<{ id: string }, { row_no: number }>((db, p) =>
    db.selectFrom('product').select('row_no').where('product_id', '=', p.id),
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
  // By list, since that is how prices are indexed; the base list first, then the groups'.
  prices: store.query<{ product: string }, PriceRow>(
    (_, p) => sql<PriceRow>`select l.code as price_list_code, l.name as price_list_name, l.customer_id,
        customer.name as customer_name, l.group_id, customer_group.name as group_name, l.currency, l.tax_included,
        price.unit, price.unit_price, price.min_quantity, price.valid_from, price.valid_to
      from price_list l cross join price on price.price_list_id = l.price_list_id and price.product_id = ${p.product}
        left join customer on customer.customer_id = l.customer_id
        left join customer_group on customer_group.group_id = l.group_id
      order by l.customer_id is not null, l.group_id is not null, l.code, price.unit,
        coalesce(price.min_quantity, 0), price.valid_from desc`,
  ),
  rules: store.query<{ product: string }, ProductRules>((db, p) =>
    db
      .selectFrom('product')
      .select(['tax_basis_points', 'minimum_base', 'multiple_base'])
      .where('product_id', '=', p.product),
  ),
}));

export function productReads(parts: OrderDeskParts): DeskServices['products'] {
  const { store } = parts;
  const { finder, rowNo, page, count } = statements(store);
  const hits = (rowNos: readonly number[], customerId?: string): ProductHit[] => hitsOf(parts, rowNos, customerId);
  return {
    search: ({ text, limit, customerId }) => hits(finder.find(text, limit), customerId),
    list: ({ text, offset, limit }) => {
      if (text !== undefined && text.trim() !== '') {
        const { rowNos, total } = finder.page(text, { offset, limit });
        return { rows: hits(rowNos), total };
      }
      const rowNos = page.all({ offset, limit }).map((row) => row.row_no);
      return { rows: hits(rowNos), total: count.get({})?.total ?? 0 };
    },
    get: (productId) => {
      const found = rowNo.get({ id: productId });
      const [hit] = found ? hits([found.row_no]) : [];
      if (!hit) throw new AppError({ code: 'NOT_FOUND', retry: 'never', what: 'product' });
      return detailOf(parts, hit);
    },
  };
}

function hitsOf(parts: OrderDeskParts, rowNos: readonly number[], customerId: string | undefined): ProductHit[] {
  const { store, identity, platform } = parts;
  const branch = identity.desk()?.branch;
  const date = businessDay(platform.now(), branch?.timeZone ?? 'UTC');
  const rows = statements(store).byRowNos.all({
    rowNos: JSON.stringify(rowNos),
    warehouse: branch?.warehouseId ?? '',
  });
  const ids = JSON.stringify(rows.map((row) => row.product_id));
  // No customer has an empty id: only the base list then counts.
  const prices = priceCandidates(store, { customerId: customerId ?? '', ids });
  return rows.map((row) => hitOf(row, prices.get(row.product_id) ?? [], date));
}

function hitOf(row: ProductRow, prices: readonly PriceCandidate[], date: string): ProductHit {
  const units = parseUnits(row.units);
  const { base_unit: baseUnit } = row;
  const quote = choosePrice(prices, { unit: baseUnit, baseUnit, units, date, totalBase: 0 });
  return {
    productId: row.product_id,
    code: row.code,
    name: row.name,
    nameAlt: row.name_alt,
    barcode: row.barcode,
    unit: baseUnit,
    units,
    step: row.step,
    active: row.active === 1,
    unitPrice: quote?.unitPrice ?? null,
    currency: quote?.price.currency ?? null,
    ownPrice: quote?.price.of === 'own',
    availableBase: row.available,
  };
}

function detailOf(parts: OrderDeskParts, hit: ProductHit): ProductDetail {
  const { stock, waiting, prices, rules } = statements(parts.store);
  const of = { warehouse: parts.identity.desk()?.branch.warehouseId ?? '', product: hit.productId };
  const held = stock.get(of);
  const ruled = rules.get({ product: hit.productId });
  return {
    ...hit,
    onHandBase: held?.on_hand ?? 0,
    allocatedBase: held?.allocated ?? 0,
    waitingBase: waiting.get(of)?.waiting ?? 0,
    taxBasisPoints: ruled?.tax_basis_points ?? null,
    minimumBase: ruled?.minimum_base ?? null,
    multipleBase: ruled?.multiple_base ?? null,
    prices: prices.all({ product: hit.productId }).map(priceRow),
  };
}

function priceRow(row: PriceRow): ProductPriceRow {
  return {
    priceListCode: row.price_list_code,
    priceListName: row.price_list_name,
    customerId: row.customer_id,
    customerName: row.customer_name,
    groupName: row.group_id === null ? null : (row.group_name ?? ''),
    currency: row.currency as Currency,
    unit: row.unit,
    unitPrice: row.unit_price,
    minQuantity: row.min_quantity,
    taxIncluded: row.tax_included === 1,
    validFrom: row.valid_from,
    validTo: row.valid_to,
  };
}
