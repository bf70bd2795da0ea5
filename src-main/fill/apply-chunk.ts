/**
 * Takes a chunk in, in slices so short that nobody waits for them: rows, orders as they are shown, and how far the part
 * has come; what the search index is to hold waits for slices of its own (enter-search.ts). Slices gather in one transaction, which ends with the chunk or with somebody's order.
 *
 * Guarantees: rows and progress are there together or not at all, so that a cut loses at most this chunk; a row that
 * the feed has brought in a later version stays, one that the feed has removed since does not come back; intents are
 * neither settled nor overwritten. What does not fit where the part stands (it was given up, begun anew, or another
 * runner was quicker) is dropped.
 */
import type { Topic } from '../api/desk-services.ts';
import type { RowKind } from '../../src-shared/protocol/change.ts';
import { scope as scopeSchema, type Scope } from '../../src-shared/protocol/scope.ts';
import { orderLane } from '../outbox/lane.ts';
import { advancePart, partAfter, removedSince, type OpenPart } from '../replica/filling.ts';
import { rebuildOverlay } from '../replica/overlay.ts';
import { ensureScope, hasStale } from '../replica/scopes.ts';
import type { SqlValue } from '../replica/row-shapes.ts';
import { buffersOf, unpackTexts } from '../replica/search/packed-texts.ts';
import { perStore, type Store, type StoreReader, type WriteTx } from '../store/store.ts';
import { betweenSlices } from './between-slices.ts';
import { bulkWriter, type BulkWriter } from './bulk-writer.ts';
import { entersBeside, enterSlice } from './enter-search.ts';
import { giveBack } from '../replica/give-back.ts';
import { CHECKPOINT_PAGES, LONG_WAL_PAGES } from './limits.ts';
import type { Pace } from './pace.ts';
import type { ChunkPiece, ChunkRows } from './read-chunk.ts';

export interface ChunkApplied {
  topics: Topic[];
  /** Orders with intents of this desk's. */
  orderIds: string[];
  rows: number;
}

export interface Applying {
  store: Store;
  part: OpenPart;
  pace: Pace;
  moveWal?: MoveWal | undefined;
}

/** Has the WAL moved into the file on another thread, from so many pages on, and resolves then; undefined: there is none. */
export type MoveWal = (fromPages: number) => Promise<void> | undefined;

const TOPICS: Record<RowKind, readonly Topic[]> = {
  branch: ['session'],
  product: ['products'],
  priceList: ['prices'],
  price: ['prices'],
  customerGroup: ['customers'],
  promotion: ['prices'],
  policy: ['prices'],
  customer: ['customers'],
  account: ['customers'],
  stock: ['stock'],
  order: ['orders'],
  receipt: [],
  grant: [],
  lease: ['stock'],
};

export async function applyChunk(chunk: ChunkRows, applying: Applying): Promise<ChunkApplied> {
  try {
    return await applyPieces(chunk, applying);
  } finally {
    chunk.drop();
  }
}

async function applyPieces(chunk: ChunkRows, { store, part, pace, moveWal }: Applying): Promise<ChunkApplied> {
  const { header, width } = chunk;
  const orderIds: string[] = [];
  const writer = bulkWriter(store, part.kind, { mayBeThere: hasStale(store, part.scope) });
  let { after } = part;
  let [piece, from, written] = [chunk.next(), 0, 0];
  do {
    const to = Math.min(piece?.keys.length ?? 0, from + pace.rows());
    const isLast = written + to - from === header.rows;
    const lastKey = piece?.keys[to - 1] ?? after;
    const reached = isLast ? (header.next ?? lastKey) : lastKey;
    const started = pace.now();
    const taken = store.refetchable((tx) => {
      if (partAfter(store, part) !== after) return false;
      if (piece) orderIds.push(...writeSlice(tx, { store, piece, width, part, writer, from, to }));
      const progress = { rows: to - from, after: reached, done: isLast && header.next === null };
      advancePart(store, tx, { ...part, ...progress });
      return true;
    });
    if (!taken) break;
    pace.took(to - from, pace.now() - started);
    written += to - from;
    [after, from] = [reached, to];
    if (to === piece?.keys.length) {
      if (piece.grams) for (const buffer of buffersOf(piece.grams)) giveBack(buffer);
      [piece, from] = [chunk.next(), 0];
    }
    await betweenSlices(store, pace);
    if (entersBeside(store, part.kind) && enterSlice(store, pace)) await betweenSlices(store, pace);
    // Pieces that don't come any more are asked for again: how far the part has come is in the file.
  } while (written < header.rows && piece);
  store.commitGathered();
  await pace.pause();
  await moveOn(store, moveWal);
  return { topics: ['sync', ...TOPICS[part.kind]], orderIds, rows: written };
}

/**
 * SQLite begins the WAL anew with a transaction that begins when all of it has been moved. Whoever moves it beside one
 * that writes is always a chunk behind: so from some size on this waits, and people are answered, where otherwise a
 * commit of somebody's would have to move it all.
 */
export async function moveOn(store: Store, moveWal: MoveWal | undefined): Promise<void> {
  const isLong = store.walPages() > LONG_WAL_PAGES;
  const moved = moveWal?.(isLong ? 1 : CHECKPOINT_PAGES);
  if (!moved) store.checkpointWhenIdle(CHECKPOINT_PAGES);
  else if (isLong) await moved;
}

interface Slice {
  store: Store;
  piece: ChunkPiece;
  width: number;
  part: OpenPart;
  writer: BulkWriter;
  from: number;
  to: number;
}

/** @returns the orders among them that are shown anew. */
function writeSlice(tx: WriteTx, { store, piece, width, part, writer, from, to }: Slice): string[] {
  const { keys, values, grams } = piece;
  const isGone = removedSince(store, part);
  const lanes = part.kind === 'order' ? lanesAmong(store, keys.slice(from, to)) : undefined;
  const textAt = grams && unpackTexts(grams);
  const orderIds: string[] = [];
  // Nobody asks which of them were written.
  const putAll = part.kind !== 'grant' && (lanes?.size ?? 0) === 0 ? writer.putAll : undefined;
  const rows: SqlValue[][] = [];
  for (let at = from; at < to; at += 1) {
    const key = keys[at] ?? '';
    const row = values.slice(at * width, (at + 1) * width);
    if (isGone(key, Number(row[width - 1]))) continue;
    row.push(part.scopeId);
    if (putAll) {
      rows.push(row);
      continue;
    }
    if (!writer.put(tx, { values: row, grams: textAt?.(at) })) continue;
    if (part.kind === 'grant') takeUp(store, tx, scopeSchema.parse(key));
    if (lanes?.has(orderLane(key)) === true) orderIds.push(key);
  }
  putAll?.(tx, rows);
  for (const orderId of orderIds) rebuildOverlay(store, tx, orderId);
  return orderIds;
}

const reading = perStore((store: StoreReader) => ({
  lanes: store.query<{ first: string; last: string }, { lane: string }>((db, p) =>
    db.selectFrom('outbox').select('lane').distinct().where('lane', '>=', p.first).where('lane', '<=', p.last),
  ),
}));

/** The lanes with intents between those of the first and the last of these orders: one question for all of them. */
function lanesAmong(store: StoreReader, orderIds: readonly string[]): Set<string> {
  const sorted = orderIds.toSorted();
  const [first, last] = [orderLane(sorted[0] ?? ''), orderLane(sorted.at(-1) ?? '')];
  return new Set(
    reading(store)
      .lanes.all({ first, last })
      .map(({ lane }) => lane),
  );
}

/** Granted after this fill was opened: it is filled like the others. */
function takeUp(store: Store, tx: WriteTx, name: Scope): void {
  ensureScope(store, tx, { name, state: 'filling' });
}
