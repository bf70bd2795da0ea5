/**
 * Many writers at once, on a real PostgreSQL, while everything that touches the feed goes on. Goal: a reader gets every
 * change once, in an order in which none comes before what it was made from, whatever is folded and compacted meanwhile
 * and whoever holds a transaction open, in this database or in another of the cluster; and a digest is right at any
 * position that a reader comes to.
 *
 * Method: 16 connections write in transactions that they keep open for 0 to 30 ms. Each transaction puts a new row that
 * names the newest one which its writer has seen committed: whoever reads it must have read that one before. A counter's
 * versions show what is skipped or doubled. The ids pass from three digits to four, where an order by their text would
 * turn about. What a reader without the gate would lose is shown beside it.
 */
import { createHash, randomUUID } from 'node:crypto';
import pg from 'pg';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compactFeed } from '../../src-central/change-feed/compact.ts';
import { digestAt } from '../../src-central/change-feed/digest.ts';
import { readFeedState } from '../../src-central/change-feed/feed-state.ts';
import { foldFeed } from '../../src-central/change-feed/fold.ts';
import { gateHolders } from '../../src-central/change-feed/gate-holders.ts';
import { readGate, readSnapshot } from '../../src-central/change-feed/gate.ts';
import { pullPage } from '../../src-central/change-feed/pull.ts';
import { recordChanges } from '../../src-central/change-feed/record-changes.ts';
import { StallWatch } from '../../src-central/change-feed/stall-watch.ts';
import type { CentralDb } from '../../src-central/db/schema.ts';
import { STALL_ALARM_MS, STALL_NOTICE_MS } from '../../src-central/limits.ts';
import { addDigest } from '../../src-shared/protocol/digest.ts';
import type { Scope } from '../../src-shared/protocol/scope.ts';
import { connectCentral } from '../../src-central/db/connect.ts';
import { startTestPostgres, type TestPostgres } from '../support/central-fixture.ts';
import { seededRandom } from '../support/seeded-catalogue.ts';

const FULL = process.env['ORDERDESK_FULL'] === '1';
const WRITERS = 16;
const TRANSACTIONS_EACH = FULL ? 400 : 25;
const OPEN_MOST_MS = 30;
const COUNTERS = 4;
const SCOPES = ['catalogue'] as readonly Scope[];

let postgres: TestPostgres;
let db: CentralDb;
let url: string;
let otherUrl: string;
let epoch: string;

beforeAll(async () => {
  postgres = await startTestPostgres();
  ({ db, url } = await postgres.createDatabase());
  ({ url: otherUrl } = await postgres.createDatabase());
  await db.insertInto('epoch').values({ epoch: randomUUID(), system_identifier: 'test', currency: 'CNY' }).execute();
  ({ epoch } = await db.selectFrom('epoch').select('epoch').executeTakeFirstOrThrow());
});
afterAll(() => postgres.stop());

function waited(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs);
  });
}

interface Written {
  key: string;
  rev: number;
  /** What was seen when it was made: it must have been read before. */
  after: string | null;
}

/** A transaction in another database, whose id holds this one's gate as well. */
async function openElsewhere(): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: otherUrl, application_name: 'stock-taking' });
  // Of a test that failed: the server ends it.
  client.on('error', () => undefined);
  await client.connect();
  await client.query('begin');
  await client.query('create temporary table counted as select 1 as one');
  return async () => {
    await client.query('commit');
    await client.end();
  };
}

async function write(writers: CentralDb, of: { index: number; seed: number }): Promise<Written[]> {
  const random = seededRandom(of.seed);
  const written: Written[] = [];
  for (let count = 0; count < TRANSACTIONS_EACH; count += 1) {
    const counter = `counter ${Math.floor(random() * COUNTERS)}`;
    const mine = await writers.connection().execute(async (connection) => {
      // Before BEGIN, as every writer at central does: the lock's holder has the newest snapshot.
      await sql`select pg_advisory_lock(hashtext(${counter}))`.execute(connection);
      try {
        return await connection
          .transaction()
          .setIsolationLevel('repeatable read')
          .execute(async (tx) => {
            const { rows } = await sql<{ key: string; rev: number; kind: string }>`
              (select key, rev, 'counter' as kind from change where key = ${counter} order by rev desc limit 1)
              union all (select key, rev, 'row' from change where key like 'row %' order by xid desc, ord desc limit 1)
            `.execute(tx);
            const rev = (rows.find(({ kind }) => kind === 'counter')?.rev ?? 0) + 1;
            const after = rows.find(({ kind }) => kind === 'row')?.key ?? null;
            const key = `row ${of.index}/${count}`;
            await recordChanges(tx, [
              { scope: 'catalogue', kind: 'branch', key, rev: 1, rowJson: JSON.stringify({ after }) },
              { scope: 'catalogue', kind: 'branch', key: counter, rev, rowJson: JSON.stringify({ rev }) },
            ]);
            await waited(random() * OPEN_MOST_MS);
            return [
              { key, rev: 1, after },
              { key: counter, rev, after: null },
            ];
          });
      } finally {
        await sql`select pg_advisory_unlock_all()`.execute(connection);
      }
    });
    written.push(...mine);
  }
  return written;
}

interface ReadSoFar {
  cursor: string;
  naive: number;
  changes: Written[];
  rows: Map<string, { rev: number; text: string }>;
}

async function readOn(reader: ReadSoFar): Promise<void> {
  const page = await pullPage(db, { epoch, cursor: reader.cursor, scopes: SCOPES });
  for (const { key, rev, row_text: text } of page.rows) {
    reader.changes.push({ key, rev, after: (JSON.parse(text ?? '{}') as { after?: string }).after ?? null });
    reader.rows.set(key, { rev, text: text ?? '' });
  }
  reader.cursor = page.cursor;
  const [, xid = '0'] = page.cursor.split('.');
  // At the reader's own position, wherever the base has got to by now.
  const digests = await readSnapshot(db, (tx) => digestAt(tx, { xid, scopes: SCOPES }));
  let sum = 0n;
  for (const [key, { rev, text }] of reader.rows) {
    const bytes = createHash('sha256').update(`branch\n${key}\n${rev}\n${text}`).digest();
    sum = addDigest(sum, bytes.readBigUInt64BE(0));
  }
  expect(digests).toEqual(
    reader.rows.size === 0 ? [] : [{ scope: 'catalogue', kind: 'branch', rows: reader.rows.size, sum }],
  );
}

test(
  '16 writers, one of another database, and compaction beside them: nothing is skipped, doubled or before its cause',
  { timeout: FULL ? 600_000 : 60_000 },
  async () => {
    const writers = connectCentral(url, { connections: WRITERS });
    const writing = new AbortController();
    const all = Promise.all(
      Array.from({ length: WRITERS }, (_, index) => write(writers, { index, seed: index + 1 })),
    ).finally(() => {
      writing.abort();
    });
    const naiveSeen = new Set<string>();
    let naivePosition = 0;
    let folds = 0;
    let dropped = 0;
    const readers: ReadSoFar[] = [0, 1].map(() => ({ cursor: '', naive: 0, changes: [], rows: new Map() }));
    const keep = async (): Promise<void> => {
      while (!writing.signal.aborted) {
        const { foldedTo } = await readFeedState(db);
        const slowest = readers
          .map(({ cursor }) => BigInt(cursor.split('.')[1] ?? '0'))
          .reduce((a, b) => (a < b ? a : b));
        await foldFeed(db, (await readGate(db)).horizon);
        folds += (await readFeedState(db)).foldedTo === foldedTo ? 0 : 1;
        // What the readers have passed: what they have not is theirs to see whole, version by version.
        dropped += await compactFeed(db, { compactTo: slowest.toString(), horizon: '0', sliceChanges: 20 });
        await waited(20);
      }
    };
    const elsewhere = async (): Promise<void> => {
      while (!writing.signal.aborted) {
        const end = await openElsewhere();
        await waited(100);
        await end();
      }
    };
    const naive = async (): Promise<void> => {
      while (!writing.signal.aborted) {
        const { rows } = await sql<{ ord: number; key: string; rev: number }>`
          select ord, key, rev from change where ord > ${naivePosition} order by ord`.execute(db);
        for (const { key, rev } of rows) naiveSeen.add(`${key} ${rev}`);
        naivePosition = rows.at(-1)?.ord ?? naivePosition;
        await waited(1);
      }
    };
    const read = async (reader: ReadSoFar, everyMs: number): Promise<void> => {
      while (!writing.signal.aborted) {
        await readOn(reader);
        await waited(everyMs);
      }
    };
    await Promise.all([
      all,
      keep(),
      elsewhere(),
      naive(),
      ...readers.map((reader, index) => read(reader, 3 + index * 40)),
    ]);
    await writers.destroy();
    const written = (await all).flat();
    const { newest } = await readGate(db);
    while (BigInt((await readGate(db)).horizon) < BigInt(newest)) await waited(5);
    for (const reader of readers) {
      await readOn(reader);
      expect(reader.changes.length).toBe(written.length);
      expect(new Set(reader.changes.map(({ key, rev }) => `${key} ${rev}`))).toEqual(
        new Set(written.map(({ key, rev }) => `${key} ${rev}`)),
      );
      const known = new Set<string>();
      const counters = new Map<string, number>();
      for (const { key, rev, after } of reader.changes) {
        if (after !== null) expect(known.has(after), `${key} came before ${after}`).toBe(true);
        known.add(key);
        if (!key.startsWith('counter')) continue;
        expect(rev).toBe((counters.get(key) ?? 0) + 1);
        counters.set(key, rev);
      }
    }
    // Else nothing was at stake.
    expect(naiveSeen.size).toBeLessThan(written.length);
    expect(folds).toBeGreaterThan(3);
    expect(dropped).toBeGreaterThan(10);
  },
);

test('a writer that does not end is named, in whatever database it is, and told of once', async () => {
  let now = 0;
  const warned: unknown[] = [];
  const alarms: unknown[] = [];
  const over: number[] = [];
  const watch = new StallWatch({
    db,
    clock: { now: () => now, after: () => () => undefined },
    warn: (holders) => warned.push(holders),
    over: (heldMs) => over.push(heldMs),
    alarm: (holders) => {
      alarms.push(holders);
      return Promise.resolve();
    },
    onFault: (error) => {
      throw error;
    },
  });
  await watch.look();
  expect(watch.heldMs()).toBeUndefined();
  const end = await openElsewhere();
  // Somebody here has written since, and waits for the gate.
  await db
    .transaction()
    .execute((tx) => recordChanges(tx, [{ scope: 'catalogue', kind: 'branch', key: 'late', rev: 1, rowJson: '{}' }]));
  expect(await gateHolders(db, 0)).toMatchObject([
    { database: 'test_2', application: 'stock-taking', state: 'idle in transaction', ours: false },
  ]);
  await watch.look();
  expect(watch.heldMs()).toBeUndefined();
  // The clock is the test's; the transaction's age is the database's own.
  await waited(STALL_NOTICE_MS + 50);
  now += STALL_NOTICE_MS;
  await watch.look();
  await watch.look();
  expect(watch.heldMs()).toBe(STALL_NOTICE_MS);
  expect(watch.holders()).toMatchObject([{ application: 'stock-taking' }]);
  expect(warned).toMatchObject([
    [{ application: 'stock-taking', query: expect.stringContaining('counted') as string }],
  ]);
  expect(alarms).toEqual([]);
  now += STALL_ALARM_MS;
  await watch.look();
  await watch.look();
  expect(alarms).toHaveLength(1);
  await end();
  await watch.look();
  expect(watch.heldMs()).toBeUndefined();
  expect(over).toEqual([STALL_NOTICE_MS + STALL_ALARM_MS]);
});

test('a transaction of central’s own that is forgotten open is ended by the database', async () => {
  const { rows } = await sql<{ name: string; setting: string }>`
    select name, setting from pg_settings
    where name in ('idle_in_transaction_session_timeout', 'statement_timeout', 'transaction_timeout', 'lock_timeout')
  `.execute(db);
  expect(rows).toHaveLength(4);
  for (const { name, setting } of rows) expect(Number(setting), name).toBeGreaterThan(0);
});
