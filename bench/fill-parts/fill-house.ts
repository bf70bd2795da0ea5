/**
 * A house of a million rows: 100,000 products, as many prices and stock, 20,000 customers, and a year of orders of twenty
 * lines. A row is a row of central's tables: an order counts with its lines. Written as central writes, changes and all.
 */
import { sql } from 'kysely';
import type { Branch } from '../../src-shared/domain/branch.ts';
import type { Customer } from '../../src-shared/domain/customer.ts';
import type { Order } from '../../src-shared/domain/order.ts';
import { formatOrderNumber } from '../../src-shared/domain/order-number.ts';
import type { Price, PriceList } from '../../src-shared/domain/pricing/price-list.ts';
import type { Product } from '../../src-shared/domain/product.ts';
import type { Stock } from '../../src-shared/domain/stock.ts';
import { uuidV7 } from '../../src-shared/domain/uuid-v7.ts';
import type { RowKind, RowOf } from '../../src-shared/protocol/change.ts';
import { branchScope, CATALOGUE_SCOPE, ordersScope, type Scope } from '../../src-shared/protocol/scope.ts';
import { putOf, recordChanges } from '../../src-central/change-feed/record-changes.ts';
import type { CentralDb, CentralTransaction } from '../../src-central/db/schema.ts';
import { writeTransaction } from '../../src-central/db/write-transaction.ts';
import { seededCustomer, seededProduct, seededRandom } from '../../test/support/seeded-catalogue.ts';

export const LINES = 20;
const AT_A_TIME = 4_000;
const ORDERS_AT_A_TIME = 1_000;
const DAY_MS = 86_400_000;

export interface HouseSize {
  products: number;
  customers: number;
  orders: number;
}

export const FULL_SIZE: HouseSize = { products: 100_000, customers: 20_000, orders: 32_380 };

/** Rows of central's tables that the size comes to. */
export function rowsOf({ products, customers, orders }: HouseSize): number {
  return 3 * products + customers + orders * (1 + LINES);
}

export interface FillHouse {
  branch: Branch;
  products: Product[];
  customers: Customer[];
}

const random = seededRandom(2_026);
let lastId = Date.now() - 400 * DAY_MS;

/** Ids as central makes them: in the order of time. */
function newId(at?: number): string {
  lastId = at ?? lastId + 1;
  return uuidV7(
    lastId,
    Uint8Array.from({ length: 10 }, () => Math.floor(random() * 256)),
  );
}

/** `nowMs`: the day on which the year of orders ends. */
export async function furnishFillHouse(db: CentralDb, size: HouseSize, nowMs: number): Promise<FillHouse> {
  const branch = {
    branchId: newId(),
    code: 'PD',
    name: '浦东店',
    warehouseId: newId(),
    timeZone: 'Asia/Shanghai',
  } as Branch;
  await write(db, 'branch', [{ scope: CATALOGUE_SCOPE, row: branch }]);
  const products = Array.from({ length: size.products }, (_, n): Product => {
    return { ...seededProduct(n, random), productId: newId() as Product['productId'] };
  });
  const list = { priceListId: newId(), code: 'BASE', name: 'Base', currency: 'CNY', customerId: null } as PriceList;
  const customers = Array.from({ length: size.customers }, (_, n): Customer => {
    const customerId = newId() as Customer['customerId'];
    return { ...seededCustomer(n, random), customerId, branchId: branch.branchId };
  });
  const own = branchScope(branch.branchId);
  await write(db, 'product', inScope(CATALOGUE_SCOPE, products));
  await write(db, 'customer', inScope(own, customers));
  await write(db, 'priceList', inScope(CATALOGUE_SCOPE, [list]));
  await write(
    db,
    'price',
    inScope(
      CATALOGUE_SCOPE,
      products.map((product) => priceOf(product, list)),
    ),
  );
  await write(
    db,
    'stock',
    inScope(
      own,
      products.map((product) => stockOf(product, branch)),
    ),
  );
  await writeOrders(db, { branch, products, customers }, { count: size.orders, nowMs });
  await sql`vacuum analyze`.execute(db);
  return { branch, products, customers };
}

function priceOf({ productId }: Product, { priceListId }: PriceList): Price {
  const unitPrice = 5_000 + Math.floor(random() * 200) * 500;
  return {
    priceId: newId() as Price['priceId'],
    priceListId,
    productId,
    unit: 'piece',
    unitPrice,
    validFrom: '2020-01-01',
    validTo: null,
  };
}

function stockOf({ productId }: Product, { warehouseId }: Branch): Stock {
  return { warehouseId, productId, onHand: Math.floor(random() * 1_000) * 1_000, allocated: 0 };
}

function inScope<Row>(scope: Scope, rows: readonly Row[]): { scope: Scope; row: Row }[] {
  return rows.map((row) => ({ scope, row }));
}

async function writeOrders(
  db: CentralDb,
  { branch, products, customers }: FillHouse,
  of: { count: number; nowMs: number },
): Promise<void> {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  for (let from = 0; from < of.count; from += ORDERS_AT_A_TIME) {
    const orders = Array.from({ length: Math.min(ORDERS_AT_A_TIME, of.count - from) }, (_, n): Order => {
      const madeAt = Math.round(of.nowMs - 365 * DAY_MS * (1 - (from + n) / of.count));
      const lines = Array.from({ length: LINES }, (): Order['lines'][number] => ({
        productId: pick(products).productId,
        unit: 'case',
        quantity: 1_000 * (1 + Math.floor(random() * 24)),
        quantityBase: 12_000,
        unitPrice: 255_000,
        amountMinor: 2_550,
        priceKind: 'list',
        priceId: null,
      }));
      const id = newId(madeAt);
      return {
        orderId: id,
        number: formatOrderNumber({ branchCode: 'PD', incarnationCode: 'ZZ', running: from + n + 1 }),
        branchId: branch.branchId,
        warehouseId: branch.warehouseId,
        customerId: pick(customers).customerId,
        status: 'completed',
        note: n % 5 === 0 ? '请在上午送货' : '',
        businessDate: new Date(madeAt).toISOString().slice(0, 10),
        madeAt,
        version: 1,
        currency: 'CNY',
        totalMinor: 2_550 * LINES,
        lines,
        history: [
          {
            version: 1,
            mutationId: id,
            userId: id,
            userName: '小王',
            deviceId: id,
            deviceName: 'Counter 1',
            at: madeAt,
            madeAt,
          },
        ],
      } as unknown as Order;
    });
    await write(
      db,
      'order',
      orders.map((row) => ({ scope: ordersScope(row.branchId, row.businessDate), row })),
    );
  }
}

async function write<K extends RowKind>(
  db: CentralDb,
  kind: K,
  rows: readonly { scope: Scope; row: RowOf<K> }[],
): Promise<void> {
  const count = AT_A_TIME;
  for (let from = 0; from < rows.length; from += count) {
    const some = rows.slice(from, from + count);
    await writeTransaction(db, [], async (tx) => {
      await insert(
        tx,
        kind,
        some.map(({ row }) => row),
      );
      await recordChanges(
        tx,
        some.map(({ scope, row }) => putOf(scope, kind, row, 1)),
      );
    });
  }
}

const TABLES: Partial<Record<RowKind, string>> = { priceList: 'price_list', order: 'sales_order' };

async function insert(tx: CentralTransaction, kind: RowKind, rows: readonly object[]): Promise<void> {
  const table = TABLES[kind] ?? kind;
  if (kind !== 'order') return insertAll(tx, table, rows);
  const orders = rows as Order[];
  await insertAll(
    tx,
    table,
    orders.map((order) => ({ ...order, lines: undefined })),
  );
  const lines = orders.flatMap((order) =>
    order.lines.map((line, index) => ({ orderId: order.orderId, lineNo: index + 1, ...line })),
  );
  await insertAll(tx, 'sales_order_line', lines);
}

/** What a row does not say is left to the table. */
async function insertAll(tx: CentralTransaction, table: string, rows: readonly object[]): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const told = Object.entries(first).filter(([, value]) => value !== undefined);
  const columns = sql.raw(told.map(([name]) => snake(name)).join(', '));
  const given = JSON.stringify(
    rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [snake(name), value as unknown]))),
  );
  await sql`
    insert into ${sql.table(table)} (${columns})
    select ${columns} from json_populate_recordset(null::${sql.table(table)}, ${given}::json)
  `.execute(tx);
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
