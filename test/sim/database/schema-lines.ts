/**
 * All that a database has, as lines that can be compared: columns, constraints, indexes, functions, triggers, sequences,
 * which migrations it has run, and how many rows each table has. By one statement, so that it is of one moment.
 */
import { sql } from 'kysely';
import type { CentralDb } from '../../../src-central/db/schema.ts';

export async function schemaLines(db: CentralDb): Promise<string[]> {
  const { rows } = await sql<{ line: string }>`
    with own as (select oid from pg_namespace where nspname = 'public')
    select line from (
      select format('%s %s: column %s %s %s, default %s', c.relkind, c.relname, a.attname,
        format_type(a.atttypid, a.atttypmod), case when a.attnotnull then 'not null' else 'null' end,
        coalesce(pg_get_expr(d.adbin, d.adrelid), 'none')) as line
      from pg_class c join pg_attribute a on a.attrelid = c.oid
        left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
      where c.relnamespace in (table own) and a.attnum > 0 and not a.attisdropped
      union all
      select format('constraint %s of %s: %s', conname, conrelid::regclass, pg_get_constraintdef(oid))
      from pg_constraint where connamespace in (table own)
      union all
      select pg_get_indexdef(i.indexrelid) from pg_index i join pg_class c on c.oid = i.indexrelid
      where c.relnamespace in (table own)
      union all
      select pg_get_functiondef(oid) from pg_proc where pronamespace in (table own)
      union all
      select pg_get_triggerdef(t.oid) from pg_trigger t join pg_class c on c.oid = t.tgrelid
      where c.relnamespace in (table own) and not t.tgisinternal
      union all
      select format('migration %s %s', name, checksum) from migration
      union all
      select format('%s rows in %s', (xpath('/row/count/text()',
        query_to_xml(format('select count(*) from %I', relname), false, true, '')))[1], relname)
      from pg_class where relnamespace in (table own) and relkind = 'r'
    ) described order by line
  `.execute(db);
  return rows.map(({ line }) => line);
}
