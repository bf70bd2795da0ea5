/**
 * Faults that a desk could have without anybody noticing: they change no answer, and no kill of the process brings them
 * out. The proof has to find each of them, else it proves nothing. Planted from outside, into the SQLite binding of the
 * writer's own process, so that the store stays as it is.
 */
import SqliteDatabase from 'better-sqlite3';

export const FAULTS = ['synchronous-off', 'synchronous-normal', 'no-transactions'] as const;
export type Fault = (typeof FAULTS)[number];

/** To be called before the store is opened. */
export function plant(fault: Fault): void {
  if (fault === 'no-transactions') commitEachStatement();
  else ignorePromise(fault === 'synchronous-off' ? 0 : 1);
}

type Method<T> = (this: SqliteDatabase.Database, source: string, options?: SqliteDatabase.PragmaOptions) => T;

/** SQLite syncs less than it was asked to, and says that it does as asked. */
function ignorePromise(level: 0 | 1): void {
  const honest = Reflect.get(SqliteDatabase.prototype, 'pragma') as Method<unknown>;
  SqliteDatabase.prototype.pragma = function pragma(this: SqliteDatabase.Database, source, options): unknown {
    if (source === 'synchronous') return 2;
    return honest.call(this, source.startsWith('synchronous') ? `synchronous = ${level}` : source, options);
  };
}

/** What belongs together is committed one statement after another. */
function commitEachStatement(): void {
  const honest = Reflect.get(SqliteDatabase.prototype, 'prepare') as Method<never>;
  SqliteDatabase.prototype.prepare = function prepare(this: SqliteDatabase.Database, source: string): never {
    const ends = source === 'begin immediate' || source === 'commit';
    return honest.call(this, ends ? 'delete from meta where false' : source);
  };
}
