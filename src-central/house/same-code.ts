import { sql, type RawBuilder, type SqlBool } from 'kysely';

/** Without regard to case, by the database, as the unique indexes on codes are: a JavaScript engine may know other letters. */
export function sameCode(code: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`lower(code) = lower(${code})`;
}
