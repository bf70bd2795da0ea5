/**
 * One page of the feed, for one desk.
 *
 * Guarantees: whole transactions only, in their order, each once, but for versions of stock that a later one in the same
 * page replaces; nothing of a transaction that an older one, still open, could yet precede. A desk that has everything is
 * moved on to the gate, so that compaction need not wait for it. Where compaction has taken transactions apart, a page
 * says that what it brings is `partial`: no moment of central's.
 */
import { sql } from 'kysely';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { PULL_PAGE_CHANGES, PULL_PAGE_MAX_BYTES } from '../../src-shared/protocol/limits.ts';
import type { CentralDb, CentralTransaction } from '../db/schema.ts';
import { PULL_CHUNK_CHANGES, V1_WHOLE_PAGE_BYTES } from '../limits.ts';
import { cursorOf, xidOfCursor } from './cursor.ts';
import { beganSinceHorizon } from './device-cursors.ts';
import { isBefore, readFeedState, type FeedState } from './feed-state.ts';
import type { Proved } from './receipt-proofs.ts';
import { readGate, readSnapshot } from './gate.ts';
import { isKnownIn } from '../../src-shared/protocol/kinds-since.ts';
import type { Scope } from '../../src-shared/protocol/scope.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';

/** Of a desk that has nothing yet. */
const START = '0';

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
  /** Superseded changes are missing before `cursor`: what was read is to be shown together with what follows. */
  partial: boolean;
}

/** How much is read at a time, and how much makes a page. */
export interface PageBounds {
  chunkChanges: number;
  pageChanges: number;
  pageBytes: number;
}

const BOUNDS: PageBounds = {
  chunkChanges: PULL_CHUNK_CHANGES,
  pageChanges: PULL_PAGE_CHANGES,
  pageBytes: PULL_PAGE_MAX_BYTES,
};

/** Who reads; left out, somebody who has read the whole feed so far. */
export interface FeedReader {
  deviceId: string;
  protocol: number;
}

/**
 * @throws AppError EPOCH_CHANGED when the cursor is of another epoch, or of a future that this database lost;
 *         REFILL_REQUIRED when removes that the desk has not heard of are gone.
 */
export async function pullPage(
  db: CentralDb,
  of: {
    epoch: string;
    cursor: string;
    scopes: readonly Scope[];
    reader?: FeedReader;
    bounds?: PageBounds;
    /** What the desk would have; less than the bounds allow. */
    maxBytes?: number | undefined;
  },
): Promise<FeedPage> {
  const after = xidOfCursor(of.cursor, of.epoch);
  return readSnapshot(db, async (tx) => {
    await assertEpoch(tx, of.epoch);
    const { horizon, newest, now } = await readGate(tx);
    if (BigInt(after) > BigInt(newest) || (await isInGap(tx, after))) {
      throw new AppError({ code: 'EPOCH_CHANGED', retry: 'never', epoch: of.epoch });
    }
    const state = await readFeedState(tx);
    await assertHeardRemoves(tx, { ...of, after, state });
    // A desk of protocol 1 shows each page as it comes: what compaction took apart, it gets in one.
    const whole = (of.reader?.protocol ?? PROTOCOL_VERSION) < 2 && after !== START ? state.compactedTo : START;
    const { rows, complete } = await readRows(tx, {
      after,
      horizon,
      scopes: of.scopes,
      whole,
      bounds: boundsOf(of),
    });
    const last = complete ? latest(after, horizon) : (rows.at(-1)?.xid ?? after);
    const partial = isBefore(last, state.compactedTo);
    return { now, rows: withLastStock(rows), cursor: cursorOf(of.epoch, last), more: !complete, partial };
  });
}

function boundsOf({
  bounds = BOUNDS,
  maxBytes = bounds.pageBytes,
}: {
  bounds?: PageBounds;
  maxBytes?: number | undefined;
}): PageBounds {
  return { ...bounds, pageBytes: Math.min(bounds.pageBytes, maxBytes) };
}

/** A desk that has nothing, or had nothing when the horizon was where it is, can't have missed a remove before it. */
async function assertHeardRemoves(
  tx: CentralTransaction,
  of: { epoch: string; after: string; state: FeedState; reader?: FeedReader },
): Promise<void> {
  const { after, state, reader, epoch } = of;
  if (after === START || !isBefore(after, state.horizon)) return;
  if (reader && (await beganSinceHorizon(tx, reader.deviceId))) return;
  // Desks of protocol 1 know no refill. With this they stop pulling, keep their outbox, and wait for their update.
  if (reader && reader.protocol < 2) throw new AppError({ code: 'EPOCH_CHANGED', retry: 'never', epoch });
  throw new AppError({ code: 'REFILL_REQUIRED', retry: 'later' });
}

/** In the snapshot that is read: another node may have begun a new epoch. */
async function assertEpoch(tx: CentralTransaction, epoch: string): Promise<void> {
  const row = await tx.selectFrom('epoch').select('epoch').executeTakeFirstOrThrow();
  if (row.epoch !== epoch) throw new AppError({ code: 'EPOCH_CHANGED', retry: 'later', epoch: row.epoch });
}

/** Among ids that were passed over when PostgreSQL started anew: no cursor of this database is there. */
async function isInGap(tx: CentralTransaction, xid: string): Promise<boolean> {
  const { rows } = await sql<{ found: number }>`
    select 1 as found from xid_gap where after < ${xid}::xid8 and ${xid}::xid8 <= up_to limit 1
  `.execute(tx);
  return rows.length > 0;
}

function latest(a: string, b: string): string {
  return BigInt(a) > BigInt(b) ? a : b;
}

/** Rows up to the page's bounds, cut back to a transaction's end, and past `whole`. `complete`: up to the gate. */
async function readRows(
  tx: CentralTransaction,
  of: { after: string; horizon: string; scopes: readonly Scope[]; whole: string; bounds: PageBounds },
): Promise<{ rows: FeedRow[]; complete: boolean }> {
  const { bounds } = of;
  const rows: FeedRow[] = [];
  let bytes = 0;
  // Every transaction up to `after` was passed whole.
  let position = { xid: of.after, ord: Number.MAX_SAFE_INTEGER };
  for (;;) {
    const chunk = await readChunk(tx, { ...of, position, limit: bounds.chunkChanges });
    rows.push(...chunk);
    if (chunk.length < bounds.chunkChanges) return { rows, complete: true };
    const last = chunk.at(-1);
    if (last) position = { xid: last.xid, ord: last.ord };
    for (const row of chunk) bytes += row.row_text?.length ?? 0;
    if (bytes < bounds.pageBytes && rows.length < bounds.pageChanges) continue;
    if (!isBefore(of.whole, position.xid) && bytes < V1_WHOLE_PAGE_BYTES) continue;
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

/**
 * Of each stock row its last version alone: a desk takes a page in as a whole, and shows nothing of what came between.
 * A busy product is in every transaction of a page. Of no other kind: a grant that was taken and given back, say, has
 * been away.
 */
function withLastStock(rows: readonly FeedRow[]): FeedRow[] {
  const last = new Map<string, FeedRow>();
  for (const row of rows) if (row.kind === 'stock') last.set(`${row.scope} ${row.key}`, row);
  return rows.filter((row) => row.kind !== 'stock' || last.get(`${row.scope} ${row.key}`) === row);
}

async function readChunk(
  tx: CentralTransaction,
  of: { position: { xid: string; ord: number }; horizon: string; scopes: readonly Scope[]; limit: number },
): Promise<FeedRow[]> {
  const { rows } = await sql<FeedRow>`
    select xid::text as xid, ord, scope, kind, key, op, rev, row_json::text as row_text
    from change
    where (xid, ord) > (${of.position.xid}::xid8, ${of.position.ord}::bigint)
      and xid <= ${of.horizon}::xid8
      and scope = any(${of.scopes}::text[])
    -- By the column, not by the digits of it that are selected: as text, 1000 comes before 999.
    order by change.xid, change.ord
    limit ${of.limit}
  `.execute(tx);
  return rows;
}

/**
 * The answer's JSON, as the desk's version of the protocol has it. Rows are set in as they were recorded: parsing a page
 * to print it again would double its cost.
 */
export function pageJson(
  page: FeedPage,
  of: {
    epoch: string;
    protocol: number;
    heldBackMs: number | undefined;
    /** Of the page's receipts, by mutation. */
    proofs: ReadonlyMap<string, Proved>;
    backedUpTo: number | undefined;
  },
): string {
  const { epoch, protocol, heldBackMs, proofs, backedUpTo } = of;
  const known = page.rows.filter((row) => isKnownIn(row.kind, protocol));
  const changes = known.map((row) => {
    const scope = protocol >= 2 ? `"scope":"${row.scope}",` : '';
    const head = `{${scope}"kind":"${row.kind}","key":${JSON.stringify(row.key)},"rev":${row.rev},"op":"${row.op}"`;
    const proved = row.kind === 'receipt' && row.op === 'put' ? proofs.get(row.key) : undefined;
    const proof = proved ? `,"proof":${JSON.stringify(proved.proof)}` : '';
    return row.row_text === null ? `${head}}` : `${head}${proof},"row":${row.row_text}}`;
  });
  const { now, cursor, more, partial } = page;
  const since2 = protocol >= 2 ? { partial, heldBackMs, backedUpTo } : {};
  return `${JSON.stringify({ epoch, now, cursor, more, ...since2 }).slice(0, -1)},"changes":[${changes.join(',')}]}`;
}
