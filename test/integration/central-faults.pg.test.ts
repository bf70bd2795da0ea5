/**
 * Faults of the database under a push, on a real PostgreSQL. Goal: none of them becomes a refusal, and none is blamed on
 * the mutation that met it: the desk is told that central is busy, keeps what it has, and gets its verdict later.
 *
 * Method: a trigger raises the very SQLSTATE, once or until told otherwise, while an order is being written; what can be
 * brought about for real (a connection killed, a statement cancelled, a lock waited for too long) is.
 */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectCentral } from '../../src-central/db/connect.ts';
import { warehouseLock } from '../../src-central/db/lock-keys.ts';
import { isTransientFault } from '../../src-central/db/transient-fault.ts';
import { lockNumber } from '../../src-central/db/write-transaction.ts';
import type { CentralDb } from '../../src-central/db/schema.ts';
import { startTestCentral, type TestCentral } from '../support/central-fixture.ts';
import { TestDesk } from '../support/test-desk.ts';

let central: TestCentral;
let desk: TestDesk;
/** Connections of its own: central's may be killed. */
let house: CentralDb;

beforeAll(async () => {
  central = await startTestCentral(undefined, { logLevel: 'silent' });
  desk = await TestDesk.enrol(central, 'PD', 'clerk');
  house = connectCentral(central.databaseUrl, { connections: 2, statementTimeoutMs: 0 });
  await sql`create table fault (code text not null, times integer not null)`.execute(house);
  // A sequence is not rolled back with the transaction that failed: so a fault can be told to happen n times.
  await sql`create sequence fault_met`.execute(house);
  await sql`
    create function meet_fault() returns trigger language plpgsql as $$
    declare f record;
    begin
      select * into f from fault limit 1;
      if not found or nextval('fault_met') > f.times then return new; end if;
      if f.code = 'sleep' then perform pg_sleep(60); return new; end if;
      raise exception 'a fault for the test' using errcode = f.code;
    end $$
  `.execute(house);
  await sql`create trigger meet_fault before insert on sales_order for each row execute function meet_fault()`.execute(
    house,
  );
});
afterAll(async () => {
  await house.destroy();
  await central.stop();
});

async function raise(code: string, times: number): Promise<void> {
  await sql`select setval('fault_met', 1, false)`.execute(house);
  await sql`insert into fault values (${code}, ${times})`.execute(house);
}

async function calm(): Promise<void> {
  await sql`delete from fault`.execute(house);
}

async function receiptsOf(mutationId: string): Promise<number> {
  const rows = await house.selectFrom('receipt').where('mutation_id', '=', mutationId).select('verdict').execute();
  return rows.length;
}

/** No verdict, no blame, and the same mutation goes through once the fault is over. */
async function expectNoVerdict(of: { push: ReturnType<TestDesk['pushRaw']>; mutationId: string }): Promise<void> {
  const { status, error } = await of.push;
  expect({ status, code: error?.code }).toEqual({ status: 503, code: 'CENTRAL_BUSY' });
  expect(await receiptsOf(of.mutationId)).toBe(0);
}

const place = (): ReturnType<TestDesk['place']>['pushed'] => desk.place([{ product: 'P4', quantity: 1_000 }]).pushed;

test.each([
  ['a serialization failure', '40001'],
  ['a deadlock', '40P01'],
  ['a full disk', '53100'],
  ['too little memory', '53200'],
  ['too many connections', '53300'],
  ['a server that shuts down', '57P01'],
  ['a server that starts', '57P03'],
  ['a broken connection', '08006'],
  ['an input or output error under the database', '58030'],
  ['a standby that is not promoted yet', '25006'],
])('%s (%s) passes by itself, and lasting it is no verdict', async (_what, code) => {
  await raise(code, 1);
  const once = place();
  expect((await desk.pushOne(once)).outcome).toBe('applied');
  await calm();
  await raise(code, 1_000);
  const lasting = place();
  await expectNoVerdict({ push: desk.pushRaw([lasting]), mutationId: lasting.id });
  await calm();
  expect((await desk.pushOne(lasting)).outcome).toBe('applied');
});

test.each([
  ['a lock that was waited for too long', '55P03'],
  ['a statement that took too long', '57014'],
  ['a transaction that lay idle', '25P03'],
  ['a missing privilege', '42501'],
  ['a missing table', '42P01'],
  ['a fault inside the database', 'XX000'],
])('%s (%s) is nobody’s refusal', async (_what, code) => {
  await raise(code, 1_000);
  const mutation = place();
  await expectNoVerdict({ push: desk.pushRaw([mutation]), mutationId: mutation.id });
  await calm();
  expect((await desk.pushOne(mutation)).outcome).toBe('applied');
});

async function whileAsleep(act: (pid: number) => Promise<unknown>): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ pid: number }>`
      select pid from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`.execute(house);
    const pid = rows[0]?.pid;
    if (pid !== undefined) {
      await act(pid);
      return;
    }
  }
}

test('a connection killed in the middle of writing is made anew, and the order written once', async () => {
  await raise('sleep', 1);
  const mutation = place();
  const push = desk.pushOne(mutation);
  await whileAsleep((pid) => sql`select pg_terminate_backend(${pid})`.execute(house));
  expect((await push).outcome).toBe('applied');
  expect(await receiptsOf(mutation.id)).toBe(1);
  await calm();
});

test('whatever is asked of a connection that died under a transaction passes by itself', async () => {
  await house.connection().execute(async (connection) => {
    const work = connection.transaction().execute(async (tx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
      await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(house);
      await sql`select 1`.execute(tx);
    });
    expect(isTransientFault(await work.catch((error: unknown) => error))).toBe(true);
    const after = await sql`select pg_advisory_unlock_all()`.execute(connection).catch((error: unknown) => error);
    expect(isTransientFault(after), String(after)).toBe(true);
  });
});

test('a statement cancelled in the middle of writing is no verdict', async () => {
  await raise('sleep', 1);
  const mutation = place();
  const push = desk.pushRaw([mutation]);
  await whileAsleep((pid) => sql`select pg_cancel_backend(${pid})`.execute(house));
  await expectNoVerdict({ push, mutationId: mutation.id });
  await calm();
  expect((await desk.pushOne(mutation)).outcome).toBe('applied');
});

if (process.env['ORDERDESK_FULL'] === '1') {
  // Waits for the real time-out; the short form has raised its code above.
  test('a warehouse that somebody else holds for too long is no verdict', async () => {
    const key = String(lockNumber(warehouseLock(central.house.pudong.warehouseId)));
    await house.connection().execute(async (holder) => {
      await sql`select pg_advisory_lock(${key}::bigint)`.execute(holder);
      const mutation = place();
      await expectNoVerdict({ push: desk.pushRaw([mutation]), mutationId: mutation.id });
      await sql`select pg_advisory_unlock(${key}::bigint)`.execute(holder);
      expect((await desk.pushOne(mutation)).outcome).toBe('applied');
    });
  });
}

test('what the database says of the mutation itself stops that one alone', async () => {
  await raise('23514', 1_000);
  const mutation = place();
  expect(await desk.pushOne(mutation)).toMatchObject({ outcome: 'unreadable' });
  await calm();
  expect((await desk.pushOne(mutation)).outcome).toBe('applied');
});
