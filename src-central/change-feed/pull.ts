/**
 * One page of the feed, for one desk.
 *
 * Guarantees: whole transactions only, in their order, each once, but for versions of stock that a later one in the same
 * page replaces; nothing of a transaction that an older one, still open, could yet precede. A desk that has everything is
 * moved on to the gate, so that compaction need not wait for it. Where compaction has taken transactions apart, a page
 * says that what it brings is `partial`: no moment of central's.
 */
import { sql, type RawBuilder } from 'kysely';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { PULL_PAGE_CHANGES, PULL_PAGE_MAX_BYTES } from '../../src-shared/protocol/limits.ts';
import type { CentralDb, CentralTransaction } from '../db/schema.ts';
import { PULL_CHUNK_CHANGES, SMALL_PAGE_CHANGES, V1_WHOLE_PAGE_BYTES } from '../limits.ts';
import { cursorOf, positionOfCursor, type FeedPosition } from './cursor.ts';
import { beganSinceHorizon } from './device-cursors.ts';
import { isBefore, type FeedPositions } from './feed-state.ts';
import type { Proved } from './receipt-proofs.ts';
import { isOfLostFuture } from './lost-future.ts';
import { GATE_COLUMNS, readSnapshot, type Gate } from './gate.ts';
import { isOlder, olderRowText } from './older-rows.ts';
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
  /** What central had committed by then is in a backup, Unix milliseconds. */
  backedUpTo: number | undefined;
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
  const from = positionOfCursor(of.cursor, of.epoch);
  const after = from.xid;
  // Most pulls bring an order or two: one statement is a snapshot of its own.
  const limit = Math.min(SMALL_PAGE_CHANGES, (of.bounds ?? BOUNDS).chunkChanges);
  const small = await readFirst(db, { from, scopes: of.scopes, limit });
  if (small.rows.length < limit) return pageOf(db, { ...of, after, first: small });
  return readSnapshot(db, async (tx) => {
    const first = await readFirst(tx, { from, scopes: of.scopes, limit: 1 });
    return pageOf(tx, { ...of, after, first });
  });
}

/** @param db of the snapshot that `first` was read on, where that was not all. */
async function pageOf(
  db: CentralDb | CentralTransaction,
  of: {
    epoch: string;
    scopes: readonly Scope[];
    reader?: FeedReader;
    bounds?: PageBounds;
    maxBytes?: number | undefined;
    after: string;
    first: First;
  },
): Promise<FeedPage> {
  const { after, first } = of;
  const { head, state } = first;
  // In the snapshot that is read: another node may have begun a new epoch.
  if (head.epoch !== of.epoch) throw new AppError({ code: 'EPOCH_CHANGED', retry: 'later', epoch: head.epoch });
  if (head.lost) {
    throw new AppError({ code: 'EPOCH_CHANGED', retry: 'never', epoch: of.epoch });
  }
  await assertHeardRemoves(db, { ...of, state });
  // A desk of protocol 1 shows each page as it comes: what compaction took apart, it gets in one.
  const whole = (of.reader?.protocol ?? PROTOCOL_VERSION) < 2 && after !== START ? state.compactedTo : START;
  const { rows, next } = await readRows(db, { ...of, horizon: head.horizon, whole, bounds: boundsOf(of) });
  const last = next === undefined ? latest(after, head.horizon) : positionBefore(next, { rows, state, after });
  return {
    now: head.now,
    rows: withLastStock(rows),
    cursor: cursorOf(of.epoch, { xid: last, run: head.run }),
    more: next !== undefined,
    partial: isBefore(last, state.compactedTo),
    backedUpTo: head.backed_up_to ?? undefined,
  };
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
  db: CentralDb | CentralTransaction,
  of: { epoch: string; after: string; state: FeedPositions; reader?: FeedReader },
): Promise<void> {
  const { after, state, reader, epoch } = of;
  if (after === START || !isBefore(after, state.horizon)) return;
  if (reader && (await beganSinceHorizon(db, reader.deviceId))) return;
  // Desks of protocol 1 know no refill. With this they stop pulling, keep their outbox, and wait for their update.
  if (reader && reader.protocol < 2) throw new AppError({ code: 'EPOCH_CHANGED', retry: 'never', epoch });
  throw new AppError({ code: 'REFILL_REQUIRED', retry: 'later' });
}

/** How far a page goes that ends before the transaction `next`: past what compaction has left nothing of. */
function positionBefore(
  next: string,
  { rows, state, after }: { rows: readonly FeedRow[]; state: FeedPositions; after: string },
): string {
  const last = rows.at(-1)?.xid ?? after;
  return isBefore(state.compactedTo, next) ? latest(last, state.compactedTo) : last;
}

function latest(a: string, b: string): string {
  return BigInt(a) > BigInt(b) ? a : b;
}

/**
 * Rows up to the page's bounds, cut back to a transaction's end, and past `whole`.
 *
 * @returns `next`: the transaction that comes then; undefined at the gate.
 */
async function readRows(
  db: CentralDb | CentralTransaction,
  of: { first: First; horizon: string; scopes: readonly Scope[]; whole: string; bounds: PageBounds },
): Promise<{ rows: FeedRow[]; next: string | undefined }> {
  const { bounds, first } = of;
  const rows: FeedRow[] = [];
  let bytes = 0;
  for (let chunk = first.rows; ;) {
    rows.push(...chunk);
    const last = chunk.at(-1);
    if (chunk.length < (chunk === first.rows ? first.limit : bounds.chunkChanges) || !last) {
      return { rows, next: undefined };
    }
    for (const row of chunk) bytes += row.row_text?.length ?? 0;
    const isShort = bytes < bounds.pageBytes && rows.length < bounds.pageChanges;
    const isHalf = !isBefore(of.whole, last.xid) && bytes < V1_WHOLE_PAGE_BYTES;
    if (!isShort && !isHalf) {
      const whole = withoutLastTransaction(rows);
      // One transaction alone may be past the bounds; it is read to its end.
      if (whole.length > 0) return { rows: whole, next: last.xid };
    }
    chunk = await readChunk(db, { ...of, position: { xid: last.xid, ord: last.ord }, limit: bounds.chunkChanges });
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

interface Head extends Gate {
  epoch: string;
  /** Whether the position was never given out by this database. */
  lost: boolean;
  backed_up_to: number | null;
}

interface First {
  head: Head;
  state: FeedPositions;
  rows: FeedRow[];
  /** Fewer rows than this are all that there are. */
  limit: number;
}

/** What a page is judged by and its first rows, all of one snapshot. */
async function readFirst(
  db: CentralDb | CentralTransaction,
  of: { from: FeedPosition; scopes: readonly Scope[]; limit: number },
): Promise<First> {
  // Every transaction up to that one was passed whole.
  const position = { xid: of.from.xid, ord: Number.MAX_SAFE_INTEGER };
  const { rows } = await sql<Head & FeedStateColumns & (FeedRow | { xid: null })>`
    select head.*, found.* from (
      select ${GATE_COLUMNS}, e.epoch, f.folded_to, f.compacted_to, f.swept_to, f.horizon as removes_horizon,
        f.removes_swept_to, (select up_to from backed_up) as backed_up_to,
        ${isOfLostFuture(of.from)} as lost
      from pg_current_snapshot() s, epoch e, feed_state f
    ) head
    left join lateral (${rowsBehind({ ...of, position, horizon: sql`head.horizon::xid8` })}) found on true
    order by found.xid8, found.ord
  `.execute(db);
  const [head] = rows;
  if (!head) throw new Error('the database has no epoch');
  const { folded_to: foldedTo, compacted_to: compactedTo, swept_to: sweptTo } = head;
  const state = {
    foldedTo,
    compactedTo,
    sweptTo,
    horizon: head.removes_horizon,
    removesSweptTo: head.removes_swept_to,
  };
  return { head, state, rows: rows.filter((row): row is typeof row & FeedRow => row.xid !== null), limit: of.limit };
}

interface FeedStateColumns {
  folded_to: string;
  compacted_to: string;
  swept_to: string;
  removes_horizon: string;
  removes_swept_to: string;
}

interface Stretch {
  position: { xid: string; ord: number };
  horizon: RawBuilder<unknown>;
  scopes: readonly Scope[];
  limit: number;
}

async function readChunk(
  db: CentralDb | CentralTransaction,
  of: Omit<Stretch, 'horizon'> & { horizon: string },
): Promise<FeedRow[]> {
  const { rows } = await sql<FeedRow>`${rowsBehind({ ...of, horizon: sql`${of.horizon}::xid8` })}`.execute(db);
  return rows;
}

function rowsBehind({ position, horizon, scopes, limit }: Stretch): RawBuilder<unknown> {
  return sql`
    select xid::text as xid, xid as xid8, ord, scope, kind, key, op, rev, row_json::text as row_text
    from change
    where (xid, ord) > (${position.xid}::xid8, ${position.ord}::bigint)
      and xid <= ${horizon}
      and scope = any(${scopes}::text[])
    -- By the column, not by the digits of it that are selected: as text, 1000 comes before 999.
    order by change.xid, change.ord
    limit ${limit}`;
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
  },
): string {
  const { epoch, protocol, heldBackMs, proofs } = of;
  const known = page.rows.filter((row) => isKnownIn(row.kind, protocol));
  const changes = known.map((row) => {
    const scope = protocol >= 2 ? `"scope":"${row.scope}",` : '';
    const head = `{${scope}"kind":"${row.kind}","key":${JSON.stringify(row.key)},"rev":${row.rev},"op":"${row.op}"`;
    const proved = row.kind === 'receipt' && row.op === 'put' ? proofs.get(row.key) : undefined;
    const proof = proved ? `,"proof":${JSON.stringify(proved.proof)}` : '';
    if (row.row_text === null) return `${head}}`;
    const text = isOlder(protocol) ? olderRowText(row.kind, row.row_text) : row.row_text;
    return `${head}${proof},"row":${text}}`;
  });
  const { now, cursor, more, partial, backedUpTo } = page;
  const since2 = protocol >= 2 ? { partial, heldBackMs, backedUpTo } : {};
  return `${JSON.stringify({ epoch, now, cursor, more, ...since2 }).slice(0, -1)},"changes":[${changes.join(',')}]}`;
}
