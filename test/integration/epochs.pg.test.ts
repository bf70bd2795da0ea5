/**
 * Central's database is set back: put back from real backups, promoted from a real standby, moved to another cluster,
 * under a central that runs or is started on it. Goal: everything that was settled comes back from the desks, once, under
 * its number, its versions in order, whatever order they come in; and no desk goes on with positions of a lost past.
 */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCentral, type Central } from '../../src-central/central.ts';
import { connectCentral } from '../../src-central/db/connect.ts';
import { changeCustomer } from '../../src-central/customers/change-customer.ts';
import { migrateCentral } from '../../src-central/db/migrate.ts';
import type { CentralDb } from '../../src-central/db/schema.ts';
import { isTransientFault } from '../../src-central/db/transient-fault.ts';
import { readServerIdentity } from '../../src-central/db/server-identity.ts';
import { beginEpoch } from '../../src-central/identity/begin-epoch.ts';
import { createEnrolmentCode } from '../../src-central/identity/enrol.ts';
import { newReceiptKey, receiptKeyOf, type ReceiptKey } from '../../src-central/identity/receipt-key.ts';
import { recordBackup, recoveryStatus } from '../../src-central/recovery/recovery-state.ts';
import type { GivenStep } from '../../src-main/api/desk-services.ts';
import { readCursor } from '../../src-main/replica/cursor.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import { EngineDesk } from '../support/engine-desk.ts';
import { eventually } from '../support/programs.ts';
import { RealCluster } from '../support/real-cluster.ts';
import { furnishHouse, setOnHand, type TestHouse } from '../support/test-house.ts';

const KEY = receiptKeyOf(newReceiptKey());
/** Every order of three in the long form; one that brings amendments before their orders in the short one. */
const ARRIVALS =
  process.env['ORDERDESK_FULL'] === '1'
    ? [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
      ]
    : [[2, 1, 0]];

let cluster: RealCluster;
let db: CentralDb;
let house: TestHouse;
let central: Central;
let desks: EngineDesk[] = [];

beforeAll(async () => {
  cluster = await RealCluster.create();
  await open();
  await migrateCentral(db);
  house = await furnishHouse(db);
  await serve();
  for (const userName of ['clerk', 'manager', 'clerk']) desks.push(await enrolled(userName));
  // One that has all of central's rows again before it brings anything back.
  deskAt(0).fillsFirst = true;
}, 120_000);
afterAll(async () => {
  for (const desk of desks) desk.close();
  await central.stop().catch(() => undefined);
  await db.destroy();
  await cluster.destroy();
});

async function open(): Promise<void> {
  db = connectCentral(cluster.url());
}

async function serve(receiptKey: ReceiptKey = KEY): Promise<void> {
  const port = central ? Number(new URL(central.url).port) : 0;
  central = await startCentral({
    db,
    currency: 'GBP',
    receiptKey,
    host: '127.0.0.1',
    port,
    logger: { level: 'silent' },
  });
}

async function restartCentral(receiptKey?: ReceiptKey): Promise<void> {
  await central.stop();
  await db.destroy();
  await open();
  await serve(receiptKey);
}

async function enrolled(userName: string): Promise<EngineDesk> {
  const code = await createEnrolmentCode(db, { branchId: house.pudong.branchId, ttlMinutes: 10 });
  return EngineDesk.enrol({ url: central.url, house }, { code, userName });
}

const deskAt = (index: number): EngineDesk => {
  const desk = desks[index];
  if (!desk) throw new Error(`no desk ${index}`);
  return desk;
};

async function syncAll(...order: number[]): Promise<void> {
  for (const index of order.length > 0 ? order : desks.keys()) await whenServed(() => deskAt(index).sync());
}

/** While central looks at a database that is another than it was, it is busy; desks ask again. */
async function whenServed<T>(work: () => Promise<T>): Promise<T> {
  const done = await eventually(
    async () => {
      try {
        return { result: await work() };
      } catch (error) {
        const passing = error instanceof AppError && error.data.retry === 'later';
        if (!passing && !isTransientFault(error)) throw error;
        return undefined;
      }
    },
    (answer) => answer !== undefined,
  );
  if (!done) throw new Error('not served');
  return done.result;
}

/** What matters of central's state: orders with their history, verdicts, and that stock is what orders hold. */
async function settledState() {
  const orders = await db
    .selectFrom('sales_order')
    .select(['order_id', 'number', 'version', 'status', 'total_minor', 'history'])
    .orderBy('order_id')
    .execute();
  const receipts = await db
    .selectFrom('receipt')
    .select(['mutation_id', 'verdict', 'body_hash', 'superseded_by', 'judged_at'])
    .orderBy('mutation_id')
    .execute();
  const { rows: lines } = await sql<{ product_id: string; held: number }>`
    select product_id, sum(quantity_base)::bigint as held from sales_order_line join sales_order using (order_id)
    where status = 'placed' group by product_id order by product_id
  `.execute(db);
  const stock = await db
    .selectFrom('stock')
    .select(['product_id', 'allocated'])
    .where('warehouse_id', '=', house.pudong.warehouseId)
    .where('allocated', '>', 0)
    .orderBy('product_id')
    .execute();
  expect(stock).toEqual(lines.map((line) => ({ product_id: line.product_id, allocated: line.held })));
  return { orders, receipts };
}

/** Every desk shows what central has, and central's feed says what its tables hold. */
async function expectDesksEqual(): Promise<void> {
  const wanted = byId(await db.selectFrom('sales_order').select(['order_id', 'number', 'version', 'rev']).execute());
  const shownBy = (desk: EngineDesk) =>
    byId(
      desk.store
        .query<Record<string, never>, (typeof wanted)[number]>((reading) =>
          reading.selectFrom('sales_order').select(['order_id', 'number', 'version', 'rev']),
        )
        .all({}),
    );
  const same = (desk: EngineDesk) => JSON.stringify(shownBy(desk)) === JSON.stringify(wanted) && desk.waiting() === 0;
  await eventually(
    () => syncAll().then(() => desks.every(same)),
    (equal) => equal,
    { withinMs: 5_000 },
  ).catch(() => undefined);
  for (const desk of desks) {
    expect(shownBy(desk)).toEqual(wanted);
    expect(desk.waiting()).toBe(0);
    const cursor = readCursor(desk.store);
    await desk.line.transport.digest(
      { protocol: PROTOCOL_VERSION, cursor, thorough: true },
      { token: desk.line.token },
    );
  }
}

function byId<T extends { order_id: string }>(rows: readonly T[]): T[] {
  return rows.toSorted((a, b) => (a.order_id < b.order_id ? -1 : 1));
}

/**
 * Work of three desks after a backup: a new order amended by another desk and then by its own; one of before amended by
 * two desks in turn; a refusal and what mended it; a cancellation.
 */
async function workOn(before: { orderId: string }): Promise<void> {
  const [first, second, third] = [deskAt(0), deskAt(1), deskAt(2)];
  const placed = first.place(2);
  await syncAll();
  await seen(1, placed.orderId, 1);
  second.amend(placed.orderId, 3);
  await syncAll(1);
  await seen(0, placed.orderId, 2);
  first.amend(placed.orderId, 4);
  third.amend(before.orderId, 5);
  await syncAll(0, 2);
  await seen(1, before.orderId, 2);
  second.amend(before.orderId, 6);
  // Refused, for there is not so much; and mended by another amendment.
  const tooMuch = third.place(9_000, 'P5');
  await syncAll(1, 2);
  expect(third.order(tooMuch.orderId).sync).toBe('refused');
  third.amend(tooMuch.orderId, 2, 'P5');
  const given = first.place(1, 'P4');
  await syncAll();
  first.orders.orders.cancel({ orderId: given.orderId, reason: 'not wanted' }, 'en');
  await syncAll();
}

/** Until a desk has an order as central has it: somebody's open transaction may hold the feed up for a moment. */
async function seen(index: number, orderId: string, version: number): Promise<void> {
  await eventually(
    async () => {
      await syncAll(index);
      const shown = deskAt(index).orders.orders.list({ offset: 0, limit: 200 }).rows;
      return shown.some((row) => row.orderId === orderId) ? deskAt(index).order(orderId).version : 0;
    },
    (found) => found === version,
  );
}

async function epochs(): Promise<string[]> {
  const lives = await db.selectFrom('epoch_life').select('reason').orderBy('from_position').execute();
  return lives.map(({ reason }) => reason);
}

/** As when the test began: every desk has what central has, nothing is open. */
async function quiet(): Promise<{ orderId: string; number: string }> {
  const before = deskAt(0).place(1);
  for (const index of desks.keys()) await seen(index, before.orderId, 1);
  return before;
}

test.each(ARRIVALS)(
  'after a backup was put back, what was settled comes back from desks %i, %i, %i, once',
  async (...arrival) => {
    const before = await quiet();
    const backup = await cluster.hotBackup();
    await workOn(before);
    const wanted = await settledState();
    const lives = await epochs();
    await cluster.restore(backup);
    // The one that amended comes before the one that placed.
    await syncAll(...arrival);
    await syncAll(...arrival);
    expect(await settledState()).toEqual(wanted);
    const [reason, ...others] = (await epochs()).slice(lives.length);
    expect(others).toEqual([]);
    // Central looks twice a second how far the log has come; what was written after its last look, a cursor shows.
    expect(['behind', 'cursor']).toContain(reason);
    await expectDesksEqual();
    expect(await recoveryStatus(db, null)).toMatchObject({ open: false, waiting: [] });
    const { findings } = await recoveryStatus(db, null);
    expect(findings.filter(({ kind }) => kind !== 'stock')).toEqual([]);
  },
);

test('an order that was shipped, paid, completed and in part returned comes back so, and what is owed for it', async () => {
  await quiet();
  await changeCustomer(db, {
    customerCode: 'C2',
    change: { terms: { days: 30, limitMinor: null } },
    ofBranch: null,
    currency: 'GBP',
  });
  // All that there is of it is set aside, and leaves: at no moment may less be on hand than is set aside.
  const product = house.products['P3'];
  const { warehouseId } = house.pudong;
  const { allocated } = await db
    .selectFrom('stock')
    .where('warehouse_id', '=', warehouseId)
    .where('product_id', '=', product?.productId ?? '')
    .select('allocated')
    .executeTakeFirstOrThrow();
  await setOnHand(db, { branch: house.pudong, product, onHand: allocated + 3_000 });
  await syncAll();
  const backup = await cluster.coldBackup();
  const [first, second] = [deskAt(0), deskAt(1)];
  const { orderId } = first.place(3, 'P3');
  await syncAll();
  await seen(1, orderId, 1);
  const step = (desk: EngineDesk, of: GivenStep['step']) => desk.orders.orders.step({ orderId, step: of }, 'en');
  const money = { method: 'cash' as const, reference: 'slip 1', on: '2026-06-15' };
  step(second, { do: 'ship', moved: [{ line: 0, quantityBase: 3_000 }] });
  step(second, { do: 'complete' });
  step(second, { do: 'return', moved: [{ line: 0, quantityBase: 1_000 }], reason: 'broken', restock: true });
  step(second, { do: 'pay', minor: 500, ...money });
  await syncAll(1);
  await seen(0, orderId, 5);
  step(first, { do: 'pay', minor: 10, ...money });
  await syncAll();
  const wanted = await settledState();
  const account = await db.selectFrom('customer_account').select(['on_order_minor', 'due']).execute();
  await cluster.restore(backup);
  // Who paid last comes first.
  await syncAll(0, 1, 2);
  await syncAll();
  expect(await settledState()).toEqual(wanted);
  expect(await db.selectFrom('customer_account').select(['on_order_minor', 'due']).execute()).toEqual(account);
  const { findings, waiting } = await recoveryStatus(db, null);
  expect([findings.filter(({ kind }) => kind !== 'stock'), waiting]).toEqual([[], []]);
  await expectDesksEqual();
});

test('an amendment that comes before its order waits at central, is shown as such, and takes effect when it comes', async () => {
  const before = await quiet();
  const backup = await cluster.coldBackup();
  await workOn(before);
  const wanted = await settledState();
  await cluster.restore(backup);
  await syncAll(1);
  const status = await recoveryStatus(db, null);
  expect(status).toMatchObject({ open: true });
  expect(status.waiting.map(({ why }) => why)).toContain('version');
  // A person goes on where the order is not back yet: that waits, too, and is not refused.
  deskAt(1).amend(before.orderId, 7);
  await syncAll(1);
  expect(deskAt(1).order(before.orderId).sync).toBe('held');
  await syncAll(2, 0);
  await syncAll(1);
  // It was made without what has come back: a person looks at that first.
  expect(deskAt(1).order(before.orderId)).toMatchObject({ sync: 'refused', issues: [{ code: 'order.changed' }] });
  deskAt(1).amend(before.orderId, 7);
  await syncAll(1);
  expect(deskAt(1).order(before.orderId)).toMatchObject({ sync: 'applied', version: 4 });
  const now = await settledState();
  const others = (of: typeof wanted) => of.orders.filter((order) => order.order_id !== before.orderId);
  expect(others(now)).toEqual(others(wanted));
  await expectDesksEqual();
  expect(await recoveryStatus(db, null)).toMatchObject({ open: false, waiting: [] });
});

test('what could not be settled when it was brought back is settled later, without its desk', async () => {
  const before = await quiet();
  const backup = await cluster.coldBackup();
  await workOn(before);
  const wanted = await settledState();
  await cluster.restore(backup);
  await whenServed(() =>
    sql`
      create function no_room() returns trigger language plpgsql as $$ begin raise 'no room'; end $$;
      create trigger no_room before insert on receipt for each row execute function no_room();
    `.execute(db),
  );
  await syncAll(0);
  const { waiting } = await recoveryStatus(db, null);
  expect(waiting.map(({ why }) => why)).toContain('fault');
  await sql`drop trigger no_room on receipt; drop function no_room`.execute(db);
  // The first desk has said that it is done; what it left at central comes back as the others are.
  await syncAll(1, 2);
  await syncAll(1, 2);
  expect(await settledState()).toEqual(wanted);
  await expectDesksEqual();
  expect(await recoveryStatus(db, null)).toMatchObject({ open: false, waiting: [] });
});

test('goods that have gone are taken along, not refused, and somebody is told to count', async () => {
  await quiet();
  const backup = await cluster.coldBackup();
  const product = house.products['P3'];
  await setOnHand(db, { branch: house.pudong, product, onHand: 2_000_000 });
  await syncAll();
  const sold = deskAt(0).place(1_500, 'P3');
  await syncAll();
  expect(deskAt(0).order(sold.orderId).sync).toBe('applied');
  await cluster.restore(backup);
  await syncAll();
  await syncAll();
  expect(deskAt(0).order(sold.orderId)).toMatchObject({ sync: 'applied', number: sold.number });
  const { findings } = await recoveryStatus(db, null);
  expect(findings).toContainEqual(
    expect.objectContaining({
      kind: 'stock',
      details: expect.objectContaining({ productId: product?.productId, raisedToBase: 1_500_000 }),
    }),
  );
  await expectDesksEqual();
});

test('a second restore, of the first backup again, brings everything back again', async () => {
  const before = await quiet();
  const backup = await cluster.coldBackup();
  await workOn(before);
  await cluster.restore(backup);
  await syncAll(2, 1, 0);
  await syncAll();
  const nextBefore = await nextIncarnation();
  const more = deskAt(1).place(1);
  await syncAll();
  const wanted = await settledState();
  await cluster.restore(backup);
  await syncAll(1, 0, 2);
  await syncAll();
  expect(await settledState()).toEqual(wanted);
  expect(deskAt(1).order(more.orderId)).toMatchObject({ sync: 'applied', number: more.number });
  await expectDesksEqual();
  // Codes that the first epoch gave out after this backup are not given again by the second, and may be brought back.
  expect(await nextIncarnation()).toBeGreaterThan(nextBefore);
});

async function nextIncarnation(): Promise<number> {
  const { next_incarnation: next } = await db.selectFrom('epoch').select('next_incarnation').executeTakeFirstOrThrow();
  return next;
}

test('a promoted standby that was behind is noticed by a running central before it serves anything', async () => {
  const before = await quiet();
  const standby = await cluster.standby();
  await standby.pause();
  await workOn(before);
  const wanted = await settledState();
  const lost = await newestXid();
  const cursor = readCursor(deskAt(0).store);
  const lives = await epochs();
  await standby.promote();
  // A cursor of before would be taken for one of now.
  await passTransactions(20_000);
  expect(BigInt(await whenServed(newestXid))).toBeGreaterThan(BigInt(lost));
  expect(await epochs()).toEqual([...lives, 'timeline']);
  // The position is there again, under other transactions. A desk of either version is told, and not served from it.
  for (const protocol of [1, 2]) {
    const { transport, token } = deskAt(0).line;
    await expect(transport.pull({ protocol, cursor }, { token })).rejects.toThrow('EPOCH_CHANGED');
  }
  await syncAll(2, 0, 1);
  await syncAll();
  expect(await settledState()).toEqual(wanted);
  await expectDesksEqual();
});

test('a desk that only reads shows what was lost, however far central has gone on since', async () => {
  await quiet();
  const backup = await cluster.coldBackup();
  // More than are passed over when PostgreSQL starts.
  await passTransactions(15_000);
  const lost = deskAt(0).place(1);
  await syncAll(0);
  await seen(2, lost.orderId, 1);
  const lives = await epochs();
  await central.stop();
  await db.destroy();
  await cluster.restore(backup);
  await open();
  // Its witness is lost, too: nothing tells this node what there was.
  await serve();
  expect(await epochs()).toEqual(lives);
  await passTransactions(50_000);
  await syncAll(2);
  expect(await epochs()).toEqual([...lives, 'cursor']);
  await syncAll();
  await syncAll();
  expect(deskAt(0).order(lost.orderId)).toMatchObject({ sync: 'applied', number: lost.number });
  await expectDesksEqual();
});

/** Transaction ids that were given before come again. */
async function passTransactions(count: number): Promise<void> {
  const aside = connectAside();
  await sql
    .raw(`do $$ begin for i in 1..${count} loop perform pg_current_xact_id(); commit; end loop; end $$`)
    .execute(aside)
    .finally(() => aside.destroy());
}

function connectAside(): CentralDb {
  return connectCentral(cluster.url(), { connections: 1 });
}

async function newestXid(): Promise<string> {
  const { rows } = await sql<{ xid: string }>`select pg_snapshot_xmax(pg_current_snapshot())::text as xid`.execute(db);
  return rows[0]?.xid ?? '';
}

test('a node serves the epoch that another node has begun, as soon as a desk comes to it', async () => {
  await quiet();
  const { epoch } = await db.selectFrom('epoch').select('epoch').executeTakeFirstOrThrow();
  await beginEpoch(db, { reason: 'asked', seen: epoch, server: await readServerIdentity(db) });
  await syncAll();
  await syncAll();
  const placed = deskAt(0).place(1);
  await syncAll();
  expect(deskAt(0).order(placed.orderId).sync).toBe('applied');
  await expectDesksEqual();
});

test('a recovery to a point in time begins a new epoch at the next start, also when that start is cut in the middle', async () => {
  const before = await quiet();
  const backup = await cluster.hotBackup();
  await workOn(before);
  const wanted = await settledState();
  const lives = await epochs();
  await central.stop();
  await db.destroy();
  await cluster.restore(backup, { toTimeline: true });
  await open();
  // Somebody holds a row that the new epoch wants; in the middle of it, the connection dies.
  const holder = connectAside();
  await holder.transaction().execute(async (tx) => {
    await tx.updateTable('incarnation').set({ build: 'held' }).execute();
    const starting = serve();
    starting.catch(() => undefined);
    await eventually(
      async () =>
        (
          await cluster.query(
            'house',
            `select pg_terminate_backend(pid) from pg_stat_activity
             where wait_event_type = 'Lock' and query like '%incarnation%' and pid <> pg_backend_pid()`,
          )
        ).length,
      (killed) => killed > 0,
    );
    await expect(starting).rejects.toThrow();
  });
  await holder.destroy();
  await db.destroy();
  await open();
  expect(await epochs()).toEqual(lives);
  await serve();
  expect(await epochs()).toEqual([...lives, 'timeline']);
  await syncAll(1, 2, 0);
  await syncAll();
  expect(await settledState()).toEqual(wanted);
  await expectDesksEqual();
});

test('what was not proven by central’s own key is not taken back, is shown, and comes back once the key does', async () => {
  await quiet();
  const backup = await cluster.coldBackup();
  const lost = deskAt(0).place(1);
  await syncAll();
  await cluster.restore(backup);
  await restartCentral(receiptKeyOf(newReceiptKey()));
  // Under another key no desk can show that anything is missing; the cursor does.
  await syncAll();
  expect((await settledState()).orders.some((order) => order.order_id === lost.orderId)).toBe(false);
  const { findings, open: isOpen } = await recoveryStatus(db, null);
  expect(findings).toContainEqual(expect.objectContaining({ kind: 'unproven' }));
  expect(isOpen).toBe(true);
  await restartCentral(KEY);
  desks[0] = deskAt(0).restart();
  deskAt(0).fillsFirst = true;
  await syncAll();
  await syncAll();
  expect(deskAt(0).order(lost.orderId)).toMatchObject({ sync: 'applied', number: lost.number });
  await expectDesksEqual();
});

test('a desk keeps what it settled until a backup has it, and not longer', async () => {
  const kept = (): number =>
    deskAt(0)
      .store.query<Record<string, never>, { kept: number }>((reading) =>
        reading.selectFrom('journal').select((select) => select.fn.countAll<number>().as('kept')),
      )
      .get({})?.kept ?? 0;
  await quiet();
  await syncAll();
  const before = kept();
  expect(before).toBeGreaterThan(0);
  await recordBackup(db);
  deskAt(0).place(1);
  await syncAll();
  expect(kept()).toBe(1);
});

test('a dump that is read into another cluster has its whole feed again, in positions of that cluster', async () => {
  const before = await quiet();
  await workOn(before);
  const wanted = await settledState();
  await central.stop();
  // What a dump brings along: positions of another count, far ahead, and another cluster's name.
  await sql`update change set xid = (xid::text::bigint + 4000000000)::text::xid8`.execute(db);
  await sql`update feed_state set folded_to = '4100000000'`.execute(db);
  await sql`update epoch set system_identifier = '1'`.execute(db);
  await serve();
  expect((await epochs()).at(-1)).toBe('cluster');
  await syncAll();
  expect(await settledState()).toEqual(wanted);
  await expectDesksEqual();
});
