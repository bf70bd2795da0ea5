/**
 * The two statements by which central's rows are written: each acts only on an older row. A row is in one scope at a
 * time; what is removed from another scope than the one it is in has moved, and stays. A row of a scope that is stale or
 * leaving is no row of this desk's: it gives way to any other, for after a new epoch versions count anew.
 */
import { sql, type Insertable } from 'kysely';
import type { StoreSchema } from '../store/schema.ts';
import type { Command, Store, WriteTx } from '../store/store.ts';

type CentralTable =
  | 'branch'
  | 'product'
  | 'customer'
  | 'price_list'
  | 'price'
  | 'stock'
  | 'sales_order'
  | 'receipt'
  | 'scope_grant'
  | 'stock_lease';

/** Of which version a row is, and in which scope (`scope.scope_id`). */
export interface RowStamp {
  rev: number;
  scopeId: number;
}

/** Whether a row of that scope gives way to any other. */
export function givesWay(scopeId: string): string {
  return `${scopeId} in (select scope_id from scope where state in ('stale', 'leaving'))`;
}

/** `insert … on conflict do update … where excluded.rev > rev`, with the table's own types for its values. */
export function upsert<T extends CentralTable, C extends keyof StoreSchema[T] & string>(
  store: Store,
  table: T,
  { keys, columns }: { keys: readonly C[]; columns: readonly C[] },
): Command<Pick<Insertable<StoreSchema[T]>, C & keyof Insertable<StoreSchema[T]>>, { row_no: number }> {
  const list = columns.join(', ');
  const set = columns.filter((column) => !keys.includes(column)).map((column) => `${column} = excluded.${column}`);
  const returning = table === 'product' || table === 'customer' ? ' returning row_no' : '';
  return store.command((_, p) => {
    const values = sql.join(columns.map((column) => sql`${(p as Record<string, unknown>)[column]}`));
    return sql<{ row_no: number }>`insert into ${sql.raw(table)} (${sql.raw(list)}) values (${values})
      on conflict (${sql.raw(keys.join(', '))}) do update set ${sql.raw(set.join(', '))}
      where excluded.rev > ${sql.raw(table)}.rev or ${sql.raw(givesWay(`${table}.scope_id`))}${sql.raw(returning)}`;
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
