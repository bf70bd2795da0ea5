/**
 * One chunk's rows: the feed's latest word on each key of a range, as of the gate of the very snapshot it is read on.
 *
 * Read from the feed and not from the tables, because there each row stands as a desk must get it, with its `rev`, and
 * one range scan of one index serves every kind; that feed and tables agree is what `findDivergence` proves. It is the
 * true state at `at` however far compaction has come: what compaction drops was superseded behind an earlier gate.
 */
import { sql } from 'kysely';
import type { RowKind } from '../../src-shared/protocol/change.ts';
import type { Scope } from '../../src-shared/protocol/scope.ts';
import { readGate, readSnapshot } from '../change-feed/gate.ts';
import type { CentralDb } from '../db/schema.ts';
import { CHUNK_BYTES } from './limits.ts';

export interface ChunkRange {
  scope: Scope;
  kind: RowKind;
  /** Keys past this one. */
  after: string;
  /** Versions of rows that are looked at; the rest of the last row's is added. */
  limit: number;
}

export interface ReadChunk {
  /** The gate of its snapshot, digits. */
  at: string;
  rows: number;
  /** `[rev,row]` of each, with `,\n` between. */
  body: string;
  /** Null when there is nothing past it. */
  next: string | null;
}

export async function readChunk(db: CentralDb, { scope, kind, after, limit }: ChunkRange): Promise<ReadChunk> {
  return readSnapshot(db, async (tx) => {
    const { horizon } = await readGate(tx);
    // First where the chunk ends, off the index alone. In one statement the planner reads and sorts the whole part for
    // each of its chunks.
    const { rows: ends } = await sql<{ looked: number; last: string | null }>`
      select count(*) as looked, max(key) as last from (
        select key from change
        where scope = ${scope} and kind = ${kind} and key > ${after} and xid <= ${horizon}::xid8
        order by scope, kind, key, xid, ord
        limit ${limit}
      ) of_chunk
    `.execute(tx);
    const { looked = 0, last = null } = ends[0] ?? {};
    if (last === null) return { at: horizon, rows: 0, body: '', next: null };
    const { rows } = await sql<{ keys: number; cut: number; cut_at: string; count: number; body: string | null }>`
      with latest as materialized (
        select distinct on (key) key, op, rev, row_json::text as row_text from change
        where scope = ${scope} and kind = ${kind} and key > ${after} and key <= ${last} and xid <= ${horizon}::xid8
        order by key, xid desc, ord desc
      ), measured as (
        select *, coalesce(sum(octet_length(row_text)) over (
          order by key rows between unbounded preceding and 1 preceding), 0) as before
        from latest
      )
      select (select count(*) from latest) as keys, count(*) as cut, max(key) as cut_at,
        count(*) filter (where op = 'put') as count,
        string_agg('[' || rev || ',' || row_text || ']', E',\n' order by key) filter (where op = 'put') as body
      from measured where before < ${CHUNK_BYTES}
    `.execute(tx);
    const [found] = rows;
    if (!found) throw new Error('an aggregate has no row');
    const { keys, cut, cut_at: cutAt, count, body } = found;
    const isLast = looked < limit && cut === keys;
    return { at: horizon, rows: count, body: body ?? '', next: isLast ? null : cutAt };
  });
}
