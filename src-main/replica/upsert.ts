/**
 * The two statements by which central's rows are written: each acts only on an older row. A row is in one scope at a
 * time; what is removed from another scope than the one it is in has moved, and stays. A row of a scope that is stale or
 * leaving is no row of this desk's: it gives way to any other, for after a new epoch versions count anew.
 */
import { sql } from 'kysely';
import type { RowKind } from '../../src-shared/protocol/change.ts';
import type { Command, Store, WriteTx } from '../store/store.ts';
import type { CentralTable, RowShape, SqlValue } from './row-shapes.ts';

/** Of which version a row is, and in which scope (`scope.scope_id`). */
export interface RowStamp {
  rev: number;
  scopeId: number;
}

/** Whether a row of that scope gives way to any other. */
export function givesWay(scopeId: string): string {
  return `${scopeId} in (select scope_id from scope where state in ('stale', 'leaving'))`;
}

/**
 * `insert … on conflict do update … where excluded.rev > rev`. Its values: the row's, `rev`, the scope's id.
 *
 * Without `returning`: that opens a savepoint for each row, and at each the search index writes out what it holds in
 * memory, a segment for every single row.
 *
 * @param rows how many it writes, one behind the other: several at once cost half of what each by itself does.
 */
export function upsert(store: Store, shape: WrittenShape, rows = 1): Command<SqlValue[], never> {
  const { table, keys } = shape;
  const set = columnsOf(shape)
    .filter((column) => !keys.includes(column))
    .map((column) => `${column} = excluded.${column}`);
  return insertOr(
    store,
    shape,
    `update set ${set.join(', ')} where excluded.rev > ${table}.rev or ${givesWay(`${table}.scope_id`)}`,
    rows,
  );
}

/** The row if there is none with its key. Values: the same. */
export function insertNew(store: Store, shape: WrittenShape): Command<SqlValue[], never> {
  return insertOr(store, shape, 'nothing');
}

type WrittenShape = Pick<RowShape<RowKind>, 'table' | 'columns' | 'keys'>;

function columnsOf({ columns }: WrittenShape): string[] {
  return [...columns, 'rev', 'scope_id'];
}

function insertOr(store: Store, shape: WrittenShape, onConflict: string, rows = 1): Command<SqlValue[], never> {
  const columns = columnsOf(shape);
  return store.command<SqlValue[], never>((_, p) => {
    const row = (at: number) => sql.join(columns.map((_column, index) => sql`${p[at * columns.length + index]}`));
    const values = sql.join(Array.from({ length: rows }, (_row, at) => sql`(${row(at)})`));
    return sql<never>`insert into ${sql.raw(shape.table)} (${sql.raw(columns.join(', '))}) values ${values}
      on conflict (${sql.raw(shape.keys.join(', '))}) do ${sql.raw(onConflict)}`;
  });
}

/** Removes a row by its one key column, only when the one here is older and in that very scope. */
export function remover(
  store: Store,
  table: CentralTable,
  column: string,
): (tx: WriteTx, key: string, stamp: RowStamp) => boolean {
  const statement = store.command<{ key: string } & RowStamp, never>(
    (_, p) => sql<never>`
      delete from ${sql.raw(table)}
      where ${sql.raw(column)} = ${p.key} and rev < ${p.rev} and scope_id = ${p.scopeId}`,
  );
  return (tx, key, { rev, scopeId }) => statement.run(tx, { key, rev, scopeId }) > 0;
}
