/** Where a desk's rows differ from the feed's, down to the row: buckets of keys, then rows, then the rows themselves. */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { RowKind } from '../../src-shared/protocol/change.ts';
import { addDigest, digestHex } from '../../src-shared/protocol/digest.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { Scope } from '../../src-shared/protocol/scope.ts';
import type { CentralTransaction } from '../db/schema.ts';
import { DIGEST_ROWS_MAX } from '../limits.ts';
import { isBefore, readFeedState } from './feed-state.ts';
import { olderRows } from './older-digest.ts';
import { rowHashOf } from './row-hash.ts';

export interface RowsPlace {
  /** The position, digits. */
  xid: string;
  scope: Scope;
  kind: RowKind;
}

/** The first byte of a key's SHA-256. */
const BUCKET = sql`get_byte(sha256(convert_to(key, 'UTF8')), 0)`;
export const ROW_HASH = sql`coalesce(row_hash, ${rowHashOf(sql`row_json::text`)})`;

export async function digestBuckets(
  tx: CentralTransaction,
  of: RowsPlace,
): Promise<{ bucket: number; rows: number; digest: string }[]> {
  await assertWhole(tx, of.xid);
  const { rows } = await sql<{ bucket: number; rows: number; sum: string }>`
    select bucket, count(*) as rows, sum(hash)::text as sum
    from (select ${BUCKET} as bucket, ${ROW_HASH} as hash from ${latestRows(of)} latest where op = 'put') hashed
    group by bucket order by bucket
  `.execute(tx);
  return rows.map(({ bucket, rows: count, sum }) => ({ bucket, rows: count, digest: digestHex(BigInt(sum)) }));
}

/** The rows of some buckets; null when they are more than one answer takes. */
export async function digestRows(
  tx: CentralTransaction,
  of: RowsPlace & { buckets: readonly number[] },
): Promise<{ key: string; digest: string }[] | null> {
  await assertWhole(tx, of.xid);
  const { rows } = await sql<{ key: string; hash: string }>`
    select key, ${ROW_HASH}::text as hash from ${latestRows(of)} latest
    where op = 'put' and ${BUCKET} = any(${of.buckets}::integer[])
    limit ${DIGEST_ROWS_MAX + 1}
  `.execute(tx);
  if (rows.length > DIGEST_ROWS_MAX) return null;
  return rows.map(({ key, hash }) => ({ key, digest: digestHex(BigInt(hash)) }));
}

/** The same two of a desk of an earlier protocol, over the rows as it is told them. */
export async function olderDigestBuckets(
  tx: CentralTransaction,
  of: RowsPlace,
): Promise<{ bucket: number; rows: number; digest: string }[]> {
  const buckets = new Map<number, { rows: number; sum: bigint }>();
  for await (const rows of olderRows(tx, of)) {
    for (const { key, hash } of rows) {
      const { rows: count, sum } = buckets.get(bucketOf(key)) ?? { rows: 0, sum: 0n };
      buckets.set(bucketOf(key), { rows: count + 1, sum: addDigest(sum, hash) });
    }
  }
  return [...buckets].map(([bucket, { rows, sum }]) => ({ bucket, rows, digest: digestHex(sum) }));
}

export async function olderDigestRows(
  tx: CentralTransaction,
  of: RowsPlace & { buckets: readonly number[] },
): Promise<{ key: string; digest: string }[] | null> {
  const wanted = new Set(of.buckets);
  const found: { key: string; digest: string }[] = [];
  for await (const rows of olderRows(tx, of)) {
    for (const { key, hash } of rows) if (wanted.has(bucketOf(key))) found.push({ key, digest: digestHex(hash) });
    if (found.length > DIGEST_ROWS_MAX) return null;
  }
  return found;
}

function bucketOf(key: string): number {
  return createHash('sha256').update(key).digest()[0] ?? 0;
}

export interface FoundRow {
  scope: Scope;
  kind: RowKind;
  key: string;
  rev: number;
  row_text: string;
}

/** Those of the given rows that were there at the position, as they were then. */
export async function rowsAt(
  tx: CentralTransaction,
  of: { xid: string; rows: readonly { scope: Scope; kind: RowKind; key: string }[] },
): Promise<FoundRow[]> {
  await assertWhole(tx, of.xid);
  const { rows } = await sql<FoundRow>`
    select scope, kind, key, rev, row_json::text as row_text
    from unnest(
      ${of.rows.map((row) => row.scope)}::text[], ${of.rows.map((row) => row.kind)}::text[],
      ${of.rows.map((row) => row.key)}::text[]) as given (scope, kind, key)
    cross join lateral (
      select op, rev, row_json from change c
      where c.scope = given.scope and c.kind = given.kind and c.key = given.key and c.xid <= ${of.xid}::xid8
      order by xid desc, ord desc limit 1
    ) latest
    where op = 'put'
  `.execute(tx);
  return rows;
}

/** The latest word on each key at the position. */
export function latestRows({ scope, kind, xid }: RowsPlace) {
  return sql`(
    select distinct on (key) kind, key, op, rev, row_json, row_hash from change
    where scope = ${scope} and kind = ${kind} and xid <= ${xid}::xid8
    order by key, xid desc, ord desc)`;
}

/** @throws AppError CENTRAL_BUSY of a position whose state compaction has taken apart. */
export async function assertWhole(tx: CentralTransaction, xid: string): Promise<void> {
  const { compactedTo } = await readFeedState(tx);
  if (isBefore(xid, compactedTo)) throw new AppError({ code: 'CENTRAL_BUSY', retry: 'later' });
}
