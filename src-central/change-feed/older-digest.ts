/**
 * What the rows of a desk of an earlier protocol must come to: digests over the rows as that desk is told them.
 *
 * Nothing is kept for it. Rows that older desks are told as they are stored are summed up by the database; only the others
 * are read and hashed here, a slice at a time. It reads a desk's whole scopes, where a desk of today is answered from a
 * few sums: such desks are few, and are to be updated.
 */
import { hash } from 'node:crypto';
import { sql } from 'kysely';
import type { RowKind } from '../../src-shared/protocol/change.ts';
import { isKnownIn } from '../../src-shared/protocol/kinds-since.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { Scope } from '../../src-shared/protocol/scope.ts';
import type { CentralTransaction } from '../db/schema.ts';
import { DIGEST_PAGE_ROWS, OLDER_DIGEST_MS } from '../limits.ts';
import { addUp, HASH, type KindDigest, type SumRow } from './digest.ts';
import { isBefore, readFeedState } from './feed-state.ts';
import { markOf, olderRowText } from './older-rows.ts';

export interface OlderRow {
  key: string;
  /** As the database computes it, of the row as the older desk has it. */
  hash: bigint;
}

/**
 * On one REPEATABLE READ snapshot.
 *
 * @throws AppError CENTRAL_BUSY of a position whose state compaction has taken apart, and when it takes too long.
 */
export async function olderDigestAt(
  tx: CentralTransaction,
  of: { xid: string; scopes: readonly Scope[]; protocol: number },
): Promise<KindDigest[]> {
  await assertWhole(tx, of.xid);
  const until = performance.now() + OLDER_DIGEST_MS;
  const sums = await plainSums(tx, of);
  for (const scope of of.scopes) {
    for (const kind of markedKinds(of.protocol)) {
      for await (const rows of markedRows(tx, { ...of, scope, kind })) {
        if (performance.now() > until) throw new AppError({ code: 'CENTRAL_BUSY', retry: 'later' });
        const sum = rows.reduce((total, row) => total + row.hash, 0n);
        sums.push({ scope, kind, rows: rows.length, sum: sum.toString() });
      }
    }
  }
  return addUp(sums.filter(({ kind }) => isKnownIn(kind, of.protocol)));
}

/** Every row of a scope and kind, as that desk is told it, slice by slice in the order of keys. */
export async function* olderRows(
  tx: CentralTransaction,
  of: { xid: string; scope: Scope; kind: RowKind },
): AsyncGenerator<OlderRow[]> {
  await assertWhole(tx, of.xid);
  yield* slices(tx, { ...of, mark: undefined });
}

const MARKED_KINDS = ['product', 'customer', 'priceList', 'price', 'order', 'receipt'] as const satisfies RowKind[];

function markedKinds(protocol: number): RowKind[] {
  return MARKED_KINDS.filter((kind) => isKnownIn(kind, protocol));
}

/** Rows that are told as they are stored. */
async function plainSums(
  tx: CentralTransaction,
  { xid, scopes }: { xid: string; scopes: readonly Scope[] },
): Promise<SumRow[]> {
  const marks = MARKED_KINDS.map((kind) => sql`(kind = ${kind} and row_json::text ~ ${markOf(kind) ?? ''})`);
  const { rows } = await sql<SumRow>`
    select scope, kind, count(*) as rows, sum(hash)::text as sum
    from (
      select distinct on (scope, kind, key) scope, kind, op, ${HASH} as hash,
        op = 'put' and (${sql.join(marks, sql` or `)}) as marked
      from change
      where scope = any(${scopes}::text[]) and xid <= ${xid}::xid8
      order by scope, kind, key, xid desc, ord desc
    ) latest
    where op = 'put' and not marked
    group by scope, kind
  `.execute(tx);
  return rows;
}

function markedRows(
  tx: CentralTransaction,
  of: { xid: string; scope: Scope; kind: RowKind },
): AsyncGenerator<OlderRow[]> {
  return slices(tx, { ...of, mark: markOf(of.kind) });
}

/** @param of.mark only rows that match it. */
async function* slices(
  tx: CentralTransaction,
  of: { xid: string; scope: Scope; kind: RowKind; mark: string | undefined },
): AsyncGenerator<OlderRow[]> {
  const { xid, scope, kind, mark } = of;
  const matching = mark === undefined ? sql`` : sql`and row_json::text ~ ${mark}`;
  for (let after = ''; ;) {
    const { rows } = await sql<{ key: string; rev: number; text: string }>`
      select key, rev, row_json::text as text from (
        select distinct on (key) key, op, rev, row_json from change
        where scope = ${scope} and kind = ${kind} and key > ${after} and xid <= ${xid}::xid8
        order by key, xid desc, ord desc
      ) latest
      where op = 'put' ${matching}
      limit ${DIGEST_PAGE_ROWS}
    `.execute(tx);
    if (rows.length > 0) yield rows.map((row) => ({ key: row.key, hash: hashOf(kind, row) }));
    const last = rows.at(-1);
    if (rows.length < DIGEST_PAGE_ROWS || !last) return;
    after = last.key;
  }
}

/** As row-hash.ts says it: the first eight bytes of a SHA-256, with a sign. */
function hashOf(kind: RowKind, { key, rev, text }: { key: string; rev: number; text: string }): bigint {
  const told = `${kind}\n${key}\n${rev}\n${olderRowText(kind, text)}`;
  return hash('sha256', told, 'buffer').readBigInt64BE(0);
}

/** @throws AppError CENTRAL_BUSY */
async function assertWhole(tx: CentralTransaction, xid: string): Promise<void> {
  const { compactedTo } = await readFeedState(tx);
  if (isBefore(xid, compactedTo)) throw new AppError({ code: 'CENTRAL_BUSY', retry: 'later' });
}
