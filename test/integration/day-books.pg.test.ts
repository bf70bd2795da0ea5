// Goal: of each business day a branch and head office can say that their books are the same, in count, total and every
// single order; where they are not, which order it is, and put it right. Method: a real desk with orders, changes and faults
// planted in its file, beside a real central on a real PostgreSQL.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startLocalServer, type LocalServer } from '../../src-main/hosts/local-server.ts';
import { systemPlatform } from '../../src-main/hosts/system-platform.ts';
import { businessDay } from '../../src-shared/domain/business-day.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import { startTestCentral, type TestCentral } from '../support/central-fixture.ts';
import { newOrderId, orderFor } from '../support/office.ts';
import { eventually } from '../support/programs.ts';
import { known, TestDesk } from '../support/test-desk.ts';
import { TEST_PASSWORD } from '../support/test-house.ts';

let central: TestCentral;
let server: LocalServer;
let folder: string;
let file: Database;
let day: string;
const placed: string[] = [];

beforeAll(async () => {
  central = await startTestCentral();
  folder = await mkdtemp(path.join(tmpdir(), 'orderdesk-day-'));
  server = await startLocalServer({ dataDir: folder, centralUrls: [central.url], platform: systemPlatform });
  const { session, orders, sync } = server.services;
  const code = await central.createEnrolmentCode('PD');
  await session.enrol({ centralUrl: central.url, code, deviceName: 'Counter' });
  await eventually(
    () => Promise.resolve(sync.status()),
    (status) => !status.filling && status.asOf !== null,
  );
  await session.signIn({ userName: 'clerk', password: TEST_PASSWORD });
  day = businessDay(Date.now(), central.house.pudong.timeZone);
  for (let count = 0; count < 7; count += 1) {
    const given = orderFor(central.house, { quantity: 1 + count });
    orders.place(given, 'en');
    placed.push(given.orderId);
  }
  await settled();
  file = new SqliteDatabase(path.join(folder, 'desk.sqlite'), { timeout: 5_000 });
});
afterAll(async () => {
  file?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
  await central.stop();
});

async function settled(): Promise<void> {
  await eventually(
    () => Promise.resolve(server.services.sync.status()),
    (status) => status.waiting === 0,
  );
}

const at = (index: number): string => known(placed[index]);
const compared = () => server.services.sync.compareDay(day);
const failing = (code: string): object => ({ data: { code } });

test('what both have is said in count and total, as central’s own tables have it, also after changes', async () => {
  const first = await compared();
  expect(first).toMatchObject({ day, equal: true, differing: [], unsettled: { orders: 0 } });
  expect(first.here).toEqual(first.central);
  server.services.orders.cancel({ orderId: at(0), reason: 'shop is shut' }, 'en');
  server.services.orders.amend({ ...orderFor(central.house, { orderId: at(1), quantity: 50 }), baseVersion: 1 }, 'en');
  await settled();
  const { here, equal } = await compared();
  expect(equal).toBe(true);
  const { rows } = await sql<{ orders: number; total: number }>`
    select count(*) as orders, sum(total_minor)::bigint as total from sales_order
    where business_date = ${day} and status <> 'cancelled' and branch_id = ${central.house.pudong.branchId}
  `.execute(central.db);
  const { orders, total } = known(rows[0]);
  expect(here).toEqual({ orders, cancelled: 1, totals: [{ currency: 'GBP', minor: total }] });
});

test('an order that is missing, another, or too many is named with what it comes to on each side, and put right', async () => {
  const total = (orderId: string) =>
    (file.prepare('select total_minor as total from sales_order where order_id = ?').get(orderId) as { total: number })
      .total;
  const [lost, changed] = [total(at(2)), total(at(3))];
  const stray = newOrderId();
  file.prepare('delete from sales_order where order_id = ?').run(at(2));
  file.prepare('update sales_order set total_minor = total_minor + 5 where order_id = ?').run(at(3));
  // The same count and the same total: only the digest of each tells.
  file.prepare('update sales_order set note = ? where order_id = ?').run('spoilt', at(4));
  file.exec('create temp table copied as select * from sales_order limit 1');
  file
    .prepare(
      `update copied set order_id = ?, number = 'PD-ZZ-1', status = 'placed', business_date = ?, total_minor = 77`,
    )
    .run(stray, day);
  file.exec('insert into sales_order select * from copied; drop table copied');

  const { equal, differing, here, central: theirs } = await compared();
  expect(equal).toBe(false);
  expect(here.orders).toBe(theirs.orders);
  const byId = Object.fromEntries((differing ?? []).map(({ orderId, number: _number, ...fault }) => [orderId, fault]));
  expect(byId).toEqual({
    [at(2)]: { fault: 'missing', currency: 'GBP', hereMinor: null, centralMinor: lost },
    [at(3)]: { fault: 'different', currency: 'GBP', hereMinor: changed + 5, centralMinor: changed },
    [at(4)]: { fault: 'different', currency: 'GBP', hereMinor: total(at(4)), centralMinor: total(at(4)) },
    [stray]: { fault: 'extra', currency: 'GBP', hereMinor: 77, centralMinor: null },
  });

  expect(await server.services.sync.mendDay(day)).toMatchObject({ equal: true, differing: [] });
  expect(await compared()).toMatchObject({ equal: true });
  expect(total(at(3))).toBe(changed);
  expect(server.services.sync.alarms()).toContainEqual(
    expect.objectContaining({ kind: 'order', count: 4, mended: true }),
  );
});

test('what waits here is told apart and is no difference; without a line it says so, and of a month that is not kept', async () => {
  const { sync, orders } = server.services;
  sync.holdBack(true);
  orders.place(orderFor(central.house, { quantity: 3 }), 'en');
  const held = await compared();
  expect(held).toMatchObject({ equal: true, unsettled: { orders: 1 } });
  expect(held.unsettled.totals[0]?.minor).toBeGreaterThan(0);
  sync.holdBack(false);
  await settled();
  const sent = await compared();
  expect(sent).toMatchObject({ equal: true, unsettled: { orders: 0 } });
  expect(sent.here.orders).toBe(held.here.orders + 1);
  await expect(sync.compareDay('2001-01-01')).rejects.toMatchObject(failing('NOT_FOUND'));
  await expect(sync.mendDay('2001-01-01')).rejects.toMatchObject(failing('NOT_FOUND'));
});

test('another branch’s desk has its own books', async () => {
  const desk = await TestDesk.enrol(central, 'NB', 'clerk-nb');
  await desk.pull();
  const answer = await fetch(`${central.url}/sync/day-book`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${desk.identity.deviceToken}` },
    body: JSON.stringify({ protocol: PROTOCOL_VERSION, cursor: desk.cursor, day }),
  });
  const body: unknown = await answer.json();
  expect(body).toMatchObject({ book: { orders: 0, cancelled: 0, totals: [] }, orders: [] });
});
