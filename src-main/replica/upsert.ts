/** The two statements by which central's rows are written: each acts only on an older row. */
import { sql, type Insertable } from 'kysely';
import type { StoreSchema } from '../store/schema.ts';
import type { Command, Store, WriteTx } from '../store/store.ts';

type CentralTable = 'branch' | 'product' | 'customer' | 'price_list' | 'price' | 'stock' | 'sales_order' | 'receipt';

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
      where excluded.rev > ${sql.raw(table)}.rev${sql.raw(returning)}`;
  });
}

/** Removes a row by its one key column, only when the one here is older. */
export function remover(
  store: Store,
  table: CentralTable,
  column: string,
): (tx: WriteTx, key: string, rev: number) => boolean {
  const statement = store.command<{ key: string; rev: number }, never>(
    (_, p) => sql<never>`delete from ${sql.raw(table)} where ${sql.raw(column)} = ${p.key} and rev < ${p.rev}`,
  );
  return (tx, key, rev) => statement.run(tx, { key, rev }) > 0;
}
