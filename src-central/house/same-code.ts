import { sql, type RawBuilder, type SqlBool } from 'kysely';

/** Without regard to case, by the database, as the unique indexes on codes are: a JavaScript engine may know other letters. */
export function sameCode(code: string, table?: string): RawBuilder<SqlBool> {
  const column = table === undefined ? sql.ref('code') : sql.ref(`${table}.code`);
  return sql<SqlBool>`lower(${column}) = lower(${code})`;
}
