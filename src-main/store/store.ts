/**
 * The desk's file, as the rest of the local server sees it.
 *
 * Guarantees: what `transaction` returned from is on the disk (WAL, synchronous=FULL); it is written whole or not at
 * all; nothing writes outside of one, which the types see to: a command wants the `WriteTx` that only `transaction`
 * hands out. It does not make queries concurrent: there is one connection that writes, and every call is synchronous.
 */
import type { BuildQuery, Params } from './prepare.ts';

declare const writeTx: unique symbol;

/** The right to write, for the length of one transaction. */
export interface WriteTx {
  readonly [writeTx]: true;
}

export interface Query<P extends Params, R> {
  get(values: P): R | undefined;
  all(values: P): R[];
}

export interface Command<P extends Params, R> {
  /** The number of rows written. */
  run(tx: WriteTx, values: P): number;
  /** For one row: the number it got (its rowid); undefined where it was not written. Not for `do update`. */
  insert(tx: WriteTx, values: P): number | undefined;
  /** The first row of `returning`; undefined where nothing was written. */
  get(tx: WriteTx, values: P): R | undefined;
  all(tx: WriteTx, values: P): R[];
}

/** Can read the file and nothing else. */
export interface StoreReader {
  readonly file: string;
  /** Compiles a reading query; done once per store and kept (`perStore`). */
  query<P extends Params, R>(build: BuildQuery<P, R>): Query<P, R>;
}

/** The file as it was at one moment, whatever is written meanwhile. Keeps the WAL from being emptied: close it soon. */
export interface StoreSnapshot extends StoreReader {
  close(): void;
}

export interface Store extends StoreReader {
  /** Compiles a writing statement; done once per store and kept. */
  command<P extends Params, R>(build: BuildQuery<P, R>): Command<P, R>;
  /**
   * Runs `work` in one transaction and commits; when it throws, nothing of it stays.
   *
   * @throws AppError DISK_FULL or STORE_DAMAGED where SQLite says so; whatever `work` threw otherwise.
   */
  transaction<T>(work: (tx: WriteTx) => T): T;
  /**
   * The same for what can be fetched again: it does not wait for the disk, and its transaction stays open for the next
   * that is like it, so that a page that many of them touch is written once. Queries see it; snapshots, and whoever opens
   * the file after a crash, don't until `commitGathered`. A `transaction` commits it first and takes it along to the disk.
   * When `work` throws, all goes back to the last commit.
   */
  refetchable<T>(work: (tx: WriteTx) => T): T;
  /** How many calls of `refetchable` wait for that. */
  gathered(): number;
  /** Ends what `refetchable` has gathered. When it throws, nothing of that is there. */
  commitGathered(): void;
  /**
   * Moves what the WAL holds into the file, if it is worth it and nobody reads: to be called in idle moments.
   *
   * @param fromPages how many pages are worth it, where somebody writes much and has few idle moments.
   *
   * @returns how many pages were moved.
   */
  checkpointWhenIdle(fromPages?: number): number;
  /** How long the WAL is, moved or not. Pages. */
  walPages(): number;
  /** Told whenever a transaction has ended, with all that was gathered in it: whether what it wrote is there. */
  onEnd(listener: (committed: boolean) => void): void;
  /** Told once, when a statement or `declareDamaged` finds that the file can't be trusted. Nothing is written after. */
  onDamage(listener: (detail: string) => void): void;
  /** Whoever has found damage by other means: from here on every transaction throws STORE_DAMAGED. */
  declareDamaged(detail: string): void;
  /** For long reads that make pauses: on a connection of its own, which can't write. */
  snapshot(): StoreSnapshot;
  /** Moves the whole WAL into the file and gives the file up. */
  close(): void;
}

/** Statements (or anything else) that belong to one store: made when first asked for, kept as long as the store. */
export function perStore<S extends StoreReader, T>(make: (store: S) => T): (store: S) => T {
  const made = new WeakMap<S, T>();
  return (store) => {
    let found = made.get(store);
    if (found === undefined) {
      found = make(store);
      made.set(store, found);
    }
    return found;
  };
}
