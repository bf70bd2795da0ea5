// Goal: every change at central says who made it, when by both clocks, where, and from what to what; it can be searched, and
// nobody can change it unseen. Method: the people's API, desks' pushes and imports over HTTP, hands in the database itself,
// on a real PostgreSQL.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkSeals, sealAudit } from '../../src-central/audit/seals.ts';
import { writeTransaction } from '../../src-central/db/write-transaction.ts';
import { startTestCentral, type TestCentral } from '../support/central-fixture.ts';
import { peopleApi, type PeopleApi, signedInApi } from '../support/people-api.ts';
import { runToEnd } from '../support/programs.ts';
import { TestDesk } from '../support/test-desk.ts';
import { TEST_PASSWORD } from '../support/test-house.ts';

let central: TestCentral;
let admin: PeopleApi;
let manager: PeopleApi;
let desk: TestDesk;

beforeAll(async () => {
  central = await startTestCentral();
  admin = await signedInApi(central.url, 'admin');
  manager = await signedInApi(central.url, 'manager');
  desk = await TestDesk.enrol(central, 'PD', 'clerk');
});
afterAll(() => central.stop());

type Asked = NonNullable<Parameters<PeopleApi['audit']['list']['query']>[0]>;
type Entry = Awaited<ReturnType<PeopleApi['audit']['list']['query']>>['entries'][number];

async function last(asked: Asked, of = admin): Promise<Entry> {
  const [entry] = (await of.audit.list.query(asked)).entries;
  if (!entry) throw new Error(`the trail has nothing of ${JSON.stringify(asked)}`);
  return entry;
}

/** Derived from what is audited, kept for machines, or a trail already: tables that change without a person's doing. */
const UNHEARD = {
  'orders, whose receipts and versions are their trail': [
    'sales_order',
    'sales_order_line',
    'sales_order_version',
    'receipt',
  ],
  'stock, whose ledger is its trail': ['stock', 'stock_movement'],
  'derived from audited rows': ['customer_account', 'scope_grant', 'catalogue_version'],
  'desks and what they bring back': [
    'incarnation',
    'device_cursor',
    'feed_pin',
    'recovery_desk',
    'reoffered',
    'recovery_finding',
  ],
  'the feed': ['change', 'feed_state', 'feed_time', 'scope_digest', 'xid_gap'],
  'gone with the moment': ['order_presence'],
  'the program itself': ['epoch', 'job_run', 'migration'],
  'the trail itself': ['audit_entry', 'audit_seal'],
};

test('every table of central’s is written down, or is named here with why not', async () => {
  const { rows } = await sql<{ name: string; heard: boolean }>`
    select c.relname as name, exists (
      select from pg_trigger t where t.tgrelid = c.oid and t.tgname in ('audit_added', 'audit_changed')
    ) as heard
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname = 'public' order by c.relname
  `.execute(central.db);
  const unheard = rows.filter(({ heard }) => !heard).map(({ name }) => name);
  expect(unheard.toSorted()).toEqual(Object.values(UNHEARD).flat().toSorted());
});

test('what people do at central stands there with their name, and what was before', async () => {
  const { customers } = central.house;
  const began = Date.now();
  await manager.customers.change.mutate({ customerCode: 'C2', phone: '+86 21 5555 1234' });
  await manager.customers.change.mutate({ customerCode: 'C2', phone: '+86 21 5555 9876' });
  const changed = await last({ subject: 'customer', key: customers['C2']?.customerId });
  expect(changed).toMatchObject({
    via: 'people',
    userName: 'manager',
    branchCode: 'PD',
    action: 'changed',
    before: { phone: '+86 21 5555 1234' },
    after: { phone: '+86 21 5555 9876' },
  });
  expect(Object.keys(changed.after ?? {})).toEqual(['phone']);
  expect(changed.label).toContain('C2');
  expect(changed.at).toBeGreaterThanOrEqual(began - 1_000);

  await admin.users.create.mutate({
    userName: 'mei',
    displayName: '梅',
    role: 'clerk',
    branchCode: 'PD',
    password: 'a-long-enough-password',
  });
  const made = await last({ subject: 'app_user', text: 'mei' });
  expect(made).toMatchObject({ userName: 'admin', action: 'added', before: null });
  expect(made.after).toMatchObject({ display_name: '梅', role: 'clerk', password_hash: '(hidden)' });
  await admin.users.setActive.mutate({ userId: made.key, active: false });
  expect(await last({ subject: 'app_user', key: made.key })).toMatchObject({
    action: 'changed',
    before: { active: true },
    after: { active: false },
  });

  await admin.branches.setOrderMonths.mutate({ branchCode: 'PD', months: 7 });
  expect(await last({ subject: 'branch', text: 'PD' })).toMatchObject({
    userName: 'admin',
    after: { order_months: 7 },
  });
  await admin.customerGroups.put.mutate({ code: 'VIP', name: 'Best' });
  expect(await last({ subject: 'customer_group' })).toMatchObject({
    userName: 'admin',
    action: 'added',
    label: 'VIP Best',
  });
  await manager.enrolment.createCode.mutate({ branchCode: 'PD' });
  expect(await last({ subject: 'enrolment_code' })).toMatchObject({
    userName: 'manager',
    after: { code_hash: '(hidden)' },
  });
  await admin.recovery.backedUp.mutate({ upTo: Date.now() - 60_000 });
  expect(await last({ subject: 'backed_up' })).toMatchObject({ userName: 'admin' });
});

test('signing in and out, enrolling and taking a desk away are there, and no secret is', async () => {
  const other = await TestDesk.enrol(central, 'PD', 'clerk');
  const { deviceId } = other.identity;
  expect(await last({ subject: 'device', key: deviceId })).toMatchObject({
    via: 'desk',
    action: 'added',
    branchCode: 'PD',
  });
  expect(await last({ subject: 'user_session', userName: 'clerk' })).toMatchObject({
    via: 'desk',
    deviceId,
    action: 'added',
    branchCode: 'PD',
  });
  await manager.devices.revoke.mutate({ deviceId });
  expect(await last({ subject: 'device', key: deviceId })).toMatchObject({
    userName: 'manager',
    action: 'changed',
    before: { revoked_at: null },
  });
  const passing = await signedInApi(central.url, 'admin');
  await passing.auth.signOut.mutate();
  expect(await last({ subject: 'api_session' })).toMatchObject({ userName: 'admin', action: 'removed' });

  const { rows } = await sql<{ text: string }>`
    select string_agg(audit_entry::text, ' ') as text from audit_entry
  `.execute(central.db);
  const secrets = await sql<{ secret: string }>`
    select password_hash as secret from app_user
    union all select token_hash::text from api_session
    union all select token_hash::text from device
    union all select public_key from device
    union all select code_hash::text from enrolment_code
  `.execute(central.db);
  expect(secrets.rows.length).toBeGreaterThan(5);
  for (const { secret } of secrets.rows) expect(rows[0]?.text.includes(secret)).toBe(false);
  expect(rows[0]?.text).not.toContain(TEST_PASSWORD);
});

test('an order’s steps are there by both clocks, from version to version, refused ones with their reasons', async () => {
  const order = desk.place([{ product: 'P1', quantity: 2_000 }]);
  await desk.push(order.pushed);
  const { orderId, number } = order.content;
  const placed = await last({ subject: 'order', key: orderId });
  expect(placed).toMatchObject({
    via: 'desk',
    userName: 'clerk',
    deviceId: desk.identity.deviceId,
    deviceName: 'desk of clerk',
    branchCode: 'PD',
    action: 'order.place',
    verdict: 'applied',
    before: null,
    after: { number, status: 'placed', 'line 1': { quantity: 2_000 } },
  });
  const { madeAt } = JSON.parse(order.pushed.body) as { madeAt: number };
  expect(placed.madeAt).toBe(madeAt);
  expect(placed.at).toBeGreaterThan(0);
  const { note: _note, lines: _lines, ...head } = order.content;
  await desk.pushOne(desk.sign(desk.body('order.cancel', { ...head, baseVersion: 1, reason: 'shop is shut' })));
  expect(await last({ text: number })).toMatchObject({
    action: 'order.cancel',
    before: { status: 'placed' },
    after: { status: 'cancelled' },
  });
  const refused = desk.place([{ product: 'P1', quantity: 900_000_000_000 }]);
  await desk.push(refused.pushed);
  const entry = await last({ text: refused.content.number });
  expect(entry).toMatchObject({ userName: 'clerk', verdict: 'refused', before: null });
  expect(entry.after?.['issues']).toContainEqual(expect.objectContaining({ code: expect.any(String) as string }));
});

test('an import’s rows are there one by one in the name of who ran it, and its counts of stock', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'orderdesk-audit-'));
  const imported = async (kind: string, ...rows: string[]): Promise<void> => {
    const file = join(folder, `${kind}.csv`);
    await writeFile(file, rows.join('\n'));
    const args = ['--kind', kind, '--file', file, '--database-url', central.databaseUrl];
    const { exitCode, stderr } = await runToEnd('src-central/import/main.ts', args);
    expect([exitCode, stderr]).toEqual([0, '']);
  };
  await imported('prices', 'code,unit,price,valid_from', 'P1,piece,3.21,2026-01-01');
  const name = `import (${userInfo().username})`;
  const { entries } = await admin.audit.list.query({ subject: 'price', userName: name });
  expect(entries).toHaveLength(1);
  expect(entries[0]?.label).toMatch(/^BASE P1 /);
  expect(entries[0]).toMatchObject({ via: 'program', userId: null, action: 'added' });
  await imported('stock', 'code,quantity,branch', 'P1,43210,PD');
  expect(await last({ subject: 'stock', text: 'P1' })).toMatchObject({ action: 'count', branchCode: 'PD' });
  await rm(folder, { recursive: true });
});

test('what is changed by hand in the database is there as just that', async () => {
  await central.db.connection().execute(async (connection) => {
    await sql`select set_config('application_name', 'psql', false)`.execute(connection);
    await sql`update product set name = name || '!' where code = 'P2'`.execute(connection);
    await sql`select set_config('application_name', 'orderdesk', false)`.execute(connection);
  });
  expect(await last({ subject: 'product', text: 'P2' })).toMatchObject({ via: 'database', action: 'changed' });
  // A mistake that is taken back was no change.
  const { entries } = await admin.audit.list.query({ subject: 'product' });
  await expect(
    writeTransaction(central.db, [], async (tx) => {
      await sql`update product set name = 'gone'`.execute(tx);
      throw new Error('taken back');
    }),
  ).rejects.toThrow('taken back');
  expect((await admin.audit.list.query({ subject: 'product' })).entries).toEqual(entries);
});

test('a manager sees the own branch’s, a clerk nothing, and pages join without a gap', async () => {
  const seen = (await manager.audit.list.query({})).entries;
  expect(seen.length).toBeGreaterThan(3);
  expect(new Set(seen.map(({ branchCode }) => branchCode))).toEqual(new Set(['PD']));
  const elsewhere = await signedInApi(central.url, 'manager-nb');
  expect((await elsewhere.audit.list.query({ subject: 'order' })).entries).toEqual([]);
  const clerk = await signedInApi(central.url, 'clerk');
  for (const refused of [
    () => clerk.audit.list.query({}),
    () => manager.audit.check.query(),
    () => peopleApi(central.url).audit.list.query({}),
  ]) {
    await expect(refused()).rejects.toMatchObject({
      data: { app: { code: expect.stringMatching(/NOT_ALLOWED|SIGNED_OUT/) as string } },
    });
  }

  await writeTransaction(central.db, [], async (tx) => {
    for (let at = 0; at < 250; at += 1) {
      await sql`insert into customer_group (group_id, code, name) values (gen_random_uuid(), ${`G${at}`}, 'x')`.execute(
        tx,
      );
    }
  });
  const all: Entry[] = [];
  let before: Asked['before'];
  do {
    const page = await admin.audit.list.query({ ...(before && { before }) });
    all.push(...page.entries);
    before = page.next ?? undefined;
  } while (before);
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  expect(all.map(({ at }) => at)).toEqual(all.map(({ at }) => at).toSorted((a, b) => b - a));
  const { rows } = await sql<{ count: number }>`
    select (select count(*) from audit_entry) + (select count(*) from receipt where name <> '')
      + (select count(*) from stock_movement where kind in ('opening', 'count', 'recovery')) as count
  `.execute(central.db);
  expect(all).toHaveLength(rows[0]?.count ?? 0);
});

test('no entry can be changed, and whoever takes that refusal away is found out by the seals', async () => {
  const { db, receiptKey: key } = central;
  for (const spoiling of [
    sql`update audit_entry set user_name = 'nobody'`,
    sql`delete from audit_entry`,
    sql`truncate audit_entry`,
    sql`delete from audit_seal`,
  ]) {
    await expect(spoiling.execute(db)).rejects.toThrow('is never changed');
  }

  // Central has done so itself when it started.
  expect(await checkSeals(db, key)).toMatchObject({ seals: 1, broken: null });
  // While somebody writes, nothing is sealed: an entry could still come in between.
  await db.transaction().execute(async (tx) => {
    await sql`update customer_group set name = 'y' where code = 'G1'`.execute(tx);
    expect(await sealAudit(db, key, Date.now())).toBeUndefined();
  });
  expect(await sealAudit(db, key, 1_000)).toBeGreaterThan(250);
  expect(await sealAudit(db, key, 1_500)).toBe(0);
  await sql`update customer_group set name = 'z' where code = 'G2'`.execute(db);
  expect(await sealAudit(db, key, 2_000)).toBe(1);
  const whole = await admin.audit.check.query();
  expect(whole).toMatchObject({ seals: 3, sealedUpTo: 2_000, broken: null });

  const spoilt = (spoil: ReturnType<typeof sql>): Promise<unknown> =>
    db
      .transaction()
      .execute(async (tx) => {
        await sql`alter table audit_entry disable trigger all`.execute(tx);
        await sql`alter table audit_seal disable trigger all`.execute(tx);
        await spoil.execute(tx);
        throw Object.assign(new Error('taken back'), { found: await checkSeals(tx, key) });
      })
      .catch((error: { found?: unknown }) => error.found);
  const { rows } = await sql<{ id: number }>`
    select max(entry_id) as id from audit_entry where subject = 'customer_group' and action = 'added'
  `.execute(db);
  const id = rows[0]?.id ?? 0;
  expect(await spoilt(sql`update audit_entry set user_name = 'nobody' where entry_id = ${id}`)).toMatchObject({
    broken: { sealedAt: 1_000, what: 'entries' },
  });
  expect(await spoilt(sql`delete from audit_entry where entry_id = ${id}`)).toMatchObject({
    broken: { what: 'entries' },
  });
  expect(
    await spoilt(sql`
      insert into audit_entry (entry_id, via, user_name, subject, key, label, action) overriding system value
      select min(entry_id) - 1, 'people', 'x', 'x', 'x', 'x', 'added' from audit_entry`),
  ).toMatchObject({ broken: { what: 'entries' } });
  // Sealed anew by somebody without the key.
  expect(await spoilt(sql`update audit_seal set digest = 'x' || digest where sealed_at = 2000`)).toMatchObject({
    broken: { sealedAt: 2_000, what: 'signature' },
  });
  expect(await spoilt(sql`delete from audit_seal where sealed_at = 1000`)).toMatchObject({
    broken: { sealedAt: 2_000 },
  });
  expect(await checkSeals(db, key)).toEqual(whole);
});
