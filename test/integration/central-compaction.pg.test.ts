/**
 * Compaction and folding on a real PostgreSQL. Goal: whatever was dropped when, every reader ends with the rows of one
 * that read everything, shows no state that central never had, and finds its digest right at any cursor.
 *
 * Method: random histories of rows that are put, removed and moved between scopes, with random readers that stop and go
 * on; between their pages the feed is folded and compacted to random positions, and cut off in the middle of it. What
 * each reader shows is compared with the history's own state at its cursor.
 */
import { createHash, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compactFeed } from '../../src-central/change-feed/compact.ts';
import { CursorNotes } from '../../src-central/change-feed/device-cursors.ts';
import { digestAt } from '../../src-central/change-feed/digest.ts';
import { readFeedState } from '../../src-central/change-feed/feed-state.ts';
import { foldFeed } from '../../src-central/change-feed/fold.ts';
import { readGate, readSnapshot } from '../../src-central/change-feed/gate.ts';
import { pinFeed } from '../../src-central/change-feed/pins.ts';
import { pullPage, type FeedPage, type FeedRow } from '../../src-central/change-feed/pull.ts';
import { recordChanges, type RecordedChange } from '../../src-central/change-feed/record-changes.ts';
import type { CentralDb } from '../../src-central/db/schema.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { addDigest } from '../../src-shared/protocol/digest.ts';
import type { Scope } from '../../src-shared/protocol/scope.ts';
import { startTestPostgres, type TestPostgres } from '../support/central-fixture.ts';
import { seededRandom } from '../support/seeded-catalogue.ts';
import { furnishHouse } from '../support/test-house.ts';

const FULL = process.env['ORDERDESK_FULL'] === '1';
const HISTORIES = FULL ? 400 : 12;
const STEPS = 60;
const EPOCH = randomUUID();
/** Small, so that a reader is often in the middle of something. */
const BOUNDS = { chunkChanges: 3, pageChanges: 4, pageBytes: 1_000 };

let postgres: TestPostgres;
let db: CentralDb;
let branchId: string;

beforeAll(async () => {
  postgres = await startTestPostgres();
  ({ db } = await postgres.createDatabase());
  branchId = (await furnishHouse(db)).pudong.branchId;
  await db.insertInto('epoch').values({ epoch: EPOCH, system_identifier: 'test', currency: 'CNY' }).execute();
});
afterAll(() => postgres.stop());

/** A row as a reader holds it. */
interface HeldRow {
  scope: string;
  rev: number;
  text: string;
}
type Rows = Map<string, HeldRow>;

type Random = (below: number) => number;

/** The feed and what it tells of, kept beside it. */
class History {
  readonly scopes = ['catalogue', `branch:${branchId}`] as readonly Scope[];
  readonly rows: Rows = new Map();
  /** Of removed rows, too: a key that comes back goes on from there. */
  readonly revs = new Map<string, number>();
  readonly commits: { xid: bigint; rows: Rows }[] = [];
  readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  async commit(): Promise<void> {
    const changes = Array.from({ length: 1 + this.random(3) }, () => this.#change()).flat();
    // One row changes once in a transaction, as at central.
    const last = new Map(changes.map((change) => [`${change.scope} ${change.key}`, change]));
    const xid = await db.transaction().execute((tx) => recordChanges(tx, [...last.values()]));
    this.commits.push({ xid: BigInt(xid ?? '0'), rows: new Map(this.rows) });
  }

  #change(): RecordedChange[] {
    const key = `k${this.random(8)}`;
    const held = this.rows.get(key);
    const rev = (this.revs.get(key) ?? 0) + 1;
    this.revs.set(key, rev);
    const scope = held?.scope ?? this.#scope();
    if (held && this.random(3) === 0) {
      this.rows.delete(key);
      return [{ scope: scope as Scope, kind: 'branch', key, rev, rowJson: null }];
    }
    const text = JSON.stringify({ value: this.random(1_000) });
    const to = held && this.random(4) === 0 ? this.#scope() : scope;
    this.rows.set(key, { scope: to, rev, text });
    const put: RecordedChange = { scope: to as Scope, kind: 'branch', key, rev, rowJson: text };
    if (to === scope) return [put];
    return [{ scope: scope as Scope, kind: 'branch', key, rev, rowJson: null }, put];
  }

  #scope(): string {
    return this.scopes[this.random(2)] ?? '';
  }

  at(xid: bigint): Rows {
    return this.commits.findLast((commit) => commit.xid <= xid)?.rows ?? new Map();
  }

  get last(): bigint {
    return this.commits.at(-1)?.xid ?? 0n;
  }

  somewhere(): string {
    return (this.commits[this.random(this.commits.length || 1)]?.xid ?? 0n).toString();
  }
}

/** A desk as it reads: rows by higher rev, removes in the row's own scope, partial pages staged. */
class Reader {
  rows: Rows = new Map();
  cursor = '';
  staged: FeedRow[] = [];
  refills = 0;
  readonly deviceId: string;
  readonly protocol: number;

  constructor(deviceId: string, protocol: number) {
    this.deviceId = deviceId;
    this.protocol = protocol;
  }

  get xid(): bigint {
    return BigInt(this.cursor.split('.')[1] ?? '0');
  }

  async pull(scopes: readonly Scope[]): Promise<FeedPage | undefined> {
    // As the route does it; anew each time, because positions are else written down once a minute only.
    await new CursorNotes(db).note({ deviceId: this.deviceId, protocol: this.protocol, xid: this.xid.toString() });
    try {
      const reader = { deviceId: this.deviceId, protocol: this.protocol };
      const page = await pullPage(db, { epoch: EPOCH, cursor: this.cursor, scopes, reader, bounds: BOUNDS });
      this.cursor = page.cursor;
      this.staged.push(...page.rows);
      // A desk of protocol 1 knows nothing of staging, and shows each page.
      if (!page.partial || this.protocol < 2) this.#show();
      return page;
    } catch (error) {
      expect(error).toBeInstanceOf(AppError);
      const { code } = (error as AppError).data;
      expect(code).toBe(this.protocol < 2 ? 'EPOCH_CHANGED' : 'REFILL_REQUIRED');
      this.#refill();
      return undefined;
    }
  }

  #show(): void {
    for (const { scope, key, op, rev, row_text: text } of this.staged.splice(0)) {
      const held = this.rows.get(key);
      if (op === 'put' && (held?.rev ?? 0) < rev) this.rows.set(key, { scope, rev, text: text ?? '' });
      if (op === 'remove' && held?.scope === scope && held.rev < rev) this.rows.delete(key);
    }
  }

  #refill(): void {
    this.rows = new Map();
    this.staged = [];
    this.cursor = '';
    this.refills += 1;
  }
}

/** Another code for it than central's. */
function digestOf(rows: Rows): Map<string, { rows: number; sum: bigint }> {
  const sums = new Map<string, { rows: number; sum: bigint }>();
  for (const [key, { scope, rev, text }] of rows) {
    const bytes = createHash('sha256').update(`branch\n${key}\n${rev}\n${text}`).digest();
    const before = sums.get(scope) ?? { rows: 0, sum: 0n };
    sums.set(scope, { rows: before.rows + 1, sum: addDigest(before.sum, bytes.readBigUInt64BE(0)) });
  }
  return sums;
}

async function centralDigest(xid: bigint, scopes: readonly Scope[]): Promise<Map<string, object>> {
  const digests = await readSnapshot(db, (tx) => digestAt(tx, { xid: xid.toString(), scopes }));
  return new Map(digests.map(({ scope, rows, sum }) => [scope, { rows, sum }]));
}

const plain = (rows: Rows): unknown => [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1));

async function forgetFeed(): Promise<void> {
  await sql`truncate change, scope_digest, feed_pin, device_cursor, feed_time`.execute(db);
  await sql`update feed_state set folded_to = '0', compacted_to = '0', swept_to = '0', horizon = '0',
    removes_swept_to = '0'`.execute(db);
}

async function newDevice(): Promise<string> {
  const deviceId = randomUUID();
  await db
    .insertInto('device')
    .values({
      device_id: deviceId,
      name: 'reader',
      branch_id: branchId,
      public_key: '',
      token_hash: Buffer.from(deviceId),
    })
    .execute();
  return deviceId;
}

/** The gate passes everything once nobody writes; other databases' housekeeping may hold it for a moment. */
async function gatePassed(xid: bigint): Promise<void> {
  while (BigInt((await readGate(db)).horizon) < xid) await new Promise((resolve) => setImmediate(resolve));
}

/** @returns how often what was at stake came about. */
async function oneHistory(seed: number, devices: readonly string[]): Promise<Record<string, number>> {
  const fraction = seededRandom(seed);
  const random: Random = (below) => Math.floor(fraction() * below);
  await forgetFeed();
  const history = new History(random);
  const readers = devices.map((deviceId, index) => new Reader(deviceId, index % 3 === 2 ? 1 : 2));
  const seen = { dropped: 0, partial: 0, refills: 0, overtaken: 0 };

  const compact = async (): Promise<void> => {
    // Some have not been seen for long, so that compaction does not wait for them.
    if (random(2) === 0) await sql`update device_cursor set noted_at = noted_at - interval '31 days'`.execute(db);
    if (random(4) === 0) await sql`update device_cursor set noted_at = noted_at - interval '400 days'`.execute(db);
    await foldFeed(db, history.somewhere());
    const wish = { compactTo: history.somewhere(), horizon: history.somewhere(), sliceChanges: 1 + random(6) };
    seen.dropped += await compactFeed(db, wish, random(3) === 0 ? AbortSignal.abort() : undefined);
    const { compactedTo } = await readFeedState(db);
    seen.overtaken += readers.filter(({ xid }) => xid > 0n && xid < BigInt(compactedTo)).length;
  };
  const read = async (reader: Reader): Promise<void> => {
    const before = reader.cursor;
    const page = await reader.pull(history.scopes);
    if (page?.partial === true) seen.partial += 1;
    // It shows every page: only while it fills may that be no moment of central's.
    if (page && reader.protocol < 2 && before !== '') expect(page.partial).toBe(false);
    if (!page || page.partial) return;
    expect(plain(reader.rows)).toEqual(plain(history.at(reader.xid)));
    expect(await centralDigest(reader.xid, history.scopes)).toEqual(digestOf(history.at(reader.xid)));
  };

  for (let step = 0; step < STEPS; step += 1) {
    const what = random(8);
    if (what < 4) await history.commit();
    else if (what < 7) await read(readers[random(readers.length)] as Reader);
    else await compact();
  }
  await compact();
  await gatePassed(history.last);
  const fresh = new Reader(await newDevice(), 2);
  for (const reader of [...readers, fresh]) {
    while (reader.xid < history.last || reader.staged.length > 0) await reader.pull(history.scopes);
    expect(plain(reader.rows)).toEqual(plain(history.rows));
    seen.refills += reader.refills;
  }
  return seen;
}

test(
  'fresh, old and overtaken readers of a compacted feed end with the same rows, and show nothing that never was',
  { timeout: FULL ? 1_200_000 : 60_000 },
  async () => {
    const devices = [await newDevice(), await newDevice(), await newDevice(), await newDevice()];
    const seen: Record<string, number> = {};
    for (let seed = 1; seed <= HISTORIES; seed += 1) {
      for (const [what, count] of Object.entries(await oneHistory(seed, devices))) {
        seen[what] = (seen[what] ?? 0) + count;
      }
    }
    // Else nothing was at stake.
    for (const what of ['dropped', 'partial', 'refills', 'overtaken']) expect(seen[what], what).toBeGreaterThan(10);
  },
);

test('compaction stops before a pin, before what is not folded, and before what the gate has not passed', async () => {
  await forgetFeed();
  const history = new History((below) => Math.floor(Math.random() * below));
  for (let count = 0; count < 12; count += 1) await history.commit();
  await gatePassed(history.last);
  const [early, late] = [history.commits[4]?.xid.toString() ?? '', history.last.toString()];
  const deviceId = await newDevice();
  expect(await compactFeed(db, { compactTo: late, horizon: late })).toBe(0);
  expect((await readFeedState(db)).compactedTo).toBe('0');
  await pinFeed(db, { deviceId, xid: early });
  await foldFeed(db, '999999999');
  await compactFeed(db, { compactTo: late, horizon: late });
  expect(await readFeedState(db)).toMatchObject({ compactedTo: early, sweptTo: early, horizon: early });
  const { foldedTo } = await readFeedState(db);
  expect(BigInt(foldedTo)).toBeLessThanOrEqual(BigInt((await readGate(db)).horizon));
  // Another desk's reading further on lets nothing go, nor does its own first pull from there.
  const pulls = async (by: string, xid: string): Promise<void> => {
    await new CursorNotes(db).note({ deviceId: by, protocol: 2, xid });
    await compactFeed(db, { compactTo: late, horizon: late });
  };
  await pulls(await newDevice(), late);
  await pulls(deviceId, early);
  expect((await readFeedState(db)).compactedTo).toBe(early);
  await pulls(deviceId, history.commits[5]?.xid.toString() ?? '');
  expect(await readFeedState(db)).toMatchObject({ compactedTo: late, sweptTo: late, horizon: late });
});
