/** Reads the desk's file through and says what is wrong with it, on a connection of its own that can't write. */
import SqliteDatabase from 'better-sqlite3';
import { BUSY_TIMEOUT_MS } from '../store/limits.ts';
import { damageOf } from '../store/sqlite-errors.ts';
import { ORDER_TABLES } from './own-tables.ts';
import { alteredMutations, checkProblems } from './verify-copy.ts';

export type CheckHow = 'quick' | 'thorough';

export interface FileCheck {
  file: string;
  how: CheckHow;
  /** Stands back between two tables; without it the file is read in one go, free pages and all. */
  pause?: () => void;
}

/** @returns what is wrong, in SQLite's words; nothing for a sound file. */
export function checkFile({ file, how, pause }: FileCheck): string[] {
  return reading(file, (sqlite) => {
    const check = how === 'quick' ? 'quick_check' : 'integrity_check';
    if (!pause) return [...checkProblems(sqlite, check), ...altered(sqlite)];
    const tables = sqlite
      .prepare<[], string>("select name from sqlite_schema where type = 'table' and rootpage > 0")
      .pluck()
      .all();
    const problems: string[] = [];
    for (const table of tables) {
      problems.push(...checkProblems(sqlite, check, table));
      pause();
    }
    return [...problems, ...altered(sqlite)];
  });
}

/** The tables that nobody else has, indexes and every signed text included: in milliseconds, before each start. */
export function checkOrders(file: string): string[] {
  return reading(file, (sqlite) => [
    ...ORDER_TABLES.flatMap((table) => checkProblems(sqlite, 'integrity_check', table)),
    ...checkProblems(sqlite, 'quick_check', 'journal'),
    ...altered(sqlite),
  ]);
}

function altered(sqlite: SqliteDatabase.Database): string[] {
  const ids = alteredMutations(sqlite);
  return ids.length === 0 ? [] : [`${ids.length} mutations are not what was written`];
}

/** A file that can't even be read is no exception here: that is what was asked. */
function reading(file: string, check: (sqlite: SqliteDatabase.Database) => string[]): string[] {
  const sqlite = new SqliteDatabase(file, { readonly: true, timeout: BUSY_TIMEOUT_MS });
  try {
    return check(sqlite);
  } catch (error) {
    const damage = damageOf(error);
    if (damage !== undefined) return [damage];
    throw error;
  } finally {
    sqlite.close();
  }
}
