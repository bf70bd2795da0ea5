/**
 * Takes a chunk in, in slices so short that nobody waits for them: rows, search entries, orders as they are shown, and
 * how far the part has come. Slices gather in one transaction, which ends with the chunk or with somebody's order.
 *
 * Guarantees: rows and progress are there together or not at all, so that a cut loses at most this chunk; a row that
 * the feed has brought in a later version stays, one that the feed has removed since does not come back; intents are
 * neither settled nor overwritten. What does not fit where the part stands (it was given up, begun anew, or another
 * runner was quicker) is dropped.
 */
import type { Topic } from '../api/desk-services.ts';
import type { RowKind } from '../../src-shared/protocol/change.ts';
import { scope as scopeSchema, type Scope } from '../../src-shared/protocol/scope.ts';
import { laneStates } from '../outbox/intent.ts';
import { orderLane } from '../outbox/lane.ts';
import { advancePart, partAfter, removedSince, type OpenPart } from '../replica/filling.ts';
import { rebuildOverlay } from '../replica/overlay.ts';
import { ensureScope, hasStale } from '../replica/scopes.ts';
import type { Store, WriteTx } from '../store/store.ts';
import { bulkWriter, type BulkWriter } from './bulk-writer.ts';
import { CHECKPOINT_PAGES } from './limits.ts';
import type { Pace } from './pace.ts';
import type { ChunkRows } from './read-chunk.ts';

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
  /** Has the WAL moved into the file by somebody else; false: by nobody. */
  moveWal?: (() => boolean) | undefined;
}

const TOPICS: Record<RowKind, readonly Topic[]> = {
  branch: ['session'],
  product: ['products'],
  priceList: ['prices'],
  price: ['prices'],
  customer: ['customers'],
  stock: ['stock'],
  order: ['orders'],
  receipt: [],
  grant: [],
  lease: ['stock'],
};

export async function applyChunk(chunk: ChunkRows, { store, part, pace, moveWal }: Applying): Promise<ChunkApplied> {
  const { header, keys } = chunk;
  const orderIds: string[] = [];
  const writer = bulkWriter(store, part.kind, { mayBeThere: hasStale(store, part.scope) });
  let { after } = part;
  let from = 0;
  do {
    const to = Math.min(keys.length, from + pace.rows());
    const isLast = to === keys.length;
    const reached = isLast ? (header.next ?? keys.at(-1) ?? after) : (keys[to - 1] ?? after);
    const started = pace.now();
    const taken = store.refetchable((tx) => {
      if (partAfter(store, part) !== after) return false;
      orderIds.push(...writeSlice(tx, { store, chunk, part, writer, from, to }));
      const progress = { rows: to - from, after: reached, done: isLast && header.next === null };
      advancePart(store, tx, { ...part, ...progress });
      return true;
    });
    if (!taken) break;
    pace.took(to - from, pace.now() - started);
    after = reached;
    from = to;
    await pace.pause();
  } while (from < keys.length);
  store.commitGathered();
  await pace.pause();
  if (moveWal?.() !== true) store.checkpointWhenIdle(CHECKPOINT_PAGES);
  return { topics: ['sync', ...TOPICS[part.kind]], orderIds, rows: from };
}

interface Slice {
  store: Store;
  chunk: ChunkRows;
  part: OpenPart;
  writer: BulkWriter;
  from: number;
  to: number;
}

/** @returns the orders among them that are shown anew. */
function writeSlice(tx: WriteTx, { store, chunk, part, writer, from, to }: Slice): string[] {
  const { keys, width, values, grams } = chunk;
  const isGone = removedSince(store, part);
  const orderIds: string[] = [];
  for (let at = from; at < to; at += 1) {
    const key = keys[at] ?? '';
    const row = values.slice(at * width, (at + 1) * width);
    if (isGone(key, Number(row[width - 1]))) continue;
    row.push(part.scopeId);
    if (!writer.put(tx, { values: row, grams: grams?.[at] })) continue;
    if (part.kind === 'grant') takeUp(store, tx, scopeSchema.parse(key));
    if (part.kind === 'order' && laneStates(store, orderLane(key)).length > 0) orderIds.push(key);
  }
  for (const orderId of orderIds) rebuildOverlay(store, tx, orderId);
  return orderIds;
}

/** Granted after this fill was opened: it is filled like the others. */
function takeUp(store: Store, tx: WriteTx, name: Scope): void {
  ensureScope(store, tx, { name, state: 'filling' });
}
