/** The rows of a filled desk file, inserted by hand into an empty one with the same tables, indexes and search. */
import path from 'node:path';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { REPLICA_MIGRATIONS } from '../../migrations/replica/all.ts';
import { CENTRAL_TABLES } from '../../src-main/replica/row-shapes.ts';
import { customerGrams, productGrams } from '../../src-main/replica/search/row-grams.ts';
import { microseconds } from '../bench.ts';

const AT_A_TIME = 5_000;

interface TableRows {
  table: string;
  columns: string[];
  rows: unknown[][];
  index: string | undefined;
  grams: string[];
}

/** @returns seconds. The rows are in memory before the clock starts, what the search is given of them too. */
export function insertByHand(filled: string, folder: string): number {
  const from = new SqliteDatabase(filled, { readonly: true });
  const tables = CENTRAL_TABLES.map((table) => readTable(from, table));
  from.close();
  const sqlite = new SqliteDatabase(path.join(folder, 'by-hand.sqlite'));
  for (const pragma of ['journal_mode = wal', 'synchronous = full', 'cache_size = -65536']) sqlite.pragma(pragma);
  for (const { sql } of REPLICA_MIGRATIONS) sqlite.exec(sql);
  const us = microseconds(() => {
    for (const table of tables) insertTable(sqlite, table);
  });
  sqlite.close();
  return us / 1e6;
}

function readTable(from: Database, table: string): TableRows {
  const statement = from.prepare(`select * from ${table}`);
  const columns = statement.columns().map((column) => column.name);
  const rows = statement.raw().all() as unknown[][];
  const of = (row: unknown[], name: string): string => row[columns.indexOf(name)] as string;
  const named = (row: unknown[]) => ({
    name: of(row, 'name'),
    nameAlt: of(row, 'name_alt'),
    code: of(row, 'code'),
    barcode: of(row, 'barcode'),
    phone: of(row, 'phone'),
    initials: of(row, 'initials'),
  });
  const grams = { product: productGrams, customer: customerGrams }[table];
  return {
    table,
    columns,
    rows,
    index: grams && `${table}_search`,
    grams: grams ? rows.map((row) => grams(named(row))) : [],
  };
}

function insertTable(sqlite: Database, { table, columns, rows, index, grams }: TableRows): void {
  const insert = sqlite.prepare(`insert into ${table} values (${columns.map(() => '?').join(', ')})`);
  const enter = index === undefined ? undefined : sqlite.prepare(`insert into ${index} (rowid, grams) values (?, ?)`);
  const some = sqlite.transaction((first: number) => {
    for (let at = first; at < Math.min(rows.length, first + AT_A_TIME); at += 1) {
      const row = rows[at] ?? [];
      insert.run(...row);
      enter?.run(row[columns.indexOf('row_no')], grams[at]);
    }
  });
  for (let first = 0; first < rows.length; first += AT_A_TIME) some(first);
}
