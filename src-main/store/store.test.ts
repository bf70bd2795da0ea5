/** The desk's file on a real disk: what it promises, read back, and what it refuses. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { REPLICA_MIGRATIONS } from '../../migrations/replica/all.ts';
import type { Platform } from '../platform.ts';
import { checksumOf } from './migrate.ts';
import { readMeta, writeMeta } from './meta.ts';
import { moveWal } from './move-wal.ts';
import { openStore } from './open-store.ts';
import type { Store, WriteTx } from './store.ts';

const platform: Platform = {
  now: () => 1_700_000_000_000,
  monotonicNow: () => 0,
  randomBytes: (count) => new Uint8Array(count),
};

let folder: string;
let file: string;
let opened: Store[] = [];

function open(...more: [] | [typeof REPLICA_MIGRATIONS]): Store {
  const store = openStore(file, platform, ...more);
  opened.push(store);
  return store;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orderdesk-store-'));
  file = join(folder, 'desk.sqlite');
});

afterEach(() => {
  for (const store of opened) store.close();
  opened = [];
  rmSync(folder, { recursive: true, force: true });
});

function appErrorOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return (error as { data?: unknown }).data ?? error;
  }
  return undefined;
}

describe('opening', () => {
  test('the file is in WAL mode and belongs to its owner alone', () => {
    open();
    const other = new SqliteDatabase(file, { readonly: true });
    expect(other.pragma('journal_mode', { simple: true })).toBe('wal');
    other.close();
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o077).toBe(0);
  });

  test('a second opener in the same process is told that the file is in use', () => {
    open();
    expect(appErrorOf(() => open())).toMatchObject({ code: 'STORE_IN_USE' });
  });

  test('another process holds the file until it is killed, and not a moment longer', async () => {
    const holder = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { openStore } from ${JSON.stringify(new URL('open-store.ts', import.meta.url).href)};
         globalThis.held = openStore(${JSON.stringify(file)}, { now: () => 0 });
         console.log('held');
         setInterval(() => {}, 1000);`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const ended = new Promise((resolve) => holder.once('exit', resolve));
    await new Promise<void>((resolve, reject) => {
      holder.stdout.once('data', () => resolve());
      holder.once('exit', () => reject(new Error('the holder ended before it held the file')));
    });
    expect(appErrorOf(() => open())).toMatchObject({ code: 'STORE_IN_USE' });
    holder.kill('SIGKILL');
    await ended;
    expect(() => open()).not.toThrow();
  });

  test('a file that is no database is called damaged and left as it is', () => {
    writeFileSync(file, 'not a database, but somebody wanted it'.repeat(200));
    const size = statSync(file).size;
    expect(appErrorOf(() => open())).toMatchObject({ code: 'STORE_DAMAGED' });
    expect(statSync(file).size).toBe(size);
  });
});

describe('migrating', () => {
  const extra = { name: '0999-extra', sql: 'create table extra (a integer) strict' };

  test('a second start runs nothing again', () => {
    open().close();
    opened = [];
    expect(() => open()).not.toThrow();
  });

  test('a migration that was edited after it ran stops the program', () => {
    open([...REPLICA_MIGRATIONS, extra]).close();
    opened = [];
    const edited = { ...extra, sql: `${extra.sql} -- edited` };
    expect(checksumOf(edited)).not.toBe(checksumOf(extra));
    expect(appErrorOf(() => open([...REPLICA_MIGRATIONS, edited]))).toMatchObject({
      code: 'STORE_DAMAGED',
      detail: expect.stringContaining('0999-extra'),
    });
  });

  test('a file of a newer build asks for the newer build', () => {
    open([...REPLICA_MIGRATIONS, extra]).close();
    opened = [];
    expect(appErrorOf(() => open())).toMatchObject({ code: 'UPGRADE_REQUIRED' });
  });

  test('a migration that fails half way leaves nothing of itself', () => {
    const broken = { name: '0999-broken', sql: 'create table half (a integer) strict; insert into nowhere values (1)' };
    expect(() => open([...REPLICA_MIGRATIONS, broken])).toThrow(/nowhere/);
    const sqlite = new SqliteDatabase(file, { readonly: true });
    expect(sqlite.prepare("select count(*) from sqlite_schema where name = 'half'").pluck().get()).toBe(0);
    sqlite.close();
  });
});

describe('a transaction', () => {
  test('that throws leaves nothing behind', () => {
    const store = open();
    expect(() =>
      store.transaction((tx) => {
        writeMeta(store, tx, { key: 'a', value: '1' });
        throw new Error('changed my mind');
      }),
    ).toThrow('changed my mind');
    expect(readMeta(store, 'a')).toBeUndefined();
  });

  test('is on the disk for another connection once it returned', () => {
    const store = open();
    store.transaction((tx) => writeMeta(store, tx, { key: 'a', value: '1' }));
    const other = new SqliteDatabase(file, { readonly: true });
    expect(other.prepare('select value from meta where key = ?').pluck().get('a')).toBe('1');
    other.close();
  });

  test('cannot be written to after it has ended', () => {
    const store = open();
    let kept: WriteTx | undefined;
    store.transaction((tx) => {
      kept = tx;
    });
    expect(() => kept && writeMeta(store, kept, { key: 'a', value: '1' })).toThrow(/outside/);
  });

  test('does not nest and does not wait', () => {
    const store = open();
    expect(() => store.transaction(() => store.transaction(() => 1))).toThrow(/inside/);
    expect(() => store.transaction(async () => Promise.resolve())).toThrow(/wait/);
    expect(store.transaction(() => 1)).toBe(1);
  });

  test('that does not fit on the disk says so and can be tried again', () => {
    const store = open();
    const limit = store.command<Record<string, never>, { n: number }>((db) => ({
      compile: () => ({ ...db.selectFrom('meta').selectAll().compile(), sql: 'pragma max_page_count = 60' }) as never,
    }));
    const error = appErrorOf(() =>
      store.transaction((tx) => {
        limit.get(tx, {});
        for (let n = 0; n < 2_000; n += 1) writeMeta(store, tx, { key: `k${n}`, value: 'x'.repeat(1_000) });
      }),
    );
    expect(error).toMatchObject({ code: 'DISK_FULL' });
    expect(readMeta(store, 'k0')).toBeUndefined();
    store.transaction((tx) => writeMeta(store, tx, { key: 'small', value: '1' }));
    expect(readMeta(store, 'small')).toBe('1');
  });
});

describe('what can be fetched again', () => {
  const put = (store: Store, key: string): void => store.refetchable((tx) => writeMeta(store, tx, { key, value: '1' }));
  const onDisk = (key: string): boolean => {
    const other = new SqliteDatabase(file, { readonly: true });
    const found = other.prepare('select 1 from meta where key = ?').get(key) !== undefined;
    other.close();
    return found;
  };

  test('gathers until it is committed: seen here at once, elsewhere then', () => {
    const store = open();
    put(store, 'a');
    put(store, 'b');
    expect([readMeta(store, 'a'), onDisk('a')]).toEqual(['1', false]);
    expect(store.checkpointWhenIdle(0)).toBe(0);
    store.commitGathered();
    expect([onDisk('a'), onDisk('b')]).toEqual([true, true]);
  });

  test('goes to the disk with the next transaction, which waits for it like any other', () => {
    const store = open();
    put(store, 'a');
    store.transaction((tx) => writeMeta(store, tx, { key: 'mine', value: '1' }));
    expect([onDisk('a'), onDisk('mine')]).toEqual([true, true]);
  });

  test('goes back to the last commit when one part of it fails', () => {
    const store = open();
    put(store, 'a');
    store.commitGathered();
    put(store, 'b');
    expect(() =>
      store.refetchable((tx) => {
        writeMeta(store, tx, { key: 'c', value: '1' });
        throw new Error('no more');
      }),
    ).toThrow('no more');
    expect(['a', 'b', 'c'].map((key) => readMeta(store, key))).toEqual(['1', undefined, undefined]);
    put(store, 'd');
    store.commitGathered();
    expect(onDisk('d')).toBe(true);
  });

  test('does not nest', () => {
    const store = open();
    expect(() => store.refetchable(() => put(store, 'a'))).toThrow('inside');
    expect(() => store.transaction(() => store.commitGathered())).not.toThrow();
  });
});

test('a file that was found damaged is not written to any more, and whoever listens is told once', () => {
  const store = open();
  store.transaction((tx) => writeMeta(store, tx, { key: 'a', value: '1' }));
  const told: string[] = [];
  store.onDamage((detail) => told.push(detail));
  store.declareDamaged('a bad page');
  store.declareDamaged('another');
  expect(appErrorOf(() => store.transaction((tx) => writeMeta(store, tx, { key: 'a', value: '2' })))).toMatchObject({
    code: 'STORE_DAMAGED',
  });
  expect(readMeta(store, 'a')).toBe('1');
  expect(told).toEqual(['a bad page']);
});

test('an idle checkpoint moves a full WAL into the file', () => {
  const store = open();
  for (let n = 0; n < 100; n += 1) {
    store.transaction((tx) => writeMeta(store, tx, { key: `k${n}`, value: 'x'.repeat(4_000) }));
  }
  expect(store.checkpointWhenIdle()).toBeGreaterThan(100);
  expect(store.checkpointWhenIdle()).toBe(0);
});

test('the WAL is moved into the file by another connection, beside one that is writing', () => {
  const store = open();
  for (let n = 0; n < 100; n += 1) {
    store.transaction((tx) => writeMeta(store, tx, { key: `k${n}`, value: 'x'.repeat(4_000) }));
  }
  const before = statSync(file).size;
  store.refetchable((tx) => writeMeta(store, tx, { key: 'open', value: '1' }));
  moveWal(file, 1_000);
  expect(statSync(file).size).toBe(before);
  moveWal(file, 10);
  expect(statSync(file).size).toBeGreaterThan(before + 100_000);
  store.commitGathered();
  expect(readMeta(store, 'open')).toBe('1');
});
