/**
 * One program per desk file. The lock is SQLite's own on a file beside it: the operating system lets go of it when its
 * holder dies, however it dies, so that no stale lock is ever in the way. It does not guard against a copy of the file.
 */
import SqliteDatabase from 'better-sqlite3';
import { AppError } from '../../src-shared/protocol/app-error.ts';

export interface FileLock {
  release(): void;
}

/** @throws AppError STORE_IN_USE when another program, or this one already, holds it. */
export function lockFile(file: string): FileLock {
  const lock = new SqliteDatabase(`${file}.lock`, { timeout: 0 });
  try {
    lock.pragma('journal_mode = memory');
    lock.exec('begin exclusive');
  } catch (error) {
    lock.close();
    if (error instanceof SqliteDatabase.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
      throw new AppError({ code: 'STORE_IN_USE', retry: 'later' }, { cause: error });
    }
    throw error;
  }
  return { release: () => lock.close() };
}
