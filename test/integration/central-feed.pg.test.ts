/**
 * The feed, the gate, the poke and the digest, on a real PostgreSQL with real open transactions. What a reader without
 * the gate would lose is shown beside it, so that the test can't pass because nothing was at stake.
 */
import { createHash } from 'node:crypto';
import pg from 'pg';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Change, RowKind } from '../../src-shared/protocol/change.ts';
import { addDigest, digestText, type DigestResponse, type DigestTable } from '../../src-shared/protocol/digest.ts';
import { HEARTBEAT_INTERVAL_MS, MAX_TRANSACTION_CHANGES } from '../../src-shared/protocol/limits.ts';
import { pokeMessage, type PokeMessage } from '../../src-shared/protocol/poke.ts';
import { readGate, readSnapshot } from '../../src-central/change-feed/gate.ts';
import { findDivergence } from '../../src-central/change-feed/divergence.ts';
import { deviceOfRequest } from '../../src-central/identity/device.ts';
import { pullPage } from '../../src-central/change-feed/pull.ts';
import { putOf, recordChanges } from '../../src-central/change-feed/record-changes.ts';
import { CATALOGUE_SCOPE } from '../../src-shared/protocol/scope.ts';
import { startTestCentral, type TestCentral } from '../support/central-fixture.ts';
import { known, TestDesk } from '../support/test-desk.ts';
import { newId } from '../support/test-house.ts';

let central: TestCentral;
let desk: TestDesk;

beforeAll(async () => {
  central = await startTestCentral();
});
beforeEach(async () => {
  desk = await TestDesk.enrol(central, 'PD', 'clerk');
});
afterAll(async () => {
  await central.stop();
});

/** Waits for a condition that the machine will bring about, and fails with its name when it does not. */
async function until(what: string, condition: () => boolean | Promise<boolean>, deadlineMs = 10_000): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${deadlineMs} ms`);
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
}

/** A writer of another program, with a transaction that the test ends when it wants. */
async function openWriter(): Promise<{
  xid: string;
  write: (key: string) => Promise<void>;
  commit: () => Promise<void>;
}> {
  const client = new pg.Client({ connectionString: central.databaseUrl });
  await client.connect();
  await client.query('begin isolation level repeatable read');
  const { rows } = await client.query<{ xid: string }>('select pg_current_xact_id()::text as xid');
  return {
    xid: known(rows[0]).xid,
    write: async (key) => {
      await client.query(`insert into change (scope, kind, key, op, rev) values ('test', 'branch', $1, 'remove', 1)`, [
        key,
      ]);
    },
    commit: async () => {
      await client.query('commit');
      await client.end();
    },
  };
}

test('a reader behind the gate skips nothing of 16 writers that end out of order; one without it would', async () => {
  const epoch = (await central.db.selectFrom('epoch').select('epoch').executeTakeFirstOrThrow()).epoch;
  const scopes = ['test' as never];
  let cursor = (await pullPage(central.db, { epoch, cursor: '', scopes })).cursor;
  const gated: string[] = [];
  const naive: string[] = [];
  let naivePosition = '0';
  const readBoth = async (): Promise<void> => {
    const page = await pullPage(central.db, { epoch, cursor, scopes });
    gated.push(...page.rows.map((row) => row.key));
    ({ cursor } = page);
    const { rows } = await sql<{ xid: string; key: string }>`
      select xid::text as xid, key from change where scope = 'test' and xid > ${naivePosition}::xid8 order by xid, ord
    `.execute(central.db);
    naive.push(...rows.map((row) => row.key));
    naivePosition = rows.at(-1)?.xid ?? naivePosition;
  };
  const written: string[] = [];
  for (let round = 0; round < 4; round += 1) {
    const writers = [];
    for (let index = 0; index < 16; index += 1) writers.push(await openWriter());
    for (const [index, writer] of writers.entries()) {
      const key = `${round}/${index}`;
      written.push(key);
      await writer.write(key);
    }
    // Evens first, then the odd ones: every odd one is older than an even one that was seen before it.
    for (const parity of [0, 1]) {
      for (const [index, writer] of writers.entries()) {
        if (index % 2 !== parity) continue;
        await writer.commit();
        await readBoth();
      }
    }
  }
  expect(gated).toEqual(written);
  expect(naive.length).toBeLessThan(written.length);
});

test('changes come in whole transactions, in order, and the next page goes on where the last one ended', async () => {
  await desk.pull();
  const branches = Array.from({ length: 3_000 }, () => newId());
  for (let part = 0; part < 3; part += 1) {
    await central.db.transaction().execute(async (tx) => {
      const rows = branches.slice(part * 1_000, (part + 1) * 1_000).map((branchId) =>
        putOf(
          CATALOGUE_SCOPE,
          'branch',
          {
            branchId: branchId as never,
            code: 'XX',
            name: 'x'.repeat(90),
            warehouseId: newId() as never,
            timeZone: 'Asia/Shanghai',
          },
          1,
        ),
      );
      await recordChanges(tx, rows.slice(0, 400));
      await recordChanges(tx, rows.slice(400));
    });
  }
  const changes = await desk.pull();
  expect(changes.map((change) => change.key)).toEqual(branches);
  await sql`delete from change where key = any(${branches}::text[])`.execute(central.db);
});

test('a transaction of too many changes is stopped before it is written', async () => {
  const row = { branchId: newId(), code: 'XX', name: 'x', warehouseId: newId(), timeZone: 'UTC' } as never;
  const change = putOf(CATALOGUE_SCOPE, 'branch', row, 1);
  const tooMany = central.db.transaction().execute(async (tx) => {
    await recordChanges(
      tx,
      Array.from({ length: MAX_TRANSACTION_CHANGES }, () => change),
    );
    await recordChanges(
      tx,
      Array.from({ length: 1 }, () => change),
    );
  });
  await expect(tooMany).rejects.toThrow(RangeError);
});

test('a desk sees its own branch and its own receipts, and nobody else’s', async () => {
  const other = await TestDesk.enrol(central, 'NB', 'clerk-nb');
  const sibling = await TestDesk.enrol(central, 'PD', 'manager');
  for (const each of [desk, other, sibling]) await each.pull();
  const { content, pushed } = desk.place([{ product: 'P1', quantity: 1_000 }]);
  await desk.pushOne(pushed);
  const kinds = (changes: readonly Change[]): RowKind[] => changes.map((change) => change.kind).toSorted();
  expect(kinds(await desk.pull())).toEqual(['order', 'receipt', 'stock']);
  const seen = await sibling.pull();
  expect(kinds(seen)).toEqual(['order', 'stock']);
  expect(seen.find((change) => change.kind === 'order')?.key).toBe(content.orderId);
  expect(await other.pull()).toEqual([]);
});

test('a cursor of another epoch, or ahead of central, is told that the epoch has changed', async () => {
  await desk.pull();
  const [epoch = ''] = desk.cursor.split('.');
  for (const cursor of [`${newId()}.5`, `${epoch}.99999999999`]) {
    expect(await desk.ask('/sync/pull', { cursor })).toMatchObject({
      status: 409,
      error: { code: 'EPOCH_CHANGED', epoch },
    });
  }
  expect(await desk.ask('/sync/pull', { cursor: 'nonsense' })).toMatchObject({ status: 400 });
});

/** Reads a poke stream line by line. */
async function listen(of: TestDesk): Promise<{ messages: PokeMessage[]; ended: Promise<void>; close: () => void }> {
  const abort = new AbortController();
  const response = await fetch(`${central.url}/sync/poke`, {
    headers: { authorization: `Bearer ${of.identity.deviceToken}` },
    signal: abort.signal,
  });
  expect(response.status).toBe(200);
  const messages: PokeMessage[] = [];
  const ended = (async () => {
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of known(response.body ?? undefined)) {
      text += decoder.decode(chunk, { stream: true });
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) messages.push(pokeMessage.parse(JSON.parse(line)));
    }
  })().catch(() => undefined);
  return { messages, ended, close: () => abort.abort() };
}

const pokesOf = (messages: readonly PokeMessage[]): number => messages.filter(({ type }) => type === 'poke').length;

test('a commit is poked to those who can see it, within a second, and to nobody else', async () => {
  const sibling = await TestDesk.enrol(central, 'PD', 'manager');
  const other = await TestDesk.enrol(central, 'NB', 'clerk-nb');
  const [near, far] = await Promise.all([listen(sibling), listen(other)]);
  // The first poke of each stream says only that it is open.
  await until('streams open', () => pokesOf(near.messages) === 1 && pokesOf(far.messages) === 1);
  const began = Date.now();
  await desk.pushOne(desk.place([{ product: 'P1', quantity: 1_000 }]).pushed);
  await until('the poke', () => pokesOf(near.messages) === 2);
  expect(Date.now() - began).toBeLessThan(1_000);
  expect((await sibling.pull()).some((change) => change.kind === 'order')).toBe(true);
  expect(pokesOf(far.messages)).toBe(1);
  near.close();
  far.close();
});

test('an open writer delays feed and poke alike, and the poke comes when a pull finds something', async () => {
  await desk.pull();
  const stream = await listen(desk);
  await until('stream open', () => pokesOf(stream.messages) === 1);
  const writer = await openWriter();
  const { pushed } = desk.place([{ product: 'P1', quantity: 1_000 }]);
  expect((await desk.pushOne(pushed)).outcome).toBe('applied');
  // The watcher has looked since the commit: it knows of a transaction that is still before the gate.
  await until('the lag', async () =>
    /lag_transactions [1-9]/.test(await (await fetch(`${central.url}/metrics`)).text()),
  );
  expect(await desk.pull()).toEqual([]);
  expect(pokesOf(stream.messages)).toBe(1);
  const { horizon } = await readGate(central.db);
  expect(BigInt(horizon)).toBeLessThan(BigInt(writer.xid));
  await writer.commit();
  await until('the poke', () => pokesOf(stream.messages) === 2);
  expect((await desk.pull()).map((change) => change.kind).toSorted()).toEqual(['order', 'receipt', 'stock']);
  stream.close();
});

test('a poke stream beats, and ends when its desk is revoked', async () => {
  const stream = await listen(desk);
  const beats = (): number => stream.messages.filter(({ type }) => type === 'heartbeat').length;
  await until('two heartbeats', () => beats() >= 2, HEARTBEAT_INTERVAL_MS * 3);
  await fetch(`${central.url}/trpc/devices.revoke`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${central.adminToken}` },
    body: JSON.stringify({ deviceId: desk.identity.deviceId }),
  });
  await stream.ended;
  const again = await fetch(`${central.url}/sync/poke`, {
    headers: { authorization: `Bearer ${desk.identity.deviceToken}` },
  });
  expect(again.status).toBe(401);
});

/** What a desk makes of the changes it has applied. */
function digestOf(changes: readonly Change[]): DigestTable {
  const latest = new Map<string, Change>();
  for (const change of changes) latest.set(`${change.kind} ${change.key}`, change);
  const sums = new Map<RowKind, { rows: number; sum: bigint }>();
  for (const change of latest.values()) {
    if (change.op === 'remove') continue;
    const text = digestText(change.kind, change.key, change.rev, change.row);
    const hash = createHash('sha256').update(text).digest().readBigUInt64BE(0);
    const { rows, sum } = sums.get(change.kind) ?? { rows: 0, sum: 0n };
    sums.set(change.kind, { rows: rows + 1, sum: addDigest(sum, hash) });
  }
  return Object.fromEntries(
    [...sums].map(([kind, { rows, sum }]) => [kind, { rows, digest: sum.toString(16).padStart(16, '0') }]),
  );
}

/** What a central's answer says of all scopes together. */
function tablesOf({ scopes }: DigestResponse): DigestTable {
  const sums: DigestTable = {};
  for (const [kind, { rows, digest }] of scopes.flatMap(({ tables }) => Object.entries(tables))) {
    const before = sums[kind] ?? { rows: 0, digest: '0' };
    const sum = addDigest(BigInt(`0x${before.digest}`), BigInt(`0x${digest}`));
    sums[kind] = { rows: before.rows + rows, digest: sum.toString(16).padStart(16, '0') };
  }
  return sums;
}

/** mulberry32: the same pushes in every run. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

test('after random placings, amendments and cancellations both sides’ digests are equal, at any cursor', async () => {
  const random = generator(42);
  const all: Change[] = [];
  const open: { content: ReturnType<TestDesk['content']>; version: number; unsettled: string[] }[] = [];
  const between: { cursor: string; table: DigestTable }[] = [];
  for (let round = 0; round < 12; round += 1) {
    const batch = Array.from({ length: 1 + random(6) }, () => {
      const amended = random(3) === 0 ? open[random(open.length || 1)] : undefined;
      const lines = Array.from({ length: 1 + random(4) }, () => ({
        product: `P${1 + random(5)}`,
        quantity: 1_000 * (1 + random(random(5) === 0 ? 2_000 : 20)),
      }));
      if (!amended) {
        const { content, pushed } = desk.place(lines);
        open.push({ content, version: 0, unsettled: [pushed.id] });
        return pushed;
      }
      const { lines: next } = desk.content(lines);
      const mutation = desk.amend(
        { ...amended.content, lines: next },
        { baseVersion: amended.version, dependsOn: amended.unsettled },
      );
      amended.unsettled.push(mutation.id);
      return mutation;
    });
    await desk.push(...batch);
    all.push(...(await desk.pull()));
    between.push({ cursor: desk.cursor, table: digestOf(all) });
  }
  expect(
    all.some((change) => change.kind === 'receipt' && change.op === 'put' && change.row.verdict === 'refused'),
  ).toBe(true);
  for (const { cursor, table } of between) {
    const { body, error } = await desk.ask<DigestResponse>('/sync/digest', { cursor });
    expect(error).toBeUndefined();
    expect(tablesOf(body)).toEqual(table);
    expect(body.at).toBe(cursor);
  }
});

test('a row that was changed past the recorder is found and named', async () => {
  const { content, pushed } = desk.place([{ product: 'P4', quantity: 1_000 }]);
  await desk.pushOne(pushed);
  await desk.pull();
  const { scopes } = await deviceOfRequest(central.db, `Bearer ${desk.identity.deviceToken}`);
  const divergence = (): ReturnType<typeof findDivergence> =>
    readSnapshot(central.db, async (tx) => findDivergence(tx, scopes));
  expect(await divergence()).toEqual([]);
  const lines = central.db.updateTable('sales_order_line').where('order_id', '=', content.orderId);
  await lines.set({ quantity: 2_000 }).execute();
  expect(await divergence()).toEqual([{ kind: 'order', keys: [content.orderId] }]);
  expect(await desk.ask('/sync/digest', { cursor: desk.cursor, thorough: true })).toMatchObject({
    status: 500,
    error: { code: 'INTERNAL' },
  });
  await lines.set({ quantity: 1_000 }).execute();
  const receipt = central.db.deleteFrom('receipt').where('mutation_id', '=', pushed.id).returningAll();
  const [row] = await receipt.execute();
  expect(await divergence()).toEqual([{ kind: 'receipt', keys: [pushed.id] }]);
  const { position: _, ...withoutPosition } = known(row);
  await central.db
    .insertInto('receipt')
    .values({ ...withoutPosition, issues: JSON.stringify(withoutPosition.issues) })
    .execute();
  expect(await divergence()).toEqual([]);
});

test('central stopped and started again goes on where it was', async () => {
  await desk.pull();
  const { pushed } = desk.place([{ product: 'P1', quantity: 1_000 }]);
  await desk.pushOne(pushed);
  await central.restart();
  expect((await desk.pushOne(pushed)).outcome).toBe('applied');
  expect((await desk.pull()).map((change) => change.kind).toSorted()).toEqual(['order', 'receipt', 'stock']);
});
