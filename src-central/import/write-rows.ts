/**
 * Writes many rows of a table in one statement: the rows travel as one JSON parameter, so their number is bounded by
 * the batch and not by PostgreSQL's 65,535 parameters.
 */
import { sql, type Selectable } from 'kysely';
import type { CentralTables, CentralTransaction } from '../db/schema.ts';

/**
 * Inserts the rows, or overwrites those with the same key. Rows are whole: every column, as it is read back.
 *
 * @param key the columns of the table's primary key; no two rows may share one.
 */
export async function putRows<T extends keyof CentralTables>(
  tx: CentralTransaction,
  { table, key }: { table: T; key: readonly Extract<keyof CentralTables[T], string>[] },
  rows: readonly Selectable<CentralTables[T]>[],
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const overwritten = Object.keys(first).filter((column) => !(key as readonly string[]).includes(column));
  await sql`
    insert into ${sql.table(table)}
    select * from jsonb_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)}::text::jsonb)
    on conflict (${sql.join(key.map((column) => sql.ref(column)))}) do update
    set ${sql.join(overwritten.map((column) => sql`${sql.ref(column)} = excluded.${sql.ref(column)}`))}
  `.execute(tx);
}
