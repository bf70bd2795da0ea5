/**
 * Takes one page of central's changes in, in one transaction: rows, search entries, verdicts on this desk's mutations,
 * the orders as they are shown, and the cursor.
 *
 * Guarantees: a row changes only by a higher `rev`; the page and its cursor are there together or not at all, so a
 * crash asks for it again and never past it; an unsettled intent is peeled off in the moment its effect arrives, and
 * never overwritten. Not guaranteed: that the page is complete. Central cuts it at whole transactions.
 */
import type { Topic } from '../api/desk-services.ts';
import type { Change, PullResponse, RowKind } from '../../src-shared/protocol/change.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { Receipt } from '../../src-shared/protocol/receipt.ts';
import { orderOfLane } from '../outbox/lane.ts';
import { settleReceipts } from '../outbox/settle-receipts.ts';
import type { Store, WriteTx } from '../store/store.ts';
import type { Scope } from '../../src-shared/protocol/scope.ts';
import { readPosition, writePosition, type Position } from './cursor.ts';
import { rebuildOverlay } from './overlay.ts';
import { ensureScope, heldScopes } from './scopes.ts';
import { followGrants, leaveUngranted } from './grants.ts';
import { rowWriters, type RowWriter, type RowWriters } from './row-writers.ts';

export interface AppliedPage {
  /** What changed, for those who look at it. */
  topics: Topic[];
  /** The orders that changed. */
  orderIds: string[];
  /** How many changes the page had, old news included. */
  received: number;
}

const TOPICS: Record<RowKind, readonly Topic[]> = {
  branch: ['session'],
  product: ['products'],
  priceList: ['prices'],
  price: ['prices'],
  customer: ['customers'],
  stock: ['stock'],
  order: ['orders'],
  receipt: ['orders', 'sync'],
  grant: ['orders', 'customers', 'stock', 'prices', 'sync'],
};

/**
 * @throws AppError EPOCH_CHANGED when the page is of another life of central than the rows here; MALFORMED when it
 *         holds a row that is none; DISK_FULL. Nothing of it has then been taken in.
 */
export function applyPage(store: Store, page: PullResponse): AppliedPage {
  const before = readPosition(store);
  if (before.epoch !== undefined && before.epoch !== page.epoch) {
    throw new AppError({ code: 'EPOCH_CHANGED', retry: 'never', epoch: page.epoch });
  }
  const kinds = new Set<RowKind>();
  const orderIds = new Set<string>();
  store.transaction((tx) => {
    // First: a row must be written into the scope that is held once this page is in.
    followGrants(store, tx, page.changes);
    const scopes = scopeIds(store, tx, before);
    const receipts = writeRows(store, tx, { changes: page.changes, scopes, kinds, orderIds });
    if (!page.more) leaveUngranted(store, tx);
    for (const lane of settleReceipts(store, tx, { receipts, nowMs: page.now })) {
      const order = orderOfLane(lane);
      if (order !== undefined) orderIds.add(order);
    }
    for (const order of orderIds) rebuildOverlay(store, tx, order);
    writePosition(store, tx, { cursor: page.cursor, epoch: page.epoch, asOf: page.more ? undefined : page.now });
  });
  const topics = new Set<Topic>();
  for (const kind of kinds) for (const topic of TOPICS[kind]) topics.add(topic);
  return { topics: [...topics], orderIds: [...orderIds], received: page.changes.length };
}

/**
 * The ids of scopes by name. One that a page is the first to name has come since this desk's fill and wants one of its
 * own; a feed that is read from its beginning brings a scope whole.
 */
function scopeIds(store: Store, tx: WriteTx, { asOf }: Position): (name: Scope) => number {
  const known = new Map(heldScopes(store).map(({ name, scopeId }) => [name, scopeId]));
  return (name) => {
    const found = known.get(name) ?? ensureScope(store, tx, { name, state: asOf === null ? 'joined' : 'filling' });
    known.set(name, found);
    return found;
  };
}

interface Touched {
  changes: readonly Change[];
  scopes: (name: Scope) => number;
  kinds: Set<RowKind>;
  orderIds: Set<string>;
}

/** @returns the receipts among them, in order. */
function writeRows(store: Store, tx: WriteTx, { changes, scopes, kinds, orderIds }: Touched): Receipt[] {
  const writers = rowWriters(store);
  const receipts: Receipt[] = [];
  for (const [index, change] of changes.entries()) {
    try {
      if (!writeRow(writers, tx, { change, scopeId: scopes(change.scope) })) continue;
    } catch (error) {
      throw asMalformed(error, index, change);
    }
    kinds.add(change.kind);
    if (change.kind === 'order') orderIds.add(change.key);
    if (change.kind === 'receipt' && change.op === 'put') receipts.push(change.row);
  }
  return receipts;
}

function writeRow(writers: RowWriters, tx: WriteTx, { change, scopeId }: { change: Change; scopeId: number }): boolean {
  // The union of kinds is walked by one writer at a time; which one, the compiler can't follow through a lookup.
  const writer = writers[change.kind] as RowWriter<RowKind> | undefined;
  if (!writer) throw new TypeError('a kind of row that this build does not know');
  if (!Number.isSafeInteger(change.rev) || change.rev < 1) throw new TypeError('rev is no version');
  if (change.op === 'remove') return writer.remove(tx, change.key, { rev: change.rev, scopeId });
  if (writer.keyOf(change.row) !== change.key) throw new TypeError('the row has another key');
  return writer.put(tx, change.row, { rev: change.rev, scopeId });
}

/** A value of a wrong type, refused by SQLite's strict tables or by us, as a fault of the page; never as of the desk. */
function asMalformed(error: unknown, index: number, change: Change): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!(error instanceof TypeError) && !(error instanceof RangeError) && !code.startsWith('SQLITE_CONSTRAINT')) {
    return error;
  }
  const fields = [{ path: `changes.${index}.${change.kind}`, reason: error instanceof Error ? error.message : '' }];
  return new AppError({ code: 'MALFORMED', retry: 'later', fields }, { cause: error });
}
