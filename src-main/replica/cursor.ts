/** How far this replica has come in central's change feed. Written only together with the rows it stands for. */
import { readMeta, removeMeta, writeMeta } from '../store/meta.ts';
import type { Store, StoreReader, WriteTx } from '../store/store.ts';
import { forgetStaged } from './staged-pages.ts';

export interface Position {
  /** '' before the first page. */
  cursor: string;
  /** The central database's life that the rows are of; undefined before the first page. */
  epoch: string | undefined;
  /** Until when central's facts are known here, Unix milliseconds by central's clock; null before the first fill. */
  asOf: number | null;
}

const CURSOR = 'replica.cursor';
const EPOCH = 'replica.epoch';
const AS_OF = 'replica.asOf';

export function readCursor(store: StoreReader): string {
  return readMeta(store, CURSOR) ?? '';
}

/** Until when central's facts are known here; null before the first fill. */
export function readAsOf(store: StoreReader): number | null {
  const asOf = readMeta(store, AS_OF);
  return asOf === undefined ? null : Number(asOf);
}

export function readPosition(store: StoreReader): Position {
  return {
    cursor: readCursor(store),
    epoch: readMeta(store, EPOCH),
    asOf: readAsOf(store),
  };
}

/** `asOf` left out: the page was not the last of what is there, so nothing is known as of its time yet. */
export function writePosition(
  store: Store,
  tx: WriteTx,
  of: { cursor: string; epoch: string; asOf: number | undefined },
): void {
  // What was staged is taken in by now, or of no use.
  forgetStaged(store, tx);
  writeMeta(store, tx, { key: CURSOR, value: of.cursor });
  writeMeta(store, tx, { key: EPOCH, value: of.epoch });
  if (of.asOf !== undefined) writeMeta(store, tx, { key: AS_OF, value: String(of.asOf) });
}

export function forgetPosition(store: Store, tx: WriteTx): void {
  forgetStaged(store, tx);
  for (const key of [CURSOR, EPOCH, AS_OF]) removeMeta(store, tx, key);
}
