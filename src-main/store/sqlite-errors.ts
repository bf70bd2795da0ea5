/** SQLite's failures in the words of the product. Anything else stays what it is: a fault of ours, for the log. */
import { SqliteError } from 'better-sqlite3';
import { AppError } from '../../src-shared/protocol/app-error.ts';

/** The same error, or what it means to the person whose order it stopped. */
export function translateSqliteError(error: unknown): unknown {
  if (!(error instanceof SqliteError)) return error;
  const { code } = error;
  // An I/O error is a full or failing disk; either way this was not saved, and trying again may work.
  if (code.startsWith('SQLITE_FULL') || code.startsWith('SQLITE_IOERR') || code === 'SQLITE_NOMEM') {
    return new AppError({ code: 'DISK_FULL', retry: 'later' }, { cause: error });
  }
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    return new AppError({ code: 'STORE_DAMAGED', retry: 'never', detail: code }, { cause: error });
  }
  return error;
}
