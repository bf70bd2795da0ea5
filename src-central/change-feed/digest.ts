/**
 * What a desk's rows must come to at its cursor: rows and digest of each scope and kind.
 *
 * Guarantees: the answer is of exactly the position that was asked for. It is the folded base (`scope_digest`, at one
 * position for all scopes) plus the difference that the changes after it make; a position before the base is read off
 * the feed, which still has every row's newest change up to it. Not guaranteed: that the feed says what the tables say
 * (divergence.ts looks at that).
 */
import { sql } from 'kysely';
import { addDigest } from '../../src-shared/protocol/digest.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { Scope } from '../../src-shared/protocol/scope.ts';
import type { CentralTransaction } from '../db/schema.ts';
import { isBefore, readFeedState } from './feed-state.ts';
import { rowHashOf } from './row-hash.ts';

export interface KindDigest {
  scope: Scope;
  kind: string;
  rows: number;
  /** Modulo 2^64. */
  sum: bigint;
}

/** `sum` may be of any size and sign. */
export interface SumRow {
  scope: Scope;
  kind: string;
  rows: number;
  sum: string;
}

/** On one REPEATABLE READ snapshot. @throws AppError CENTRAL_BUSY of a position whose state compaction has taken apart. */
export async function digestAt(
  tx: CentralTransaction,
  of: { xid: string; scopes: readonly Scope[] },
): Promise<KindDigest[]> {
  const { foldedTo, compactedTo } = await readFeedState(tx);
  if (!isBefore(of.xid, foldedTo)) {
    const base = await foldedDigests(tx, of.scopes);
    return addUp([...base, ...(await feedDifference(tx, { from: foldedTo, to: of.xid, scopes: of.scopes }))]);
  }
  // No honest reader asks for it: before it has caught up, there is nothing that it shows.
  if (isBefore(of.xid, compactedTo)) throw new AppError({ code: 'CENTRAL_BUSY', retry: 'later' });
  return digestFromFeed(tx, of);
}

/** The same from the feed alone: every row's newest change up to the position. */
export async function digestFromFeed(
  tx: CentralTransaction,
  of: { xid: string; scopes: readonly Scope[] },
): Promise<KindDigest[]> {
  const { rows } = await sql<SumRow>`
    select scope, kind, count(*) as rows, sum(hash)::text as sum
    from (
      select distinct on (scope, kind, key) scope, kind, op, ${HASH} as hash
      from change
      where scope = any(${of.scopes}::text[]) and xid <= ${of.xid}::xid8
      order by scope, kind, key, xid desc, ord desc
    ) latest
    where op = 'put'
    group by scope, kind
  `.execute(tx);
  return addUp(rows);
}

/** What was recorded before hashes were, or past the recorder, is hashed when it is asked for. */
export const HASH = sql`case when op = 'put' then coalesce(row_hash, ${rowHashOf(sql`row_json::text`)}) end`;

export async function foldedDigests(tx: CentralTransaction, scopes: readonly Scope[]): Promise<SumRow[]> {
  return tx
    .selectFrom('scope_digest')
    .select(['scope', 'kind', 'rows', sql<string>`sum::text`.as('sum')])
    .where(sql<boolean>`scope = any(${scopes}::text[])`)
    .execute();
}

/** How the digests at `to` differ from those at `from`. Without scopes, of all. */
export async function feedDifference(
  tx: CentralTransaction,
  of: { from: string; to: string; scopes?: readonly Scope[] },
): Promise<SumRow[]> {
  const scoped = of.scopes === undefined ? sql`` : sql`and scope = any(${of.scopes}::text[])`;
  const { rows } = await sql<SumRow>`
    select now.scope, now.kind,
      sum((now.op = 'put')::integer - (was.op is not null and was.op = 'put')::integer) as rows,
      (coalesce(sum(now.hash), 0) - coalesce(sum(was.hash), 0))::text as sum
    from (
      select distinct on (scope, kind, key) scope, kind, key, op, ${HASH} as hash
      from change
      where xid > ${of.from}::xid8 and xid <= ${of.to}::xid8 ${scoped}
      order by scope, kind, key, xid desc, ord desc
    ) now
    left join lateral (
      select op, ${HASH} as hash from change
      where scope = now.scope and kind = now.kind and key = now.key and xid <= ${of.from}::xid8
      order by xid desc, ord desc limit 1
    ) was on true
    group by now.scope, now.kind
  `.execute(tx);
  return rows;
}

/** Adds what is of the same scope and kind; a kind without rows is left out. */
export function addUp(parts: readonly SumRow[]): KindDigest[] {
  const sums = new Map<string, KindDigest>();
  for (const { scope, kind, rows, sum } of parts) {
    const name = `${scope} ${kind}`;
    const found = sums.get(name) ?? { scope, kind, rows: 0, sum: 0n };
    sums.set(name, { ...found, rows: found.rows + rows, sum: addDigest(found.sum, BigInt(sum)) });
  }
  // A sum without rows is kept: it would show a fold that went wrong, where leaving it out would hide one.
  return [...sums.values()].filter(({ rows, sum }) => rows !== 0 || sum !== 0n);
}
