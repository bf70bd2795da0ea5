/** SQLite's failures in the words of the product. Anything else stays what it is: a fault of ours, for the log. */
import { SqliteError } from 'better-sqlite3';
import { AppError } from '../../src-shared/protocol/app-error.ts';

const UNREADABLE = new Set([
  'SQLITE_IOERR_READ',
  'SQLITE_IOERR_SHORT_READ',
  'SQLITE_IOERR_CORRUPTFS',
  'SQLITE_IOERR_DATA',
]);

/** The same error, or what it means to the person whose order it stopped. */
export function translateSqliteError(error: unknown): unknown {
  if (!(error instanceof SqliteError)) return isNoRoom(error) ? diskFull(error) : error;
  const { code } = error;
  // What the disk can't give back is damage, as much as what it gives back wrong.
  if (isDamageCode(code)) {
    return new AppError({ code: 'STORE_DAMAGED', retry: 'later', detail: code }, { cause: error });
  }
  // Any other I/O error is a full or failing disk; either way this was not saved, and trying again may work.
  if (code.startsWith('SQLITE_FULL') || code.startsWith('SQLITE_IOERR') || code === 'SQLITE_NOMEM') {
    return diskFull(error);
  }
  return error;
}

function isDamageCode(code: string): boolean {
  return UNREADABLE.has(code) || code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB';
}

/**
 * What an error says of a file that is being looked at, in SQLite's words; undefined where it says nothing of it. A
 * table or column that is not there is damage as well: the question is ours and was right.
 */
export function damageOf(error: unknown): string | undefined {
  if (!(error instanceof SqliteError)) return undefined;
  return isDamageCode(error.code) || error.code === 'SQLITE_ERROR' ? `${error.code}: ${error.message}` : undefined;
}

/** The system's own words, where a file could not even be begun. */
function isNoRoom(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

function diskFull(cause: unknown): AppError {
  return new AppError({ code: 'DISK_FULL', retry: 'later' }, { cause });
}
