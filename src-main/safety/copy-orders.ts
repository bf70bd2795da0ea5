/**
 * The copy that matters: the desk's own rows, which nobody else has. Small, so it is made within seconds of every
 * order. One transaction reads them all, on a connection that can't write the desk's file.
 */
import { rmSync } from 'node:fs';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { BUSY_TIMEOUT_MS } from '../store/limits.ts';
import { moveDurably, syncFile } from './durable-files.ts';
import { OWN_TABLES } from './own-tables.ts';
import { verifyCopy } from './verify-copy.ts';

/** Where a copy has come to; a test ends the process at each. */
export type CopyStep = 'begun' | 'copied' | 'synced' | 'verified' | 'named';

export interface CopyOrder {
  /** The desk's file. */
  file: string;
  /** The copy's name once it is good. */
  path: string;
  at?: (step: CopyStep) => void;
}

/** @throws Error when the copy is not what the file had; nothing stands under its name then. */
export function copyOrders({ file, path, at = () => {} }: CopyOrder): void {
  const part = `${path}.part`;
  rmSync(part, { force: true });
  const source = new SqliteDatabase(file, { readonly: true, timeout: BUSY_TIMEOUT_MS });
  const copy = new SqliteDatabase(part);
  let mutations: number;
  try {
    at('begun');
    // Not synced step by step: until it is whole it has no name that counts.
    copy.pragma('journal_mode = off');
    copy.pragma('synchronous = off');
    source.exec('begin');
    copy.exec('begin');
    for (const table of OWN_TABLES) copyTable(source, copy, table);
    copy.exec('delete from sqlite_sequence');
    copyRows(source, copy, 'sqlite_sequence');
    mutations = Number(source.prepare('select count(*) from outbox').pluck().get());
    copy.exec('commit');
  } finally {
    copy.close();
    source.close();
  }
  at('copied');
  syncFile(part);
  at('synced');
  verifyCopy(part, { mutations });
  at('verified');
  moveDurably(part, path);
  at('named');
}

function copyTable(source: Database, copy: Database, table: string): void {
  const sql = source.prepare("select sql from sqlite_schema where type = 'table' and name = ?").pluck().get(table);
  // A file that waits for its migrations has fewer.
  if (typeof sql !== 'string') return;
  copy.exec(sql);
  copyRows(source, copy, table);
}

function copyRows(source: Database, copy: Database, table: string): void {
  const rows = source.prepare(`select * from "${table}"`).raw().safeIntegers();
  const insert = copy.prepare(
    `insert into "${table}" values (${rows
      .columns()
      .map(() => '?')
      .join(', ')})`,
  );
  for (const row of rows.iterate()) insert.run(row);
}
