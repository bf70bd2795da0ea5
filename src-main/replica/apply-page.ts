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
import { orderOfLane } from '../outbox/lane.ts';
import { pruneJournal } from '../outbox/prune-journal.ts';
import { settleReceipts, type ArrivedReceipt } from '../outbox/settle-receipts.ts';
import type { Store, WriteTx } from '../store/store.ts';
import type { Scope } from '../../src-shared/protocol/scope.ts';
import { readPosition, writePosition, type Position } from './cursor.ts';
import { rebuildOverlay } from './overlay.ts';
import { TOPICS_OF_KINDS } from './topics.ts';
import { endFill, isFillingFacts, joinScopes, rememberRemoved } from './filling.ts';
import { leaveReturned } from './returning-orders.ts';
import { ensureScope, heldScopes } from './scopes.ts';
import { unsettledReceipts } from './unsettled-receipts.ts';
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

/**
 * @param joining scopes that were filled when the page was asked for (filling.ts): if it ends at the feed's end, it has
 *        passed all that their chunks were read at.
 * @throws AppError EPOCH_CHANGED when the page is of another life of central than the rows here; MALFORMED when it
 *         holds a row that is none; DISK_FULL. Nothing of it has then been taken in.
 */
export function applyPage(store: Store, page: PullResponse, joining: readonly number[] = []): AppliedPage {
  return applyPages(store, [page], joining);
}

/** The same with several pages at once: those that are no moment of central's without the last (staged-pages.ts). */
export function applyPages(store: Store, pages: readonly PullResponse[], joining: readonly number[] = []): AppliedPage {
  const kinds = new Set<RowKind>();
  const orderIds = new Set<string>();
  store.transaction((tx) => {
    for (const page of pages) takeIn(store, tx, { page, joining, kinds, orderIds });
  });
  const topics = new Set<Topic>();
  for (const kind of kinds) for (const topic of TOPICS_OF_KINDS[kind]) topics.add(topic);
  const received = pages.reduce((sum, { changes }) => sum + changes.length, 0);
  return { topics: [...topics], orderIds: [...orderIds], received };
}

interface TakingIn {
  page: PullResponse;
  joining: readonly number[];
  kinds: Set<RowKind>;
  orderIds: Set<string>;
}

function takeIn(store: Store, tx: WriteTx, { page, joining, kinds, orderIds }: TakingIn): void {
  const before = readPosition(store);
  if (before.epoch !== undefined && before.epoch !== page.epoch) {
    throw new AppError({ code: 'EPOCH_CHANGED', retry: 'never', epoch: page.epoch });
  }
  // First: a row must be written into the scope that is held once this page is in.
  followGrants(store, tx, page.changes);
  const scopes = pageScopes(store, tx, before);
  const receipts = writeRows(store, tx, { changes: page.changes, scopes, kinds, orderIds });
  if (!page.more) {
    if (joining.length > 0) joinScopes(store, tx, joining);
    leaveUngranted(store, tx);
    leaveReturned(store, tx);
    // Only now: the last scope that was waited for may have left instead of joining.
    if (endFill(store, tx)) {
      // What a fill brought was not settled as it came: its order might have come later.
      receipts.unshift(...unsettledReceipts(store, page.epoch));
      for (const kind of Object.keys(TOPICS_OF_KINDS) as RowKind[]) kinds.add(kind);
    }
  }
  for (const lane of settleReceipts(store, tx, { receipts, nowMs: page.now, epoch: page.epoch })) {
    const order = orderOfLane(lane);
    if (order !== undefined) orderIds.add(order);
  }
  for (const order of orderIds) rebuildOverlay(store, tx, order);
  if (page.backedUpTo !== undefined) pruneJournal(store, tx, { epoch: page.epoch, backedUpTo: page.backedUpTo });
  const asOf = page.more || isFillingFacts(store) ? undefined : page.now;
  writePosition(store, tx, { cursor: page.cursor, epoch: page.epoch, asOf });
}

/**
 * The scopes by name. One that a page is the first to name has come since this desk's fill and wants one of its own; a
 * feed that is read from its beginning brings a scope whole.
 */
function pageScopes(store: Store, tx: WriteTx, { asOf }: Position): (name: Scope) => PageScope {
  const held = heldScopes(store);
  const known = new Map(held.map(({ name, scopeId, state }) => [name, { scopeId, filling: state === 'filling' }]));
  const filling = asOf !== null || held.some(({ state }) => state === 'filling');
  return (name) => {
    const found = known.get(name) ?? {
      scopeId: ensureScope(store, tx, { name, state: filling ? 'filling' : 'joined' }),
      filling,
    };
    known.set(name, found);
    return found;
  };
}

interface PageScope {
  scopeId: number;
  filling: boolean;
}

interface Touched {
  changes: readonly Change[];
  scopes: (name: Scope) => PageScope;
  kinds: Set<RowKind>;
  orderIds: Set<string>;
}

/** @returns the receipts among them, in order. */
function writeRows(store: Store, tx: WriteTx, { changes, scopes, kinds, orderIds }: Touched): ArrivedReceipt[] {
  const writers = rowWriters(store);
  const receipts: ArrivedReceipt[] = [];
  for (const [index, change] of changes.entries()) {
    try {
      const { scopeId, filling } = scopes(change.scope);
      if (filling && change.op === 'remove') rememberRemoved(store, tx, { ...change, scopeId });
      if (!writeRow(writers, tx, { change, scopeId })) continue;
    } catch (error) {
      throw asMalformed(error, index, change);
    }
    kinds.add(change.kind);
    if (change.kind === 'order') orderIds.add(change.key);
    if (change.kind === 'receipt' && change.op === 'put') receipts.push({ ...change.row, proof: change.proof });
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
