/**
 * One chunk's rows: the feed's latest word on each key of a range, as of the gate of the very snapshot it is read on.
 *
 * Read from the feed and not from the tables, because there each row stands as a desk must get it, with its `rev`, and
 * one range scan of one index serves every kind; that feed and tables agree is what `findDivergence` proves. It is the
 * true state at `at` however far compaction has come: what compaction drops was superseded behind an earlier gate.
 *
 * Rows come gathered in texts of some 32 kB. As one text of megabytes, a chunk was held four times over, and collecting
 * that garbage was half of central's work in a fill; one by one, taking each out of the database's protocol was.
 */
import { sql } from 'kysely';
import type { RowKind } from '../../src-shared/protocol/change.ts';
import type { Scope } from '../../src-shared/protocol/scope.ts';
import { olderRowText } from '../change-feed/older-rows.ts';
import { canonicalJson } from '../../src-shared/protocol/digest.ts';
import { readGate, readSnapshot } from '../change-feed/gate.ts';
import type { CentralDb, CentralTransaction } from '../db/schema.ts';
import { bodyOf } from './body.ts';
import { CHUNK_BYTES, FIRST_STEP_SHARE, PIECE_BYTES } from './limits.ts';

export interface ChunkRange {
  scope: Scope;
  kind: RowKind;
  /** Keys past this one. */
  after: string;
  /** Whether the rows are for a desk of an earlier protocol. */
  older: boolean;
  /** Versions of rows that are looked at; the rest of the last row's is added. */
  limit: number;
}

export interface ReadChunk {
  /** The gate of its snapshot, digits. */
  at: string;
  rows: number;
  /** `[rev,row]` of each, with `,\n` between. */
  body: Buffer;
  /** Null when there is nothing past it. */
  next: string | null;
}

/** A few rows that follow one another. */
interface Piece {
  /** `[rev,row]` of each, with `,\n` between; null where all of them are gone. */
  text: string | null;
  /** Bytes of `text`. */
  bytes: number;
  rows: number;
  last: string;
}

export async function readChunk(db: CentralDb, range: ChunkRange): Promise<ReadChunk> {
  return readSnapshot(db, async (tx) => {
    const { horizon } = await readGate(tx);
    const pieces: Piece[] = [];
    let [bytes, rows, looked, ended, next] = [0, 0, 0, false, null as string | null];
    // In steps, for how long rows are is only seen when they are here: six hundred orders may be any number of megabytes.
    for (let limit = Math.ceil(range.limit / FIRST_STEP_SHARE); !ended && limit > 0;) {
      const step = await readStep(tx, { ...range, after: next ?? range.after, limit }, horizon);
      looked += step.looked;
      ended = step.looked < limit;
      for (const found of step.pieces) {
        const piece = range.older ? olderPiece(range.kind, found) : found;
        if (bytes >= CHUNK_BYTES) {
          ended = false;
          break;
        }
        bytes += piece.bytes;
        rows += piece.rows;
        next = piece.last;
        pieces.push(piece);
      }
      limit = Math.min(range.limit - looked, Math.ceil((CHUNK_BYTES - bytes) / (1 + bytes / Math.max(1, rows))));
    }
    return { at: horizon, rows, body: bodyOf(pieces), next: ended ? null : next };
  });
}

/** The same rows as an older desk is told them. */
function olderPiece(kind: RowKind, piece: Piece): Piece {
  if (piece.text === null) return piece;
  const rows = JSON.parse(`[${piece.text}]`) as [number, unknown][];
  const told = rows.map(([rev, row]) => `[${rev},${olderRowText(kind, canonicalJson(row))}]`);
  const text = told.join(',\n');
  return { ...piece, text, bytes: Buffer.byteLength(text) };
}

/** `looked`: how many versions there were, of at most `limit`; the rest of the last row's is added. */
async function readStep(
  tx: CentralTransaction,
  { scope, kind, after, limit }: ChunkRange,
  horizon: string,
): Promise<{ looked: number; pieces: Piece[] }> {
  // First where the step ends, off the index alone. In one statement the planner reads and sorts the whole part for
  // each step.
  const { rows: ends } = await sql<{ looked: number; last: string | null }>`
    select count(*) as looked, max(key) as last from (
      select key from change
      where scope = ${scope} and kind = ${kind} and key > ${after} and xid <= ${horizon}::xid8
      order by scope, kind, key, xid, ord
      limit ${limit}
    ) of_step
  `.execute(tx);
  const { looked = 0, last = null } = ends[0] ?? {};
  if (last === null) return { looked: 0, pieces: [] };
  // Unpacked outside: of earlier versions nobody reads the text.
  const { rows: pieces } = await sql<Piece>`
    select text, coalesce(octet_length(text), 0) as bytes, rows, last from (
      select
        string_agg('[' || rev || ',' || row_json::text || ']', ${`,\n`} order by key) as text,
        count(row_json) as rows,
        max(key) as last
      from (
        select *, sum(pg_column_size(row_json)) over (order by key) / ${PIECE_BYTES} as piece from (
          select distinct on (key) key, rev, row_json from change
          where scope = ${scope} and kind = ${kind} and key > ${after} and key <= ${last} and xid <= ${horizon}::xid8
          order by key, xid desc, ord desc
        ) latest
      ) in_pieces
      group by piece
    ) gathered
    order by last
  `.execute(tx);
  return { looked, pieces };
}
