/** Customers as people look for them, with their orders and their own prices. */
import { sql, type Selectable } from 'kysely';
import { agingOn, usedMinor } from '../../src-shared/domain/account.ts';
import { businessDay } from '../../src-shared/domain/business-day.ts';
import type { CustomerId } from '../../src-shared/domain/ids.ts';
import type { Currency } from '../../src-shared/domain/money.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { CustomerDetail, CustomerHit, DeskServices } from '../api/desk-services.ts';
import { customerFinder } from '../replica/search/finder.ts';
import type { StoreSchema } from '../store/schema.ts';
import { perStore, type StoreReader } from '../store/store.ts';
import { parseMore, readAccount } from './customer-facts.ts';
import { listOrders } from './list-orders.ts';
import type { OrderDeskParts } from './parts.ts';

/** Orders shown on a customer's page; the list of orders has them all. */
const RECENT_ORDERS = 20;
/** Own prices shown on a customer's page. */
const MAX_OWN_PRICES = 5_000;

type CustomerRow = Selectable<StoreSchema['customer']>;

interface OwnPriceRow {
  product_id: string;
  product_code: string;
  product_name: string;
  unit: string;
  unit_price: number;
  min_quantity: number | null;
  valid_from: string;
  currency: string;
}

const statements = perStore((store: StoreReader) => ({
  finder: customerFinder(store),
  byRowNo: store.query<{ rowNo: number }, CustomerRow>((db, p) =>
    db.selectFrom('customer').selectAll().where('row_no', '=', p.rowNo),
  ),
  byId: store.query<{ id: string }, CustomerRow>((db, p) =>
    db.selectFrom('customer').selectAll().where('customer_id', '=', p.id),
  ),
  page: store.query<{ offset: number; limit: number }, { row_no: number }>(
    (_, p) => sql<{ row_no: number }>`select row_no from customer order by code collate nocase
      limit ${p.limit} offset ${p.offset}`,
  ),
  count: store.query<Record<string, never>, { total: number }>(
    () => sql<{ total: number }>`select count(*) as total from customer`,
  ),
  // An order with an overlay is counted once, as the overlay has it.
  orders: store.query<{ customer: string }, { orders: number; last: number | null }>(
    (_, p) => sql<{ orders: number; last: number | null }>`select count(*) as orders, max(made_at) as last from (
      select made_at from local_order where customer_id = ${p.customer}
      union all
      select made_at from sales_order where customer_id = ${p.customer}
        and order_id not in (select order_id from local_order))`,
  ),
  ownPrices: store.query<{ customer: string; limit: number }, OwnPriceRow>(
    (_, p) => sql<OwnPriceRow>`select price.product_id, product.code as product_code, product.name as product_name,
        price.unit, price.unit_price, price.min_quantity, price.valid_from, price_list.currency
      from price_list join price on price.price_list_id = price_list.price_list_id
        join product on product.product_id = price.product_id
      where price_list.customer_id = ${p.customer}
      order by product.code collate nocase, price.unit, coalesce(price.min_quantity, 0), price.valid_from desc
      limit ${p.limit}`,
  ),
  groupName: store.query<{ id: string }, { name: string }>((db, p) =>
    db.selectFrom('customer_group').select('name').where('group_id', '=', p.id),
  ),
}));

export function customerReads({ store, identity, platform }: OrderDeskParts): DeskServices['customers'] {
  const { finder, byRowNo, byId, page, count } = statements(store);
  const hits = (rowNos: readonly number[]): CustomerHit[] =>
    rowNos.flatMap((rowNo) => {
      const row = byRowNo.get({ rowNo });
      return row ? [hitOf(store, row)] : [];
    });
  return {
    search: ({ text, limit }) => hits(finder.find(text, limit)),
    list: ({ text, offset, limit }) => {
      if (text !== undefined && text.trim() !== '') {
        const { rowNos, total } = finder.page(text, { offset, limit });
        return { rows: hits(rowNos), total };
      }
      const rowNos = page.all({ offset, limit }).map((row) => row.row_no);
      return { rows: hits(rowNos), total: count.get({})?.total ?? 0 };
    },
    get: (customerId) => {
      const row = byId.get({ id: customerId });
      if (!row) throw new AppError({ code: 'NOT_FOUND', retry: 'never', what: 'customer' });
      const timeZone = identity.desk()?.branch.timeZone ?? 'UTC';
      return detailOf(store, row, businessDay(platform.now(), timeZone));
    },
  };
}

function hitOf(store: StoreReader, row: CustomerRow): CustomerHit {
  const counted = statements(store).orders.get({ customer: row.customer_id });
  return {
    customerId: row.customer_id,
    code: row.code,
    name: row.name,
    phone: row.phone,
    active: row.active === 1,
    lastOrderAt: counted?.last ?? null,
    orderCount: counted?.orders ?? 0,
  };
}

function detailOf(store: StoreReader, row: CustomerRow, today: string): CustomerDetail {
  const prices = statements(store).ownPrices.all({ customer: row.customer_id, limit: MAX_OWN_PRICES });
  const { group_id: groupId } = row;
  return {
    ...hitOf(store, row),
    groupName: groupId === null ? null : (statements(store).groupName.get({ id: groupId })?.name ?? ''),
    ownPrices: prices.map((price) => ({
      productId: price.product_id,
      productCode: price.product_code,
      productName: price.product_name,
      unit: price.unit,
      unitPrice: price.unit_price,
      minQuantity: price.min_quantity,
      validFrom: price.valid_from,
      currency: price.currency as Currency,
    })),
    more: parseMore(row.more),
    credit: creditOf(store, row, today),
    recentOrders: listOrders(store, { customerId: row.customer_id, offset: 0, limit: RECENT_ORDERS }).rows,
  };
}

/** One whose terms were taken away may still owe something: then that is shown, without a limit. */
function creditOf(store: StoreReader, row: CustomerRow, today: string): CustomerDetail['credit'] {
  const account = readAccount(store, row.customer_id as CustomerId);
  if (!account) return null;
  const { currency, onOrderMinor } = account;
  const limitMinor = parseMore(row.more).terms?.limitMinor ?? null;
  return { currency, limitMinor, onOrderMinor, usedMinor: usedMinor(account), aging: agingOn(account, today) };
}
