/**
 * Writes rows of a chunk: the same statements as those of a page (replica/upsert.ts).
 * A row is written only over an older one, or over one of a scope that is none any more.
 */
import { sql } from 'kysely';
import type { RowKind } from '../../src-shared/protocol/change.ts';
import { ROWS_AT_ONCE } from './limits.ts';
import { ROW_SHAPES, type RowShape, type SqlValue } from '../replica/row-shapes.ts';
import { searchIndexes, type SearchIndex } from '../replica/search/search-index.ts';
import { packTexts, unpackTexts, type SignedText } from '../replica/search/packed-texts.ts';
import { insertNew, upsert } from '../replica/upsert.ts';
import { perStore, type Command, type Query, type Store, type WriteTx } from '../store/store.ts';

export interface BulkRow {
  /** The columns of its kind, `rev`, the scope's id. */
  values: SqlValue[];
  grams: SignedText | undefined;
}

export interface BulkWriter {
  /** @returns whether it was written. */
  put(tx: WriteTx, row: BulkRow): boolean;
  /** Where nobody asks which of them were written; undefined for kinds that are searched for. */
  putAll?: (tx: WriteTx, rows: readonly SqlValue[][]) => void;
}

const NO_TEXT = unpackTexts(packTexts(['']))(0);

/** One for each kind; `mayBeThere`: rows with the same words may be there already, whose search entries can stay. */
export function bulkWriter(store: Store, kind: RowKind, { mayBeThere }: { mayBeThere: boolean }): BulkWriter {
  const { put, putSome, search } = statements(store)[kind];
  if (!search) {
    return {
      put: (tx, { values }) => put.run(tx, values) > 0,
      putAll: (tx, rows) => {
        const whole = rows.length - (rows.length % ROWS_AT_ONCE);
        for (let at = 0; at < whole; at += ROWS_AT_ONCE) putSome.run(tx, rows.slice(at, at + ROWS_AT_ONCE).flat());
        for (const row of rows.slice(whole)) put.run(tx, row);
      },
    };
  }
  return {
    put: (tx, { values, grams = NO_TEXT }) => {
      search.index.beforeRow();
      const newRowNo = mayBeThere ? undefined : search.insert.insert(tx, values);
      if (newRowNo !== undefined) {
        search.index.enterLater(tx, newRowNo, grams);
        return true;
      }
      // Asked before the row is written over.
      const same = mayBeThere && search.same.get(values) !== undefined;
      if (put.run(tx, values) === 0) return false;
      const rowNo = same ? undefined : search.rowNo.get(values)?.row_no;
      if (rowNo !== undefined) search.index.enterLater(tx, rowNo, grams);
      return true;
    },
  };
}

interface Statements {
  put: Command<SqlValue[], never>;
  /** Of ROWS_AT_ONCE rows. */
  putSome: Command<SqlValue[], never>;
  search?: {
    /** Of a new row: no asking for its number. */
    insert: Command<SqlValue[], never>;
    same: Query<SqlValue[], { row_no: number }>;
    rowNo: Query<SqlValue[], { row_no: number }>;
    index: SearchIndex;
  };
}

const statements = perStore(
  (store: Store) =>
    Object.fromEntries(
      Object.entries(ROW_SHAPES).map(([kind, shape]) => [kind, statementsOf(store, shape as RowShape<RowKind>)]),
    ) as Record<RowKind, Statements>,
);

function statementsOf(store: Store, shape: RowShape<RowKind>): Statements {
  const { table, columns, keys, search } = shape;
  const put = upsert(store, shape);
  const putSome = upsert(store, shape, ROWS_AT_ONCE);
  if (!search) return { put, putSome };
  const rowNoOf = (alike: readonly string[]): Query<SqlValue[], { row_no: number }> =>
    store.query<SqlValue[], { row_no: number }>((_, p) => {
      const where = alike.map((column) => sql`${sql.raw(column)} is ${p[columns.indexOf(column)]}`);
      return sql<{ row_no: number }>`select row_no from ${sql.raw(table)} where ${sql.join(where, sql` and `)}`;
    });
  return {
    put,
    putSome,
    search: {
      insert: insertNew(store, shape),
      same: rowNoOf([...keys, ...search.of]),
      rowNo: rowNoOf(keys),
      index: searchIndexes(store)[search.kind],
    },
  };
}
