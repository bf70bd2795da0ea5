/** Opens the desk's file. What it promises is in store.ts; here is what makes it true, and what is read back. */
import { closeSync, openSync } from 'node:fs';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { REPLICA_MIGRATIONS } from '../../migrations/replica/all.ts';
import type { Migration } from '../../migrations/migration.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { Platform } from '../platform.ts';
import { lockFile, type FileLock } from './file-lock.ts';
import {
  BUSY_TIMEOUT_MS,
  OLDEST_SQLITE_VERSION,
  PAGE_BYTES,
  PAGE_CACHE_KIB,
  WAL_BACKSTOP_PAGES,
  WAL_IDLE_PAGES,
  WAL_KEEP_BYTES,
} from './limits.ts';
import { migrate } from './migrate.ts';
import { PreparedStatement, type BuildQuery, type Params, type Translate } from './prepare.ts';
import { translateSqliteError } from './sqlite-errors.ts';
import type { Command, Query, Store, StoreSnapshot, WriteTx } from './store.ts';

/**
 * @param migrations other than this build's only in the tests of migrating itself.
 * @throws AppError STORE_IN_USE, STORE_DAMAGED, DISK_FULL, UPGRADE_REQUIRED. There is no other file and no memory to
 *         fall back to: a desk that cannot save must say so.
 */
export function openStore(
  file: string,
  platform: Platform,
  migrations: readonly Migration[] = REPLICA_MIGRATIONS,
): Store {
  const lock = lockFile(file);
  try {
    return openLocked(file, lock, { platform, migrations });
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * The same under a lock that is held already: by whoever looks at the file before it is opened. The store gives the
 * lock up with the file; where this throws, it stays with the caller.
 */
export function openLocked(
  file: string,
  lock: FileLock,
  { platform, migrations = REPLICA_MIGRATIONS }: { platform: Platform; migrations?: readonly Migration[] },
): Store {
  let sqlite: Database | undefined;
  try {
    // The file holds keys that sign: nobody else on the machine may read it.
    closeSync(openSync(file, 'a', 0o600));
    sqlite = new SqliteDatabase(file, { timeout: BUSY_TIMEOUT_MS });
    assertSqliteVersion(sqlite);
    setPragmas(sqlite);
    migrate(sqlite, migrations, platform.now());
    return new SqliteStore(file, sqlite, lock);
  } catch (error) {
    closeQuietly(sqlite);
    throw translateSqliteError(error);
  }
}

/** A damaged file may fail even to close; why it could not be opened is what counts. */
function closeQuietly(sqlite: Database | undefined): void {
  try {
    sqlite?.close();
  } catch {
    // Its handles go with the process.
  }
}

function assertSqliteVersion(sqlite: Database): void {
  const version = String(sqlite.prepare('select sqlite_version()').pluck().get());
  const parts = version.split('.').map(Number);
  for (const [index, least] of OLDEST_SQLITE_VERSION.entries()) {
    const part = parts[index] ?? 0;
    if (part > least) return;
    if (part < least)
      throw new Error(`SQLite ${version} can corrupt a WAL; ${OLDEST_SQLITE_VERSION.join('.')} is needed`);
  }
}

/** Settings that keep the promise; each is read back, because SQLite ignores a pragma it doesn't like in silence. */
const PROMISED: readonly (readonly [name: string, value: string, readBack: string | number])[] = [
  // Whatever SQLite's default comes to be: what is read out of a damaged file by hand counts on it.
  ['page_size', String(PAGE_BYTES), PAGE_BYTES],
  ['journal_mode', 'wal', 'wal'],
  ['synchronous', 'full', 2],
  ['fullfsync', 'on', 1],
  ['checkpoint_fullfsync', 'on', 1],
  ['foreign_keys', 'on', 1],
  ['mmap_size', '0', 0],
  ['trusted_schema', 'off', 0],
  ['wal_autocheckpoint', String(WAL_BACKSTOP_PAGES), WAL_BACKSTOP_PAGES],
  ['journal_size_limit', String(WAL_KEEP_BYTES), WAL_KEEP_BYTES],
  ['cache_size', String(-PAGE_CACHE_KIB), -PAGE_CACHE_KIB],
];

function setPragmas(sqlite: Database): void {
  for (const [name, value] of PROMISED) sqlite.pragma(`${name} = ${value}`);
  for (const [name, , expected] of PROMISED) {
    const found = sqlite.pragma(name, { simple: true });
    // Without memory mapping compiled in, SQLite answers nothing at all to its pragma.
    if (found === undefined && name === 'mmap_size') continue;
    if (found !== expected) throw new Error(`SQLite has ${name} = ${String(found)} where ${expected} was set`);
  }
}

class SqliteStore implements Store {
  readonly file: string;
  readonly #sqlite: Database;
  readonly #lock: FileLock;
  readonly #begin;
  readonly #commit;
  readonly #rollback;
  readonly #translate: Translate;
  readonly #damageListeners: ((detail: string) => void)[] = [];
  readonly #endListeners: ((committed: boolean) => void)[] = [];
  #damage: AppError | undefined;
  #open: object | undefined;
  /** How many have joined the transaction of `refetchable` that is open; 0: none is. */
  #gathered = 0;

  constructor(file: string, sqlite: Database, lock: FileLock) {
    this.file = file;
    this.#sqlite = sqlite;
    this.#lock = lock;
    this.#begin = sqlite.prepare('begin immediate');
    this.#commit = sqlite.prepare('commit');
    this.#rollback = sqlite.prepare('rollback');
    this.#translate = (error) => {
      const translated = translateSqliteError(error);
      if (translated instanceof AppError && translated.data.code === 'STORE_DAMAGED') {
        this.declareDamaged(translated.data.detail);
      }
      return translated;
    };
  }

  onDamage(listener: (detail: string) => void): void {
    this.#damageListeners.push(listener);
  }

  onEnd(listener: (committed: boolean) => void): void {
    this.#endListeners.push(listener);
  }

  declareDamaged(detail: string): void {
    if (this.#damage) return;
    this.#damage = new AppError({ code: 'STORE_DAMAGED', retry: 'later', detail });
    for (const listener of this.#damageListeners) listener(detail);
  }

  query<P extends Params, R>(build: BuildQuery<P, R>): Query<P, R> {
    return new PreparedStatement<P, R>(this.#sqlite, build, this.#translate);
  }

  command<P extends Params, R>(build: BuildQuery<P, R>): Command<P, R> {
    const statement = new PreparedStatement<P, R>(this.#sqlite, build, this.#translate);
    return {
      run: (tx, values) => (this.#assertOpen(tx), statement.run(values)),
      insert: (tx, values) => (this.#assertOpen(tx), statement.insert(values)),
      get: (tx, values) => (this.#assertOpen(tx), statement.get(values)),
      all: (tx, values) => (this.#assertOpen(tx), statement.all(values)),
    };
  }

  transaction<T>(work: (tx: WriteTx) => T): T {
    this.#assertFree();
    try {
      this.commitGathered();
    } catch {
      // What was gathered is gone, and will be fetched again: no reason not to take down what somebody says now.
    }
    if (this.#damage) throw this.#damage;
    try {
      this.#begin.run();
      const result = this.#doIn(work);
      this.#commit.run();
      this.#ended(true);
      return result;
    } catch (error) {
      this.#rollBack();
      throw this.#translate(error);
    }
  }

  refetchable<T>(work: (tx: WriteTx) => T): T {
    this.#assertFree();
    if (this.#damage) throw this.#damage;
    try {
      if (this.#gathered === 0) {
        // Not to be said inside of a transaction; taken back when this one ends, before any other begins.
        this.#sqlite.pragma('synchronous = normal');
        this.#gathered = 1;
        this.#begin.run();
      } else this.#gathered += 1;
      return this.#doIn(work);
    } catch (error) {
      this.#endGathering(() => this.#rollBack());
      throw this.#translate(error);
    }
  }

  gathered(): number {
    return this.#gathered;
  }

  commitGathered(): void {
    if (this.#gathered === 0) return;
    this.#assertFree();
    try {
      this.#endGathering(() => this.#commit.run());
      this.#ended(true);
    } catch (error) {
      this.#endGathering(() => this.#rollBack());
      throw this.#translate(error);
    }
  }

  #doIn<T>(work: (tx: WriteTx) => T): T {
    const tx = {} as WriteTx;
    this.#open = tx;
    try {
      const result = work(tx);
      if (result instanceof Promise) throw new Error('store: a transaction must not wait');
      return result;
    } finally {
      this.#open = undefined;
    }
  }

  #endGathering(end: () => void): void {
    end();
    this.#gathered = 0;
    this.#sqlite.pragma('synchronous = full');
  }

  #rollBack(): void {
    // SQLite has rolled back by itself after some errors, a full disk among them.
    if (this.#sqlite.inTransaction) this.#rollback.run();
    this.#ended(false);
  }

  #ended(committed: boolean): void {
    for (const listener of this.#endListeners) listener(committed);
  }

  walPages(): number {
    return this.#translated(() => this.#walState()?.log ?? 0);
  }

  checkpointWhenIdle(fromPages = WAL_IDLE_PAGES): number {
    if (this.#gathered > 0) return 0;
    return this.#translated(() => {
      const state = this.#walState();
      if (!state || state.log - state.checkpointed < fromPages) return 0;
      const [after] = this.#sqlite.pragma('wal_checkpoint(passive)') as { checkpointed: number }[];
      return (after?.checkpointed ?? 0) - state.checkpointed;
    });
  }

  #walState(): { log: number; checkpointed: number } | undefined {
    const [state] = this.#sqlite.pragma('wal_checkpoint(noop)') as { log: number; checkpointed: number }[];
    return state;
  }

  #translated<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw this.#translate(error);
    }
  }

  snapshot(): StoreSnapshot {
    const sqlite = new SqliteDatabase(this.file, { readonly: true, timeout: BUSY_TIMEOUT_MS });
    sqlite.pragma('query_only = on');
    sqlite.exec('begin');
    // The moment is that of the first read.
    sqlite.prepare('select count(*) from meta').get();
    return {
      file: this.file,
      query: <P extends Params, R>(build: BuildQuery<P, R>): Query<P, R> =>
        new PreparedStatement<P, R>(sqlite, build, this.#translate),
      close: () => sqlite.close(),
    };
  }

  close(): void {
    try {
      this.commitGathered();
    } catch {
      // It will be fetched again.
    }
    try {
      // SQLite checkpoints when the last connection closes.
      this.#sqlite.close();
    } finally {
      this.#lock.release();
    }
  }

  #assertFree(): void {
    if (this.#open) throw new Error('store: a transaction inside a transaction');
  }

  #assertOpen(tx: WriteTx): void {
    if (tx !== this.#open) throw new Error('store: a write outside of its transaction');
  }
}
