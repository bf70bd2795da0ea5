/**
 * Faults planted in a real desk's file, beside a real central on a real PostgreSQL. Goal: whatever is wrong in whichever
 * of central's tables, a verification finds it, names the row, puts it right and raises an alarm, here and at central;
 * and the desk's own are not touched by it.
 *
 * Method: a filled desk with settled orders; random corruption through another connection; one verification; then every
 * table must read as it did before.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AlarmRow } from '../../src-main/api/sync-services.ts';
import { startLocalServer, type LocalServer } from '../../src-main/hosts/local-server.ts';
import { systemPlatform } from '../../src-main/hosts/system-platform.ts';
import type { ListedAlarm } from '../../src-central/alarms/alarms.ts';
import { checkScopes, type ScopeFault } from '../../src-central/change-feed/check-scopes.ts';
import { foldFeed } from '../../src-central/change-feed/fold.ts';
import { readGate } from '../../src-central/change-feed/gate.ts';
import { startTestCentral, type TestCentral } from '../support/central-fixture.ts';
import { orderFor } from '../support/office.ts';
import { eventually } from '../support/programs.ts';
import { seededRandom } from '../support/seeded-catalogue.ts';
import { TEST_PASSWORD } from '../support/test-house.ts';

const FULL = process.env['ORDERDESK_FULL'] === '1';
const ROUNDS = FULL ? 300 : 24;

let central: TestCentral;
let server: LocalServer;
let folder: string;
let file: Database;

beforeAll(async () => {
  central = await startTestCentral();
  folder = await mkdtemp(path.join(tmpdir(), 'orderdesk-repair-'));
  server = await startLocalServer({ dataDir: folder, centralUrls: [central.url], platform: systemPlatform });
  const { session, orders, sync } = server.services;
  const code = await central.createEnrolmentCode('PD');
  await session.enrol({ centralUrl: central.url, code, deviceName: 'Counter' });
  await filled();
  await session.signIn({ userName: 'clerk', password: TEST_PASSWORD });
  for (let count = 0; count < 6; count += 1) orders.place(orderFor(central.house, { quantity: 1 + count }), 'en');
  await eventually(
    () => Promise.resolve(sync.status()),
    (status) => status.waiting === 0,
  );
  file = new SqliteDatabase(path.join(folder, 'desk.sqlite'), { timeout: 5_000 });
});
beforeEach(() => {
  for (const { alarmId } of server.services.sync.alarms()) server.services.sync.acknowledgeAlarm(alarmId);
});
afterAll(async () => {
  file?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
  await central.stop();
});

async function filled(): Promise<void> {
  await eventually(
    () => Promise.resolve(server.services.sync.status()),
    (status) => !status.filling && status.asOf !== null,
  );
}

/** Central's tables here: key, kind as the feed has it, columns that may be spoilt. */
const TABLES = {
  branch: { kind: 'branch', keys: ['branch_id'], text: ['name', 'code'], numbers: [] },
  product: { kind: 'product', keys: ['product_id'], text: ['name', 'code', 'units'], numbers: ['step', 'active'] },
  customer: { kind: 'customer', keys: ['customer_id'], text: ['name', 'initials'], numbers: ['active'] },
  price_list: { kind: 'priceList', keys: ['price_list_id'], text: ['name'], numbers: [] },
  price: { kind: 'price', keys: ['price_id'], text: ['unit', 'valid_from'], numbers: ['unit_price'] },
  stock: { kind: 'stock', keys: ['warehouse_id', 'product_id'], text: [], numbers: ['on_hand', 'allocated'] },
  sales_order: { kind: 'order', keys: ['order_id'], text: ['note', 'lines'], numbers: ['total_minor', 'line_count'] },
  receipt: { kind: 'receipt', keys: ['mutation_id'], text: ['verdict', 'issues'], numbers: ['judged_at'] },
  scope_grant: { kind: 'grant', keys: ['scope'], text: [], numbers: [] },
} as const;
type Table = keyof typeof TABLES;

/** Everything that a verification may not leave other than it was; scopes by name, search by what it holds. */
function contents(): unknown {
  const tables = (Object.keys(TABLES) as Table[]).map((table) => {
    const rows = file
      .prepare(
        `select t.*, s.name as scope from ${table} t left join scope s using (scope_id) order by ${TABLES[table].keys.join()}`,
      )
      .all() as Record<string, unknown>[];
    return [table, rows.map(({ row_no: _no, scope_id: _id, ...row }) => readable(row))];
  });
  const words = (index: string, table: string, key: string): unknown[] =>
    file
      .prepare(
        `select w.term, t.${key} as key from ${index}_terms w left join ${table} t on t.row_no = w.doc order by 1, 2`,
      )
      .all();
  const own = ['outbox', 'journal', 'reservation', 'local_order', 'session', 'counter'].map((table) =>
    // When a verdict was heard of may be told again.
    (file.prepare(`select * from ${table} order by 1`).all() as Record<string, unknown>[]).map(
      ({ known_at: _at, ...row }) => row,
    ),
  );
  return {
    tables,
    products: words('product', 'product', 'product_id'),
    customers: words('customer', 'customer', 'customer_id'),
    own,
  };
}

/** The spelling of a JSON text says nothing. */
function readable(row: Record<string, unknown>): Record<string, unknown> {
  const json = new Set(['units', 'lines', 'history', 'issues']);
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, json.has(name) ? (JSON.parse(String(value)) as unknown) : value]),
  );
}

interface Planted {
  kind: string;
  what: string;
  /** The row's key in the feed; undefined of the search's faults. */
  key: string | undefined;
}

const KINDS_OF_FAULT = ['value', 'rev up', 'rev down', 'deleted', 'extra', 'scope', 'no scope', 'search'] as const;

function plant(random: (below: number) => number): Planted {
  const what = KINDS_OF_FAULT[random(KINDS_OF_FAULT.length)] ?? 'value';
  if (what === 'search') return plantSearch(random);
  const names = Object.keys(TABLES) as Table[];
  const table = names[random(names.length)] ?? 'product';
  const { keys, kind, text, numbers } = TABLES[table];
  const rows = file.prepare(`select * from ${table} order by ${keys.join()}`).all() as Record<
    string,
    string | number
  >[];
  const row = rows[random(rows.length)] ?? {};
  const key = keys.map((column) => String(row[column])).join('/');
  const where = keys.map((column) => `${column} = '${row[column]}'`).join(' and ');
  const planted = { kind, what: `${table}: ${what}`, key };
  const scopes = file
    .prepare('select scope_id from scope where scope_id <> ?')
    .pluck()
    .all(row['scope_id']) as number[];
  const columns = [...text, ...numbers];
  const column = columns[random(columns.length || 1)];
  switch (what) {
    case 'value':
      // A grant is nothing but its key.
      if (column === undefined) file.prepare(`delete from ${table} where ${where}`).run();
      else if (text.includes(column as never))
        file.prepare(`update ${table} set ${column} = ${column} || 'x' where ${where}`).run();
      else file.prepare(`update ${table} set ${column} = ${column} + 1 where ${where}`).run();
      return planted;
    case 'rev up':
      file.prepare(`update ${table} set rev = rev + 1000 where ${where}`).run();
      return planted;
    case 'rev down':
      file.prepare(`update ${table} set rev = rev - 1 where ${where}`).run();
      return planted;
    case 'deleted':
      file.prepare(`delete from ${table} where ${where}`).run();
      return planted;
    case 'scope':
      file.prepare(`update ${table} set scope_id = ${scopes[random(scopes.length)]} where ${where}`).run();
      return planted;
    case 'no scope':
      file.prepare(`update ${table} set scope_id = 999999 where ${where}`).run();
      return planted;
    case 'extra': {
      const made = { ...row };
      delete made['row_no'];
      const last = keys.at(-1) ?? '';
      made[last] = table === 'scope_grant' ? `branch:${randomUUID()}` : randomUUID();
      const names2 = Object.keys(made);
      file
        .prepare(`insert into ${table} (${names2.join()}) values (${names2.map((name) => `@${name}`).join()})`)
        .run(made);
      return { ...planted, key: keys.map((each) => String(made[each])).join('/') };
    }
  }
}

function plantSearch(random: (below: number) => number): Planted {
  const kind = random(2) === 0 ? 'product' : 'customer';
  const rows = file.prepare(`select row_no from ${kind}`).pluck().all() as number[];
  const row = rows[random(rows.length)];
  if (random(2) === 0) file.prepare(`delete from ${kind}_search where rowid = ?`).run(row);
  else file.prepare(`insert or replace into ${kind}_search (rowid, grams) values (?, 'nothing of it')`).run(row);
  return { kind, what: `${kind}: search`, key: undefined };
}

function isOf(alarm: AlarmRow, { kind, key }: Planted): boolean {
  if (alarm.kind !== kind || !alarm.mended) return false;
  return key === undefined ? alarm.what === 'search' : alarm.rows.some((row) => row.key === key);
}

/**
 * A second fault of the same row may have undone the first; what the search has of a row is put right with the row; and a
 * scope whose grant was spoilt is filled anew.
 */
function isMendedWith(fault: Planted, other: Planted): boolean {
  if (other.kind === 'grant') return true;
  return other.kind === fault.kind && (other.key === fault.key || fault.key === undefined);
}

test(
  'whatever is spoilt in a replica is found, named, put right and told',
  { timeout: FULL ? 900_000 : 60_000 },
  async () => {
    const fraction = seededRandom(7);
    const random = (below: number): number => Math.floor(fraction() * below);
    const { sync } = server.services;
    expect(await sync.verify()).toMatchObject({ equal: true, alarms: 0 });
    const before = contents();
    for (let round = 0; round < ROUNDS; round += 1) {
      const planted = Array.from({ length: 1 + random(3) }, () => plant(random));
      await sync.verify();
      await filled();
      const alarms = sync.alarms();
      for (const fault of planted) {
        const again = planted.some((other) => other !== fault && isMendedWith(fault, other));
        if (!again)
          expect(
            alarms.some((alarm) => isOf(alarm, fault)),
            `${round}: ${fault.what} ${fault.key} of ${planted.map(({ what }) => what).join()}`,
          ).toBe(true);
      }
      expect(contents(), planted.map(({ what }) => what).join(', ')).toEqual(before);
      for (const { alarmId } of alarms) sync.acknowledgeAlarm(alarmId);
    }
    expect(await sync.verify()).toMatchObject({ equal: true, alarms: 0 });
  },
);

test('more faulty rows than are mended one by one have their scope filled anew', async () => {
  const { sync } = server.services;
  const before = contents();
  file
    .prepare(`insert into stock (warehouse_id, product_id, on_hand, allocated, rev, scope_id)
    with recursive n (i) as (select 1 union all select i + 1 from n where i < 1500)
    select s.warehouse_id, 'extra ' || i, 1, 0, 1, s.scope_id from n, (select * from stock limit 1) s`)
    .run();
  expect(await sync.verify()).toMatchObject({ equal: false, different: ['stock'] });
  expect(sync.alarms()).toMatchObject([{ what: 'tooMany', kind: 'stock' }]);
  await filled();
  await eventually(
    () => Promise.resolve(contents()),
    (now) => JSON.stringify(now) === JSON.stringify(before),
  );
  expect((await sync.verify()).equal).toBe(true);
});

async function people<T>(procedure: string, input?: object): Promise<T> {
  const query = input === undefined;
  const response = await fetch(`${central.url}/trpc/${procedure}`, {
    method: query ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${central.adminToken}` },
    ...(query ? {} : { body: JSON.stringify(input) }),
  });
  return ((await response.json()) as { result: { data: T } }).result.data;
}

test('central hears of a fault once, and keeps it until somebody has acknowledged it', async () => {
  await eventually(
    () => people<ListedAlarm[]>('alarms.list'),
    (alarms) => alarms.length > 0,
  );
  for (const { alarmId } of await people<ListedAlarm[]>('alarms.list')) await people('alarms.acknowledge', { alarmId });
  file.prepare('update stock set on_hand = on_hand + 5').run();
  await server.services.sync.verify();
  const [alarm] = await eventually(
    () => people<ListedAlarm[]>('alarms.list'),
    (alarms) => alarms.length > 0,
  );
  expect(alarm).toMatchObject({ what: 'rows', count: 1, device: { name: 'Counter', branchCode: 'PD' } });
  expect(alarm?.detail).toMatchObject({ count: 6, mended: true });
  expect(JSON.stringify(alarm?.detail)).not.toContain('HANGING HEART');
  expect(await (await fetch(`${central.url}/metrics`)).text()).toMatch(/orderdesk_desk_alarms_total [1-9]/);
  await people('alarms.acknowledge', { alarmId: alarm?.alarmId });
  expect(await people<ListedAlarm[]>('alarms.list')).toEqual([]);
});

test('a row changed at central past the recorder, and a wrong folded sum, are found by night; only the sum is replaced', async () => {
  const faults = async (): Promise<ScopeFault[]> => {
    const found: ScopeFault[] = [];
    await checkScopes(central.db, (fault) => {
      found.push(fault);
      return Promise.resolve();
    });
    return found;
  };
  await foldFeed(central.db, (await readGate(central.db)).horizon);
  expect(await faults()).toEqual([]);
  await sql`update scope_digest set sum = sum + 1 where scope = 'catalogue' and kind = 'price'`.execute(central.db);
  expect(await faults()).toMatchObject([{ scope: 'catalogue', divergence: [], wrongSums: ['price'] }]);
  expect(await faults()).toEqual([]);
  const productId = central.house.products['P5']?.productId;
  await sql`update product set name = name || '!' where product_id = ${productId}`.execute(central.db);
  const told = [{ scope: 'catalogue', divergence: [{ kind: 'product', keys: [productId] }], wrongSums: [] }];
  expect(await faults()).toEqual(told);
  expect(await faults()).toEqual(told);
  // What desks have is what they were told; a person decides which is right.
  expect(server.services.products.search({ text: 'REGENCY', limit: 5 }).map((hit) => hit.name)).toEqual([
    'REGENCY CAKESTAND 3 TIER',
  ]);
});
