/**
 * The search index of products and that of customers, and the only place that writes them. Entering a row is the dearest
 * part of taking it in, so a fill enters rows later: until then they wait in memory and are searched there.
 *
 * Guarantees: a row is found from the moment at which it is written. From which row number on entries may be missing in
 * the index (`entered`) stands in the file, written with the rows, so that after any stop the others are loaded from the
 * table and entered. A row that is changed or removed while it waits leaves nothing behind.
 */
import { sql } from 'kysely';
import { readMeta, removeMeta, writeMeta } from '../../store/meta.ts';
import { perStore, type Store, type StoreReader, type WriteTx } from '../../store/store.ts';
import { searchedRows, type FindableKind } from './searched-rows.ts';
import { packTexts, unpackTexts, type SignedText } from './packed-texts.ts';
import { WaitingEntries, type SearchEntry } from './waiting-entries.ts';

export interface SearchIndex {
  /** At once: a row that is new or whose words are others now. */
  enter(tx: WriteTx, entry: SearchEntry): void;
  /** To be called before each row that is then given to `enterLater`. */
  beforeRow(): void;
  /** The same as `enter`, later if the row is a new one. */
  enterLater(tx: WriteTx, rowNo: number, grams: SignedText): void;
  remove(tx: WriteTx, rowNo: number): void;
  /** Forgets all that it holds. */
  clear(tx: WriteTx): void;
  /** Enters the first of those that wait. @returns how many of them were taken off the list. */
  enterWaiting(tx: WriteTx, count: number): number;
  /**
   * While entries are made by the thousand the index does not merge what it has written, which it does in bursts that
   * somebody would wait for. Here a few pages of that are done, and after the last the index sees to it by itself again.
   *
   * @returns whether more is to be done.
   */
  mergeSome(tx: WriteTx): boolean;
  /** Entries that have been made since all was merged, by this run of the program; 0: none is to be merged by hand. */
  unmerged(): number;
  /** Loads, from the table, entries that an earlier run left waiting. @returns whether there may be more. */
  loadWaiting(count: number): boolean;
  /** How many wait. */
  waiting(): number;
}

/** So many segments of the index are merged into one, and with so many a commit merges them all; as migration 0003 has it. */
const MERGED_SEGMENTS = 16;
const CRISIS_SEGMENTS = 64;
/** The most that FTS5 can have: no commit merges. */
const NO_CRISIS_SEGMENTS = 1_999;
/** Pages that are merged at once: a millisecond or two. */
const MERGE_PAGES = 16;

export const FINDABLE_KINDS: readonly FindableKind[] = ['product', 'customer'];

/** What waits, to be searched. */
export const waitingEntries = perStore((_store: StoreReader): Record<FindableKind, WaitingEntries> => ({
  product: new WaitingEntries(),
  customer: new WaitingEntries(),
}));

export const searchIndexes = perStore((store: Store): Record<FindableKind, SearchIndex> => ({
  product: searchIndex(store, 'product'),
  customer: searchIndex(store, 'customer'),
}));

/** From this row number on, rows may be missing in the index; undefined where none is. */
export function enteredBefore(store: StoreReader, kind: FindableKind): number | undefined {
  const mark = readMeta(store, markOf(kind));
  return mark === undefined ? undefined : Number(mark);
}

/** Whether the indexes hold everything. */
export function isAllEntered(store: StoreReader): boolean {
  return FINDABLE_KINDS.every((kind) => enteredBefore(store, kind) === undefined);
}

/** Whether there is nothing that `mergeSome` has to do. */
export function isAllMerged(store: Store): boolean {
  return FINDABLE_KINDS.every((kind) => searchIndexes(store)[kind].unmerged() === 0);
}

function markOf(kind: FindableKind): string {
  return `search.enteredBefore.${kind}`;
}

/** Stands in the file while the index is merged by hand. */
function byHandMarkOf(kind: FindableKind): string {
  return `search.mergedByHand.${kind}`;
}

function searchIndex(store: Store, kind: FindableKind): SearchIndex {
  const { insertBytes, replaceBytes, replace, remove, clear, last, set, written } = statements(store, kind);
  const waiting = waitingEntries(store)[kind];
  const rowsAfter = searchedRows(store)[kind];
  const left = enteredBefore(store, kind);
  /** Up to here what an earlier run left is loaded. Those may be in the index all the same. */
  const loading = { upTo: left === undefined ? Infinity : left - 1, committed: 0, lastRowNo: 0 };
  loading.committed = loading.upTo;
  /** The highest row number that there was before a row was written. */
  let highest: number | undefined;
  /** Whether it leaves merging to `mergeSome`, and since how many entries. Left so by an earlier run: one at least. */
  let unmerged = readMeta(store, byHandMarkOf(kind)) === undefined ? 0 : 1;
  let unmergedCommitted = unmerged;

  store.onEnd((committed) => {
    waiting.ended(committed);
    if (committed) [loading.committed, unmergedCommitted] = [loading.upTo, unmerged];
    else [loading.upTo, highest, unmerged] = [loading.committed, undefined, unmergedCommitted];
  });
  const mark = (tx: WriteTx): void => {
    const rowNo = waiting.firstRowNo;
    // What is not loaded yet comes after all that is.
    if (rowNo !== undefined) writeMeta(store, tx, { key: markOf(kind), value: String(rowNo) });
    else if (loading.upTo === Infinity) removeMeta(store, tx, markOf(kind));
    else writeMeta(store, tx, { key: markOf(kind), value: String(loading.upTo + 1) });
  };
  const mergeByHand = (tx: WriteTx): void => {
    set.run(tx, ['automerge', 0]);
    set.run(tx, ['crisismerge', NO_CRISIS_SEGMENTS]);
    set.run(tx, ['usermerge', MERGED_SEGMENTS]);
    writeMeta(store, tx, { key: byHandMarkOf(kind), value: '1' });
  };
  const mergeByItself = (tx: WriteTx): void => {
    set.run(tx, ['automerge', MERGED_SEGMENTS]);
    set.run(tx, ['crisismerge', CRISIS_SEGMENTS]);
    removeMeta(store, tx, byHandMarkOf(kind));
    unmerged = 0;
  };
  const enter = (tx: WriteTx, entry: SearchEntry): void => {
    waiting.drop(entry.rowNo);
    replace.run(tx, [entry.rowNo, entry.grams]);
    if (highest !== undefined) highest = Math.max(highest, entry.rowNo);
  };
  return {
    enter,
    beforeRow: () => {
      highest ??= Math.max(last.get([])?.row_no ?? 0, waiting.lastRowNo ?? 0);
    },
    enterLater: (tx, rowNo, grams) => {
      if (highest === undefined || rowNo <= highest || loading.upTo !== Infinity) {
        enter(tx, { rowNo, grams: grams.bytes.toString('utf8', grams.from, grams.to) });
        return;
      }
      highest = rowNo;
      waiting.add(rowNo, grams);
      if (waiting.count === 1) mark(tx);
    },
    remove: (tx, rowNo) => {
      waiting.drop(rowNo);
      remove.run(tx, [rowNo]);
    },
    clear: (tx) => {
      clear.run(tx, []);
      waiting.take(waiting.count);
      loading.upTo = Infinity;
      mark(tx);
      mergeByItself(tx);
    },
    enterWaiting: (tx, count) => {
      const before = waiting.count;
      if (before > 0 && unmerged === 0) mergeByHand(tx);
      for (const { rowNo, bytes, from, to } of waiting.take(count)) {
        const statement = rowNo <= loading.lastRowNo ? replaceBytes : insertBytes;
        statement.run(tx, [rowNo, bytes.subarray(from, to)]);
      }
      mark(tx);
      unmerged += before - waiting.count;
      return before - waiting.count;
    },
    mergeSome: (tx) => {
      if (unmerged === 0) return false;
      const before = written.get([])?.count ?? 0;
      set.run(tx, ['merge', MERGE_PAGES]);
      // As SQLite's manual has it: less than two rows written means that there was nothing to merge.
      if ((written.get([])?.count ?? 0) - before > 1) return true;
      // With entries to come it would be left to `mergeSome` again at once.
      if (waiting.count === 0 && loading.upTo === Infinity) mergeByItself(tx);
      else unmerged = 1;
      return false;
    },
    unmerged: () => unmerged,
    loadWaiting: (count) => {
      if (loading.upTo === Infinity) return false;
      const rows = rowsAfter({ after: loading.upTo, limit: count });
      const textAt = unpackTexts(packTexts(rows.map(({ grams }) => grams)));
      for (const [index, { rowNo }] of rows.entries()) waiting.add(rowNo, textAt(index));
      const end = rows.at(-1)?.rowNo ?? loading.upTo;
      loading.lastRowNo = Math.max(loading.lastRowNo, end);
      loading.upTo = rows.length < count ? Infinity : end;
      return loading.upTo !== Infinity;
    },
    waiting: () => waiting.count,
  };
}

function statements(store: Store, kind: FindableKind) {
  const index = sql.raw(`${kind}_search`);
  return {
    // Nothing is there to replace; asking for it would be a tenth of the work.
    insertBytes: store.command<[rowNo: number, grams: Buffer], never>(
      (_, p) => sql<never>`insert into ${index} (rowid, grams) values (${p[0]}, cast(${p[1]} as text))`,
    ),
    replaceBytes: store.command<[rowNo: number, grams: Buffer], never>(
      (_, p) => sql<never>`insert or replace into ${index} (rowid, grams) values (${p[0]}, cast(${p[1]} as text))`,
    ),
    replace: store.command<[rowNo: number, grams: string], never>(
      (_, p) => sql<never>`insert or replace into ${index} (rowid, grams) values (${p[0]}, ${p[1]})`,
    ),
    remove: store.command<[rowNo: number], never>((_, p) => sql<never>`delete from ${index} where rowid = ${p[0]}`),
    clear: store.command<[], never>(() => sql<never>`insert into ${index} (${index}) values ('delete-all')`),
    set: store.command<[name: string, value: number], never>(
      // FTS5 takes no such value for a number with a fraction, which is what a number of JavaScript is bound as.
      (_, p) => sql<never>`insert into ${index} (${index}, rank) values (${p[0]}, cast(${p[1]} as integer))`,
    ),
    written: store.query<[], { count: number }>(() => sql<{ count: number }>`select total_changes() as count`),
    last: store.query<[], { row_no: number }>(
      () => sql<{ row_no: number }>`select row_no from ${sql.raw(kind)} order by row_no desc limit 1`,
    ),
  };
}
