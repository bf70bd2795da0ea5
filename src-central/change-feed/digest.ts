/**
 * Proof that two sides hold the same rows: central's projection of a desk's scopes at the desk's cursor, hashed row by
 * row, together with the check that the feed says what the tables say.
 */
import { sql } from 'kysely';
import { addDigest, type DigestTable } from '../../src-shared/protocol/digest.ts';
import type { CentralTransaction } from '../db/schema.ts';
import type { Scope } from '../../src-shared/protocol/scope.ts';

/**
 * Rows and digest per kind as the feed had them when the given transaction had been passed.
 *
 * The database hashes: `row_json` is the canonical text that a desk spells from its own rows, and findDivergence
 * (divergence.ts) proves that it is.
 */
export async function digestAt(
  tx: CentralTransaction,
  of: { xid: string; scopes: readonly Scope[] },
): Promise<DigestTable> {
  const { rows } = await sql<{ kind: string; count: number; sum: string }>`
    select kind, count(*) as count,
      sum(('x' || encode(substr(sha256(convert_to(
        kind || E'\n' || key || E'\n' || rev || E'\n' || row_json::text, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint
      )::text as sum
    from (
      select distinct on (scope, kind, key) kind, key, op, rev, row_json
      from change
      where scope = any(${of.scopes}::text[]) and xid <= ${of.xid}::xid8
      order by scope, kind, key, xid desc, ord desc
    ) latest
    where op = 'put'
    group by kind
  `.execute(tx);
  const tables: DigestTable = {};
  for (const { kind, count, sum } of rows) {
    tables[kind] = { rows: count, digest: addDigest(0n, BigInt(sum)).toString(16).padStart(16, '0') };
  }
  return tables;
}
