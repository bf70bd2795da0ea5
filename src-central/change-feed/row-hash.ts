/** A row's hash as the database computes it: what a desk computes of its own row must come out the same. */
import { sql, type RawBuilder } from 'kysely';

/**
 * Of the columns kind, key, rev and the given text of the row, a bigint; null of no row. By the database: the text is on
 * its way there anyhow, and its SHA-256 costs this program nothing.
 */
export function rowHashOf(rowText: RawBuilder<unknown>): RawBuilder<string> {
  return sql<string>`('x' || encode(substr(sha256(convert_to(
    kind || E'\n' || key || E'\n' || rev || E'\n' || ${rowText}, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint`;
}
