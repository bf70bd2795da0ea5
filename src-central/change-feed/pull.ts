/**
 * One page of the feed, for one desk.
 *
 * Guarantees: whole transactions only, in their order, each once; nothing of a transaction that an older one, still
 * open, could yet precede. A desk that has everything is moved on to the gate, so that compaction need not wait for it.
 */
import { sql } from 'kysely';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { PULL_PAGE_CHANGES } from '../../src-shared/protocol/limits.ts';
import type { CentralDb, CentralTransaction } from '../db/schema.ts';
import { PULL_CHUNK_CHANGES, PULL_PAGE_BYTES } from '../limits.ts';
import { cursorOf, xidOfCursor } from './cursor.ts';
import { readGate, readSnapshot } from './gate.ts';
import type { Scope } from '../../src-shared/protocol/scope.ts';

export interface FeedRow {
  xid: string;
  ord: number;
  scope: Scope;
  kind: string;
  key: string;
  op: 'put' | 'remove';
  rev: number;
  /** The row's JSON as it was recorded; sent as it is. */
  row_text: string | null;
}

export interface FeedPage {
  now: number;
  rows: FeedRow[];
  cursor: string;
  more: boolean;
}

/** @throws AppError EPOCH_CHANGED when the cursor is of another epoch, or of a future that this database lost. */
export async function pullPage(
  db: CentralDb,
  of: { epoch: string; cursor: string; scopes: readonly Scope[] },
): Promise<FeedPage> {
  const after = xidOfCursor(of.cursor, of.epoch);
  return readSnapshot(db, async (tx) => {
    const { horizon, newest, now } = await readGate(tx);
    if (BigInt(after) > BigInt(newest)) throw new AppError({ code: 'EPOCH_CHANGED', retry: 'never', epoch: of.epoch });
    const { rows, complete } = await readRows(tx, { after, horizon, scopes: of.scopes });
    const last = complete ? latest(after, horizon) : (rows.at(-1)?.xid ?? after);
    return { now, rows, cursor: cursorOf(of.epoch, last), more: !complete };
  });
}

function latest(a: string, b: string): string {
  return BigInt(a) > BigInt(b) ? a : b;
}

/** Rows up to the page's bounds, cut back to a transaction's end. `complete`: up to the gate. */
async function readRows(
  tx: CentralTransaction,
  of: { after: string; horizon: string; scopes: readonly Scope[] },
): Promise<{ rows: FeedRow[]; complete: boolean }> {
  const rows: FeedRow[] = [];
  let bytes = 0;
  // Every transaction up to `after` was passed whole.
  let position = { xid: of.after, ord: Number.MAX_SAFE_INTEGER };
  for (;;) {
    const chunk = await readChunk(tx, { ...of, position });
    rows.push(...chunk);
    if (chunk.length < PULL_CHUNK_CHANGES) return { rows, complete: true };
    const last = chunk.at(-1);
    if (last) position = { xid: last.xid, ord: last.ord };
    for (const row of chunk) bytes += row.row_text?.length ?? 0;
    if (bytes < PULL_PAGE_BYTES && rows.length < PULL_PAGE_CHANGES) continue;
    const whole = withoutLastTransaction(rows);
    // One transaction alone may be past the bounds; it is read to its end.
    if (whole.length > 0) return { rows: whole, complete: false };
  }
}

function withoutLastTransaction(rows: readonly FeedRow[]): FeedRow[] {
  const open = rows.at(-1)?.xid;
  return rows.slice(
    0,
    rows.findIndex((row) => row.xid === open),
  );
}

async function readChunk(
  tx: CentralTransaction,
  of: { position: { xid: string; ord: number }; horizon: string; scopes: readonly Scope[] },
): Promise<FeedRow[]> {
  const { rows } = await sql<FeedRow>`
    select xid::text as xid, ord, scope, kind, key, op, rev, row_json::text as row_text
    from change
    where (xid, ord) > (${of.position.xid}::xid8, ${of.position.ord}::bigint)
      and xid <= ${of.horizon}::xid8
      and scope = any(${of.scopes}::text[])
    order by xid, ord
    limit ${PULL_CHUNK_CHANGES}
  `.execute(tx);
  return rows;
}

/** Kinds of rows that desks of protocol 1 know nothing of. */
const SINCE_PROTOCOL_2 = new Set(['grant']);

/**
 * The answer's JSON, as the desk's version of the protocol has it. Rows are set in as they were recorded: parsing a page
 * to print it again would double its cost.
 */
export function pageJson(page: FeedPage, { epoch, protocol }: { epoch: string; protocol: number }): string {
  const known = protocol >= 2 ? page.rows : page.rows.filter((row) => !SINCE_PROTOCOL_2.has(row.kind));
  const changes = known.map((row) => {
    const scope = protocol >= 2 ? `"scope":"${row.scope}",` : '';
    const head = `{${scope}"kind":"${row.kind}","key":${JSON.stringify(row.key)},"rev":${row.rev},"op":"${row.op}"`;
    return row.row_text === null ? `${head}}` : `${head},"row":${row.row_text}}`;
  });
  const { now, cursor, more } = page;
  return `${JSON.stringify({ epoch, now, cursor, more }).slice(0, -1)},"changes":[${changes.join(',')}]}`;
}
