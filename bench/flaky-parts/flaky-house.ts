/** The sample's house on a real PostgreSQL, a central, and one desk's local server at the far end of a spoilt line. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { startCentral } from '../../src-central/central.ts';
import { createEnrolmentCode } from '../../src-central/identity/enrol.ts';
import { newReceiptKey, receiptKeyOf } from '../../src-central/identity/receipt-key.ts';
import { seedSample } from '../../src-central/sample/seed-sample.ts';
import { startLocalServer, type LocalServer } from '../../src-main/hosts/local-server.ts';
import { systemPlatform } from '../../src-main/hosts/system-platform.ts';
import { startTestPostgres } from '../../test/support/central-fixture.ts';
import { newOrderId } from '../../test/support/office.ts';
import { eventually } from '../../test/support/programs.ts';
import { startFaultProxy, type FaultProxy } from '../../test/fault-proxy/fault-proxy.ts';

export interface GivenOrder {
  orderId: string;
  customerId: string;
  lines: { productId: string; unit: string; quantity: number }[];
  note: string;
}

export interface FlakyHouse {
  line: FaultProxy;
  desk: LocalServer;
  orders: GivenOrder[];
  /** The JSON of an order as central keeps it. */
  kept(orderId: string): Promise<string>;
  stop(): Promise<void>;
}

/** @param count orders of so many `lines` are made up, of the products that there is most of. */
export async function startFlakyHouse(count: number, lines: number): Promise<FlakyHouse> {
  const postgres = await startTestPostgres();
  const dataDir = await mkdtemp(path.join(tmpdir(), 'orderdesk-flaky-'));
  const { db } = await postgres.createDatabase();
  const receiptKey = receiptKeyOf(newReceiptKey());
  const central = await startCentral({ db, currency: 'GBP', receiptKey, host: '127.0.0.1', port: 0, logger: false });
  await seedSample(db, 'small');
  const line = await startFaultProxy({ target: central.url, seed: 20_261_123 });
  const branch = await db.selectFrom('branch').selectAll().where('code', '=', 'PD').executeTakeFirstOrThrow();
  const code = await createEnrolmentCode(db, { branchId: branch.branch_id, ttlMinutes: 10 });
  const desk = await startLocalServer({ dataDir, centralUrls: [line.url], platform: systemPlatform });
  const { session, sync } = desk.services;
  await session.enrol({ centralUrl: line.url, code, deviceName: 'Bench' });
  await session.signIn({ userName: 'clerk', password: 'clerk-sample' });
  await eventually(
    () => Promise.resolve(sync.status()),
    (status) => !status.filling && status.asOf !== null,
    { withinMs: 120_000 },
  );
  const products = await sql<{ product_id: string; base_unit: string }>`
    select p.product_id, p.base_unit from product p join stock s using (product_id)
    where p.active and s.warehouse_id = ${branch.warehouse_id} order by s.on_hand - s.allocated desc limit 400
  `.execute(db);
  const customers = await db
    .selectFrom('customer')
    .select('customer_id')
    .where('branch_id', '=', branch.branch_id)
    .where('active', '=', true)
    .limit(50)
    .execute();
  const orders = Array.from({ length: count }, (_, order) => ({
    orderId: newOrderId(),
    customerId: customers[order % customers.length]?.customer_id ?? '',
    lines: Array.from({ length: lines }, (__, index) => {
      const product = products.rows[(order * lines + index) % products.rows.length];
      return { productId: product?.product_id ?? '', unit: product?.base_unit ?? '', quantity: 1 + (index % 3) };
    }),
    note: '',
  }));
  return {
    line,
    desk,
    orders,
    kept: async (orderId) => {
      const { rows } = await sql<{ text: string }>`
        select row_json::text as text from change where kind = 'order' and key = ${orderId} order by rev desc limit 1
      `.execute(db);
      return rows[0]?.text ?? '';
    },
    stop: async () => {
      await desk.close();
      await line.close();
      await central.stop();
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
