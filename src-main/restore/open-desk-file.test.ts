/**
 * Damage planted into a real desk's file: whatever it hits, the desk starts, and no order that any copy or the file
 * itself still holds whole is lost. Goal: every way in which a file goes bad ends with a working desk.
 */
import { closeSync, existsSync, openSync, readFileSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs';
import SqliteDatabase from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { controlledPlatform, START_MS } from '../../test/support/desk-fixture.ts';
import { filledDesk, type Copies, type FilledDesk } from '../../test/support/filled-desk.ts';
import { suspectedOf } from '../identity/incarnation.ts';
import { checkFile } from '../safety/check-file.ts';
import { deskFolder } from '../safety/desk-folder.ts';
import { PAGE_BYTES } from '../store/limits.ts';
import type { Store } from '../store/store.ts';
import { readNotice } from './notice.ts';
import { openDeskFile } from './open-desk-file.ts';
import { openPages } from './page-source.ts';
import { listedCells, readRecord } from './record.ts';
import { wantRestore } from './restore-desk.ts';
import { scanPages } from './scan-pages.ts';

const FULL = process.env['ORDERDESK_FULL'] === '1';
const RUNS = FULL ? 500 : 15;
const SEED = 20_261_124;

let made: FilledDesk;
const left: string[] = [];

beforeAll(async () => {
  made = await filledDesk({ products: 120, settled: 30, waiting: 110, inWal: 40, linesEach: 20 });
});
afterAll(() => made.dispose());

function leave(copies: Copies): string {
  const dataDir = made.leave(copies);
  left.push(dataDir);
  return dataDir;
}

/** Every mutation that the file knows, with the state of its text. */
function known(store: Store): Map<string, 'waiting' | 'settled' | 'garbled'> {
  const waiting = store.query<Record<string, never>, { id: string; state: string }>((db) =>
    db.selectFrom('outbox').select(['mutation_id as id', 'state']),
  );
  const settled = store.query<Record<string, never>, { id: string }>((db) =>
    db.selectFrom('journal').select('mutation_id as id'),
  );
  const all = new Map<string, 'waiting' | 'settled' | 'garbled'>();
  for (const { id, state } of waiting.all({})) all.set(id, state === 'quarantined' ? 'garbled' : 'waiting');
  for (const { id } of settled.all({})) all.set(id, 'settled');
  return all;
}

function missing(store: Store, ids: readonly string[]): string[] {
  const all = known(store);
  return ids.filter((id) => !all.has(id) || all.get(id) === 'garbled');
}

async function open(dataDir: string, warn: (text: string) => void = () => undefined): Promise<Store> {
  const platform = controlledPlatform(9, START_MS + 3_600_000);
  const options = {
    dataDir,
    platform,
    warn,
  };
  const store = await openDeskFile(options);
  // What the checks find later, after the first paint or at night, is mended at the next start.
  const problems = checkFile({ file: deskFolder(dataDir).file, how: 'thorough' });
  if (problems.length === 0) return store;
  store.close();
  wantRestore({ folder: deskFolder(dataDir), platform }, problems.join());
  return openDeskFile(options);
}

describe('a sound file', () => {
  test('read page by page, has the very rows that SQLite reads', async () => {
    const dataDir = leave('none');
    const { file } = deskFolder(dataDir);
    const pages = openPages({ main: file, wal: `${file}-wal` });
    const rows = scanPages(pages, new Map());
    pages.close();
    const newest = new Set(rows.mutations.filter(({ state }) => state !== 'settled').map((one) => one.mutationId));
    for (const id of made.waiting) expect(newest.has(id)).toBe(true);
    const proven = new Set(rows.mutations.map((one) => one.mutationId));
    expect(rows.broken.filter((row) => row.isListed || !proven.has(row.mutationId ?? ''))).toEqual([]);
    const settled = new Set(rows.mutations.filter(({ state }) => state === 'settled').map((one) => one.mutationId));
    expect([...settled].toSorted()).toEqual(made.settled.toSorted());
    expect(rows.sessions).toHaveLength(1);
    expect(rows.counters.get('order:7K')).toBe(180);
    expect(rows.meta.has('enrolment')).toBe(true);
  });

  test.each(['none', 'both'] as const)('after a crash opens as it is, with copies: %s', async (copies) => {
    const dataDir = leave(copies);
    const warned: string[] = [];
    const store = await open(dataDir, (text) => warned.push(text));
    expect(missing(store, [...made.waiting, ...made.settled])).toEqual([]);
    expect(readNotice(store)).toBeNull();
    expect(suspectedOf(store)).toBeUndefined();
    expect(warned).toEqual([]);
    store.close();
    expect(existsSync(deskFolder(dataDir).damaged)).toBe(false);
  });
});

test('a WAL that is broken in its middle gives back what lies behind the break, and nothing of it is kept silent', async () => {
  const dataDir = leave('none');
  const wal = `${deskFolder(dataDir).file}-wal`;
  const bytes = readFileSync(wal);
  const at = Math.floor(bytes.length * 0.3);
  const fd = openSync(wal, 'r+');
  writeSync(fd, Buffer.from([(bytes[at] ?? 0) ^ 0xff]), 0, 1, at);
  closeSync(fd);
  const store = await open(dataDir);
  const lacking = missing(store, made.waiting);
  // At most the one whose own page it is.
  expect(lacking.length).toBeLessThanOrEqual(1);
  const notice = readNotice(store);
  expect(notice).toMatchObject({ reason: 'behind', base: 'own' });
  expect(notice?.broughtBack).toBeGreaterThan(20);
  expect(suspectedOf(store)).toBe('restored');
  store.close();
});

test('pages whose own lists are gone give their orders back all the same', async () => {
  const dataDir = leaveClosed();
  const { file: path } = deskFolder(dataDir);
  const pages = new Set([...pagesOfMutations(dataDir).values()].flatMap((all) => all.map((used) => used[0] ?? 0)));
  const fd = openSync(path, 'r+');
  for (const page of pages) writeSync(fd, Buffer.alloc(8, 0xff), 0, 8, (page - 1) * PAGE_BYTES);
  closeSync(fd);
  expect(pages.size).toBeGreaterThan(10);
  const store = await open(dataDir);
  expect(missing(store, made.waiting)).toEqual([]);
  store.close();
});

type Damage =
  | { do: 'flip'; file: 'main' | 'wal'; at: number; bytes: number; by: number }
  | { do: 'zero' | 'garbage'; file: 'main' | 'wal'; at: number; pages: number }
  | { do: 'truncate'; file: 'main' | 'wal'; at: number }
  | { do: 'swap'; at: number; with: number }
  | { do: 'remove'; file: 'main' | 'wal' };

/** Shares of the file's length, so that every part of every file is hit. */
const share = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const file = fc.constantFrom('main' as const, 'main' as const, 'wal' as const);
const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({
    do: fc.constant('flip' as const),
    file,
    at: share,
    bytes: fc.integer({ min: 1, max: 64 }),
    by: fc.integer({ min: 1, max: 255 }),
  }),
  fc.record({
    do: fc.constantFrom('zero' as const, 'garbage' as const),
    file,
    at: fc.oneof(share, fc.constant(0)),
    pages: fc.integer({ min: 1, max: 12 }),
  }),
  fc.record({ do: fc.constant('truncate' as const), file, at: fc.oneof(share, fc.constantFrom(0, 0.5)) }),
  fc.record({ do: fc.constant('swap' as const), at: share, with: share }),
  fc.record({ do: fc.constant('remove' as const), file }),
);

/** @returns the pages of the main file that are no longer what they were. */
function plant(dataDir: string, of: Damage): Set<number> {
  const folder = deskFolder(dataDir);
  const path = 'file' in of && of.file === 'wal' ? `${folder.file}-wal` : folder.file;
  if (of.do === 'remove') {
    rmSync(path);
    return new Set();
  }
  const size = statSync(path).size;
  const at = Math.floor(of.at * size);
  const hit = new Set<number>();
  const write = (from: number, bytes: Buffer): void => {
    const fd = openSync(path, 'r+');
    writeSync(fd, bytes.subarray(0, Math.max(0, size - from)), 0, undefined, from);
    closeSync(fd);
    for (let byte = from; byte < from + bytes.length; byte += 1) hit.add(Math.floor(byte / PAGE_BYTES) + 1);
  };
  const page = Math.floor(at / PAGE_BYTES) * PAGE_BYTES;
  if (of.do === 'flip') {
    const before = readFileSync(path).subarray(at, at + of.bytes);
    write(at, Buffer.from(before.map((byte) => byte ^ of.by)));
  } else if (of.do === 'zero' || of.do === 'garbage') {
    write(page, Buffer.alloc(of.pages * PAGE_BYTES, of.do === 'zero' ? 0 : 0xa5));
  } else if (of.do === 'swap') {
    const other = Math.floor((of.with * size) / PAGE_BYTES) * PAGE_BYTES;
    write(page, Buffer.from(readFileSync(path).subarray(other, other + PAGE_BYTES)));
  } else {
    truncateSync(path, at);
    for (let byte = at; byte < size; byte += 1) hit.add(Math.floor(byte / PAGE_BYTES) + 1);
  }
  return hit;
}

describe('a damaged file', () => {
  test(
    'with a copy of the orders loses none of them, wherever it is hit',
    { timeout: FULL ? 3_600_000 : 120_000 },
    async () => {
      const restored = { copy: 0, empty: 0, own: 0, none: 0 };
      await fc.assert(
        fc.asyncProperty(
          fc.array(damage, { minLength: 1, maxLength: 3 }),
          fc.constantFrom('orders', 'both'),
          async (all, copies) => {
            const dataDir = leave(copies);
            for (const each of all) plantQuietly(dataDir, each);
            const store = await open(dataDir);
            expect(missing(store, made.waiting)).toEqual([]);
            restored[readNotice(store)?.base ?? 'none'] += 1;
            store.close();
            expect(checkFile({ file: deskFolder(dataDir).file, how: 'thorough' })).toEqual([]);
            rmSync(dataDir, { recursive: true });
          },
        ),
        { numRuns: RUNS * 2, seed: SEED },
      );
      expect(restored.copy).toBeGreaterThan(0);
      expect(restored.empty).toBeGreaterThan(0);
      console.log(`damage with a copy of the orders: ${JSON.stringify(restored)}`);
    },
  );

  test(
    'without any copy loses no order that it still holds whole itself',
    { timeout: FULL ? 3_600_000 : 120_000 },
    async () => {
      const held = pagesOfMutations(leaveClosed());
      let spared = 0;
      await fc.assert(
        fc.asyncProperty(damage, async (of) => {
          const dataDir = leaveClosed();
          const hit = 'file' in of && of.file === 'wal' ? new Set<number>() : plant(dataDir, of);
          const gone = of.do === 'remove' && of.file === 'main';
          const expected = gone
            ? []
            : made.waiting.filter((id) => held.get(id)?.some((pages) => !pages.some((page) => hit.has(page))));
          const store = await open(dataDir);
          expect(missing(store, expected)).toEqual([]);
          spared += expected.length;
          store.close();
          rmSync(dataDir, { recursive: true });
        }),
        { numRuns: RUNS * 2, seed: SEED },
      );
      expect(spared).toBeGreaterThan(RUNS * 60);
    },
  );
});

function plantQuietly(dataDir: string, of: Damage): void {
  const folder = deskFolder(dataDir);
  const path = 'file' in of && of.file === 'wal' ? `${folder.file}-wal` : folder.file;
  if (existsSync(path) && statSync(path).size > 0) plant(dataDir, of);
}

/** The same desk without a copy and with all of it in its file. */
function leaveClosed(): string {
  const dataDir = leave('none');
  const { file: path } = deskFolder(dataDir);
  const sqlite = new SqliteDatabase(path);
  sqlite.pragma('wal_checkpoint(truncate)');
  sqlite.close();
  return dataDir;
}

/** For each waiting mutation the sets of pages that hold it whole. */
function pagesOfMutations(dataDir: string): Map<string, number[][]> {
  const { file: path } = deskFolder(dataDir);
  const pages = openPages({ main: path });
  const found = new Map<string, number[][]>();
  for (let page = 1; page <= pages.pages; page += 1) {
    const [bytes] = pages.versions(page);
    if (!bytes) continue;
    for (const cell of listedCells(bytes, page) ?? []) {
      const used = [page];
      const record = readRecord(bytes, cell, (next) => (used.push(next), pages.versions(next)[0]));
      const id = made.waiting.find((one) => cell.kind === 'table' && record.includes(one));
      if (id !== undefined) found.set(id, [...(found.get(id) ?? []), used]);
    }
  }
  pages.close();
  return found;
}
