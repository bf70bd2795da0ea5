/**
 * Writes rows of a chunk: the same statements as those of a page (replica/upsert.ts), their values bound by position.
 * A row is written only over an older one, or over one of a scope that is none any more.
 */
import { sql } from 'kysely';
import type { RowKind } from '../../src-shared/protocol/change.ts';
import { givesWay } from '../replica/upsert.ts';
import { perStore, type Command, type Query, type Store, type WriteTx } from '../store/store.ts';
import { ROW_SHAPES, type RowShape, type SqlValue } from './row-values.ts';

export interface BulkRow {
  /** The columns of its kind, `rev`, the scope's id. */
  values: SqlValue[];
  grams: string | undefined;
}

export interface BulkWriter {
  /** @returns whether it was written. */
  put(tx: WriteTx, row: BulkRow): boolean;
  /**
   * Enters what was put into the search index; at the end of a transaction. Between two rows it would make SQLite write
   * out what the index holds in memory before each of them: a segment for each row.
   */
  finish(tx: WriteTx): void;
}

interface SearchEntry {
  rowNo: number;
  grams: string;
}

/** One for each kind; `mayBeThere`: rows with the same words may be there already, whose search entries can stay. */
export function bulkWriter(store: Store, kind: RowKind, { mayBeThere }: { mayBeThere: boolean }): BulkWriter {
  const { put, search } = statements(store)[kind];
  if (!search) return { put: (tx, { values }) => put.run(tx, values) > 0, finish: () => {} };
  const entries: SearchEntry[] = [];
  return {
    put: (tx, { values, grams = '' }) => {
      // Asked before the row is written over.
      const same = mayBeThere && search.same.get(values) !== undefined;
      const written = put.get(tx, values);
      if (written && !same) entries.push({ rowNo: written.row_no, grams });
      return written !== undefined;
    },
    finish: (tx) => {
      // Emptied first: what a transaction that fails has put is not there.
      for (const entry of entries.splice(0)) search.enter.run(tx, entry);
    },
  };
}

interface Statements {
  put: Command<SqlValue[], { row_no: number }>;
  search?: { same: Query<SqlValue[], { row_no: number }>; enter: Command<SearchEntry, never> };
}

const statements = perStore(
  (store: Store) =>
    Object.fromEntries(
      Object.entries(ROW_SHAPES).map(([kind, shape]) => [kind, statementsOf(store, shape as RowShape<RowKind>)]),
    ) as Record<RowKind, Statements>,
);

function statementsOf(store: Store, { table, columns, keys, search }: RowShape<RowKind>): Statements {
  const all = [...columns, 'rev', 'scope_id'];
  const set = all.filter((column) => !keys.includes(column)).map((column) => `${column} = excluded.${column}`);
  const put = store.command<SqlValue[], { row_no: number }>((_, p) => {
    const values = sql.join(all.map((_column, index) => sql`${p[index]}`));
    return sql<{ row_no: number }>`insert into ${sql.raw(table)} (${sql.raw(all.join(', '))}) values (${values})
      on conflict (${sql.raw(keys.join(', '))}) do update set ${sql.raw(set.join(', '))}
      where excluded.rev > ${sql.raw(table)}.rev or ${sql.raw(givesWay(`${table}.scope_id`))}
      ${sql.raw(search ? 'returning row_no' : '')}`;
  });
  if (!search) return { put };
  const { index } = search;
  return {
    put,
    search: {
      same: store.query<SqlValue[], { row_no: number }>((_, p) => {
        const alike = [...keys, ...search.of].map((column) => sql`${sql.raw(column)} is ${p[columns.indexOf(column)]}`);
        return sql<{ row_no: number }>`select row_no from ${sql.raw(table)} where ${sql.join(alike, sql` and `)}`;
      }),
      enter: store.command<SearchEntry, never>(
        (_, p) => sql<never>`insert or replace into ${sql.raw(index)} (rowid, grams) values (${p.rowNo}, ${p.grams})`,
      ),
    },
  };
}
