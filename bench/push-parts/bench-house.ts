/** One PostgreSQL, two databases with the same house in them: one that central serves, one for the reference. */
import { newReceiptKey, receiptKeyOf } from '../../src-central/identity/receipt-key.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { startCentral } from '../../src-central/central.ts';
import { connectCentral } from '../../src-central/db/connect.ts';
import { startEmbeddedPostgres } from '../../src-central/db/embedded-postgres.ts';
import { readPostmaster } from '../../src-central/db/postmaster.ts';
import { migrateCentral } from '../../src-central/db/migrate.ts';
import type { CentralDb } from '../../src-central/db/schema.ts';
import { formatOrderNumber } from '../../src-shared/domain/order-number.ts';
import { uuidV7 } from '../../src-shared/domain/uuid-v7.ts';
import type { OrderContent } from '../../src-shared/mutations/order-place.ts';
import { processorSeconds, serverSeconds } from '../processor.ts';
import { random32 } from './random.ts';

const PRODUCTS = 2_000;
const CUSTOMERS = 200;
const UNIT_PRICE = 25_500;
export const BENCH_PASSWORD = 'bench-password';

export interface BenchHouse {
  url: string;
  central: CentralDb;
  reference: pg.Client;
  ids: HouseIds;
  /** Contents of new orders; the number is the reference's, a desk gives its own. */
  makeOrders(count: number, lines: number): OrderContent[];
  /** That both sides have really written: the same number of orders, and as many lines, receipts and changes. */
  check(): Promise<void>;
  /** Seconds of processor so far: of this process, which is central and the reference's hand, and of PostgreSQL. */
  processor(): { central: number; PostgreSQL: number };
  stop(): Promise<void>;
}

export interface HouseIds {
  branchId: string;
  warehouseId: string;
  deviceId: string;
  incarnationId: string;
  productIds: string[];
  customerIds: string[];
}

const random = random32(20_261_123);

export function newId(): string {
  const bytes = Uint8Array.from({ length: 10 }, () => random() & 0xff);
  return uuidV7(Date.now(), bytes);
}

export async function startBenchHouse(): Promise<BenchHouse> {
  const folder = await mkdtemp(path.join(tmpdir(), 'orderdesk-bench-'));
  const server = await startEmbeddedPostgres(folder);
  const postmaster = await readPostmaster(path.join(folder, 'postgres'));
  const ids = makeIds();
  const databases: CentralDb[] = [];
  for (const name of ['bench_central', 'bench_reference']) {
    const admin = connectCentral(server.urlOf('postgres'), { connections: 1 });
    await sql`create database ${sql.id(name)}`.execute(admin);
    await admin.destroy();
    const db = connectCentral(server.urlOf(name), { statementTimeoutMs: 0 });
    databases.push(db);
    await migrateCentral(db);
    await furnish(db, ids);
  }
  const [central, referenceDb] = databases;
  if (!central || !referenceDb) throw new Error('two databases are needed');
  const receiptKey = receiptKeyOf(newReceiptKey());
  const node = await startCentral({
    db: central,
    currency: 'GBP',
    receiptKey,
    host: '127.0.0.1',
    port: 0,
    logger: false,
  });
  const reference = new pg.Client({ connectionString: server.urlOf('bench_reference') });
  await reference.connect();
  let running = 0;
  return {
    url: node.url,
    central,
    reference,
    ids,
    makeOrders: (count, lines) =>
      Array.from({ length: count }, () => {
        running += 1;
        return makeOrder(ids, running, lines);
      }),
    processor: () => ({
      central: processorSeconds(process.pid),
      PostgreSQL: postmaster ? serverSeconds(postmaster.pid) : 0,
    }),
    check: () => checkBoth(central, referenceDb),
    stop: async () => {
      await node.stop();
      await reference.end();
      await Promise.all(databases.map((db) => db.destroy()));
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function makeIds(): HouseIds {
  return {
    branchId: newId(),
    warehouseId: newId(),
    deviceId: newId(),
    incarnationId: newId(),
    productIds: Array.from({ length: PRODUCTS }, newId),
    customerIds: Array.from({ length: CUSTOMERS }, newId),
  };
}

export async function furnish(db: CentralDb, ids: HouseIds): Promise<void> {
  const listId = newId();
  await sql`insert into branch values (${ids.branchId}, 'BE', 'Bench', ${ids.warehouseId}, 'Europe/London')`.execute(
    db,
  );
  await sql`
    insert into product (product_id, code, name, initials, base_unit, units, step)
    select id, 'P' || n, 'Product ' || n, 'p', 'piece',
      '[{"unit":"piece","factor":1000},{"unit":"case","factor":12000}]', 1000
    from unnest(${ids.productIds}::uuid[]) with ordinality as given (id, n)
  `.execute(db);
  await sql`
    insert into customer (customer_id, branch_id, code, name, initials)
    select id, ${ids.branchId}, 'C' || n, 'Customer ' || n, 'c'
    from unnest(${ids.customerIds}::uuid[]) with ordinality as given (id, n)
  `.execute(db);
  await sql`insert into price_list values (${listId}, 'BASE', 'Base', 'GBP', null)`.execute(db);
  await sql`
    insert into price (price_id, price_list_id, product_id, unit, unit_price, valid_from)
    select gen_random_uuid(), ${listId}, id, 'piece', ${UNIT_PRICE}, '2020-01-01'
    from unnest(${ids.productIds}::uuid[]) as id
  `.execute(db);
  await sql`
    insert into stock (warehouse_id, product_id, on_hand)
    select ${ids.warehouseId}, id, 1000000000000 from unnest(${ids.productIds}::uuid[]) as id
  `.execute(db);
  // The reference's receipts name a device, too; central's desks enrol themselves.
  await sql`
    insert into device (device_id, name, branch_id, public_key, token_hash)
    values (${ids.deviceId}, 'Bench', ${ids.branchId}, '', ${Buffer.from('bench')})
  `.execute(db);
  await sql`insert into incarnation values (${ids.incarnationId}, ${ids.deviceId}, 'ZZ')`.execute(db);
  // Of the filled tables alone: an empty one would be planned as empty for as long as the connections live.
  await sql`vacuum analyze product, customer, price, stock`.execute(db);
}

export function makeOrder(ids: HouseIds, running: number, lines: number): OrderContent {
  const products = new Set<string>();
  while (products.size < lines) products.add(ids.productIds[random() % PRODUCTS] ?? '');
  return {
    orderId: newId() as OrderContent['orderId'],
    number: formatOrderNumber({ branchCode: 'BE', incarnationCode: 'ZZ', running }),
    branchId: ids.branchId as OrderContent['branchId'],
    warehouseId: ids.warehouseId as OrderContent['warehouseId'],
    customerId: (ids.customerIds[random() % ids.customerIds.length] ?? '') as OrderContent['customerId'],
    businessDate: new Date().toISOString().slice(0, 10),
    note: '',
    lines: [...products].map((productId) => ({
      productId: productId as OrderContent['lines'][number]['productId'],
      unit: 'piece',
      quantity: 1_000 * (1 + (random() % 24)),
      quotedUnitPrice: UNIT_PRICE,
    })),
  };
}

async function checkBoth(central: CentralDb, reference: CentralDb): Promise<void> {
  const [left, right] = await Promise.all([central, reference].map(counts));
  if (JSON.stringify(left) === JSON.stringify(right) && left && Number(left['orders']) > 0) return;
  throw new Error(`the two sides wrote different rows: ${JSON.stringify(left)} and ${JSON.stringify(right)}`);
}

async function counts(db: CentralDb): Promise<Record<string, unknown> | undefined> {
  const { rows } = await sql<Record<string, unknown>>`
    select (select count(*) from sales_order) as orders,
      (select count(*) from sales_order_line) as lines,
      (select count(*) from receipt where verdict = 'applied') as receipts,
      (select count(*) from change where kind = 'order') as order_changes,
      (select count(*) from change where kind = 'receipt') as receipt_changes
  `.execute(db);
  return rows[0];
}
