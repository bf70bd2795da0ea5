/**
 * Opens one image with the desk's own `openStore`, which recovers it, and reads what is left.
 *
 * The digest covers every byte of the recovered database: equal digests are equal desks, so what a desk holds is read
 * once per digest. Images differ far more than the states that recovery makes of them.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import type { Platform } from '../../src-main/platform.ts';
import { openStore } from '../../src-main/store/open-store.ts';
import { readDesk, type DeskContent } from './read-desk.ts';

/** The name of the desk's file in every image. */
export const DESK_FILE = 'desk.sqlite';

export type Finding =
  /** The store opened. `content` only where this thread sees the digest for the first time. */
  { opened: true; digest: string; content: DeskContent | undefined } | { opened: false; error: string };

const platform: Platform = {
  now: () => 0,
  monotonicNow: () => 0,
  randomBytes: (count) => new Uint8Array(count),
};

export function createImageInspector(): (folder: string) => Finding {
  const seen = new Set<string>();
  return (folder) => {
    const file = join(folder, DESK_FILE);
    try {
      const store = openStore(file, platform);
      const sqlite = new SqliteDatabase(file, { readonly: true });
      try {
        const digest = createHash('sha1').update(sqlite.serialize()).digest('hex');
        if (seen.has(digest)) return { opened: true, digest, content: undefined };
        const content = readDesk(store, sqlite);
        // Only now: after a throw this digest has not been looked at.
        seen.add(digest);
        return { opened: true, digest, content };
      } finally {
        // In this order nobody checkpoints: the store isn't the last to close, and the last can't write.
        store.close();
        sqlite.close();
      }
    } catch (error) {
      return { opened: false, error: describe(error) };
    }
  };
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.message}${cause}`;
}
