/**
 * Enters into the search index, slice by slice, what a fill has left waiting (replica/search/search-index.ts): while the
 * next chunk is waited for, beside rows that no search finds, and before the fill is done. What has been entered is all
 * found; that it lies in many segments costs a search microseconds, so it is merged when the fill is done.
 */
import type { RowKind } from '../../src-shared/protocol/change.ts';
import { ROW_SHAPES } from '../replica/row-shapes.ts';
import { FINDABLE_KINDS, searchIndexes } from '../replica/search/search-index.ts';
import type { Store } from '../store/store.ts';
import { betweenSlices } from './between-slices.ts';
import { ENTERING_SHARE, ENTRIES_AT_A_TIME, UNMERGED_MOST_ENTRIES, WAITING_MOST_ENTRIES } from './limits.ts';
import type { Pace } from './pace.ts';

/**
 * Whether entries are made beside a part of that kind. Not while rows come that can be searched for: the sooner all of them
 * are there the better, and whoever sends and unpacks them has use for the processor; unless too much waits already.
 */
export function entersBeside(store: Store, kind: RowKind): boolean {
  return !ROW_SHAPES[kind].search || waiting(store) > WAITING_MOST_ENTRIES;
}

/** Loads what an earlier run has left waiting: it was cut short. */
export async function loadWaiting(store: Store, pace: Pace): Promise<void> {
  for (const kind of FINDABLE_KINDS) {
    const index = searchIndexes(store)[kind];
    while (store.refetchable(() => index.loadWaiting(ENTRIES_AT_A_TIME))) await betweenSlices(store, pace);
  }
  store.commitGathered();
}

/** One slice; it stays gathered. @returns whether more waits. */
export function enterSlice(store: Store, pace: Pace): boolean {
  const kind = FINDABLE_KINDS.find((each) => searchIndexes(store)[each].waiting() > 0);
  if (!kind) return false;
  const index = searchIndexes(store)[kind];
  const started = pace.now();
  const [most, sliceMs] = [pace.rows(), pace.sliceMs()];
  store.refetchable((tx) => {
    for (let entered = 0; entered < most && index.waiting() > 0 && pace.now() < started + sliceMs * ENTERING_SHARE;) {
      entered += index.enterWaiting(tx, Math.min(ENTRIES_AT_A_TIME, most - entered));
    }
    // A house so large that a search would come to feel its segments.
    while (index.unmerged() > UNMERGED_MOST_ENTRIES && pace.now() < started + sliceMs && index.mergeSome(tx));
  });
  return waiting(store) > 0;
}

/** One slice; it is committed. @returns whether more is to be merged. */
export function mergeSlice(store: Store, pace: Pace): boolean {
  const kind = FINDABLE_KINDS.find((each) => searchIndexes(store)[each].unmerged() > 0);
  if (!kind) return false;
  const index = searchIndexes(store)[kind];
  const endAt = pace.now() + pace.sliceMs();
  store.refetchable((tx) => {
    while (index.mergeSome(tx) && pace.now() < endAt);
  });
  store.commitGathered();
  return true;
}

function waiting(store: Store): number {
  return FINDABLE_KINDS.reduce((sum, kind) => sum + searchIndexes(store)[kind].waiting(), 0);
}
