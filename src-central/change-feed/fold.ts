/**
 * Folds the feed's changes into `scope_digest`, so that a desk's digest is answered from a few sums.
 *
 * Guarantees: the sums are of one position for all scopes, stored with them in one transaction; it is never past the
 * gate, where something could still appear before it. What is summed up is read without a transaction id, and the write
 * that follows is short: folding holds up no gate.
 */
import { sql } from 'kysely';
import type { CentralDb } from '../db/schema.ts';
import { FOLD_CHANGES } from '../limits.ts';
import { addUp, feedDifference, foldedDigests, type KindDigest } from './digest.ts';
import { earliest, isBefore, readFeedState } from './feed-state.ts';
import { readGate, readSnapshot } from './gate.ts';

/**
 * @param to a position, digits; what is past the gate waits.
 * @returns the position that was reached.
 */
export async function foldFeed(db: CentralDb, to: string, signal?: AbortSignal): Promise<string> {
  // Once: each part is a transaction itself, and the gate would move on with every one.
  const last = earliest(to, (await readGate(db)).horizon);
  for (;;) {
    const part = await nextPart(db, last);
    if (!part || signal?.aborted === true) return (await readFeedState(db)).foldedTo;
    await store(db, part);
  }
}

interface FoldedPart {
  /** Of which feed. */
  rebuilt: number;
  from: string;
  to: string;
  digests: KindDigest[];
}

async function nextPart(db: CentralDb, last: string): Promise<FoldedPart | undefined> {
  return readSnapshot(db, async (tx) => {
    const { foldedTo: from, rebuilt } = await readFeedState(tx);
    if (!isBefore(from, last)) return undefined;
    const to = await cutAfter(tx, { from, last });
    const difference = await feedDifference(tx, { from, to });
    const scopes = [...new Set(difference.map(({ scope }) => scope))];
    const before = await foldedDigests(tx, scopes);
    const touched = new Set(difference.map(({ scope, kind }) => `${scope} ${kind}`));
    const digests = addUp([...before.filter(({ scope, kind }) => touched.has(`${scope} ${kind}`)), ...difference]);
    const left = new Set(digests.map(({ scope, kind }) => `${scope} ${kind}`));
    // What has come to nothing is written, too, or its old sum would stay.
    const emptied = difference.filter(({ scope, kind }) => !left.has(`${scope} ${kind}`));
    return {
      rebuilt,
      from,
      to,
      digests: [...digests, ...emptied.map(({ scope, kind }) => ({ scope, kind, rows: 0, sum: 0n }))],
    };
  });
}

/** The end of a transaction, some thousand changes on; `last` when there are fewer. */
async function cutAfter(
  tx: Parameters<Parameters<typeof readSnapshot>[1]>[0],
  { from, last }: { from: string; last: string },
): Promise<string> {
  const { rows } = await sql<{ xid: string }>`
    select xid::text as xid from change where xid > ${from}::xid8 and xid <= ${last}::xid8
    order by change.xid, change.ord offset ${FOLD_CHANGES} limit 1
  `.execute(tx);
  return rows[0]?.xid ?? last;
}

async function store(db: CentralDb, { rebuilt, from, to, digests }: FoldedPart): Promise<void> {
  await db.transaction().execute(async (tx) => {
    // What is lost of it in a crash is folded again.
    await sql`set local synchronous_commit = off`.execute(tx);
    const moved = await sql`
      update feed_state set folded_to = ${to}::xid8 where folded_to = ${from}::xid8 and rebuilt = ${rebuilt}
    `.execute(tx);
    // Another node was quicker, or a new epoch: its sums are of its position, not of this one.
    if (moved.numAffectedRows !== 1n) return;
    await sql`
      insert into scope_digest (scope, kind, rows, sum)
      select * from unnest(
        ${digests.map(({ scope }) => scope)}::text[], ${digests.map(({ kind }) => kind)}::text[],
        ${digests.map(({ rows }) => rows)}::bigint[], ${digests.map(({ sum }) => sum.toString())}::numeric[])
      on conflict (scope, kind) do update set rows = excluded.rows, sum = excluded.sum
    `.execute(tx);
  });
}
