/**
 * The lives of this file: one for each run of the program. Each is on the disk before central hears of it, so that a
 * copy of the file, or the same file gone back in time, does not know the one that central heard of last.
 */
import { z } from 'zod';
import { MAX_UNCONFIRMED_LIVES } from '../../src-shared/protocol/limits.ts';
import { readMeta, writeMeta } from '../store/meta.ts';
import type { Store, StoreReader, WriteTx } from '../store/store.ts';

const KEY = 'lives';

const kept = z.object({
  /** The last one that central confirmed, then those that were begun since. */
  before: z.array(z.uuid()),
  now: z.uuid(),
});
export type Lives = z.infer<typeof kept>;

function readLives(store: StoreReader): Lives | undefined {
  const text = readMeta(store, KEY);
  return text === undefined ? undefined : kept.parse(JSON.parse(text));
}

/** Begins a life. To be called before the hello that tells of it leaves. */
export function beginLife(store: Store, now: string): Lives {
  const last = readLives(store);
  const known = last ? [...last.before, last.now] : [];
  // The first is the one that central is sure to know. The youngest of the rest: an older one had its answer lost, too.
  const before = [...known.slice(0, 1), ...known.slice(1).slice(-(MAX_UNCONFIRMED_LIVES - 1))];
  const lives = { before, now };
  store.transaction((tx) => writeMeta(store, tx, { key: KEY, value: JSON.stringify(lives) }));
  return lives;
}

/** Central knows it now, and has forgotten those before. */
export function confirmLife(store: Store, tx: WriteTx, now: string): void {
  writeMeta(store, tx, { key: KEY, value: JSON.stringify({ before: [], now } satisfies Lives) });
}
