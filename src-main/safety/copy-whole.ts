/**
 * The copy of the whole file, for a desk that is damaged while the line is down: with it prices and stock are there at
 * once. SQLite's own backup, read at one moment however long it takes, in steps that are synced and stand back, so that
 * an order's commit waits for none of it (docs/decisions/0007 has the measurements).
 */
import { closeSync, fdatasyncSync, openSync, rmSync } from 'node:fs';
import SqliteDatabase from 'better-sqlite3';
import { BUSY_TIMEOUT_MS } from '../store/limits.ts';
import type { CopyOrder } from './copy-orders.ts';
import { moveDurably, syncFile } from './durable-files.ts';
import { WHOLE_COPY_STEP_PAGES } from './limits.ts';
import { verifyCopy } from './verify-copy.ts';

export interface WholeCopyOrder extends CopyOrder {
  /** Stands back between two steps. Not to be given where nobody waits. */
  pause?: () => void;
}

/** @throws Error when the copy is not what the file had; nothing stands under its name then. */
export async function copyWhole({ file, path, pause, at = () => {} }: WholeCopyOrder): Promise<void> {
  const part = `${path}.part`;
  for (const left of ['', '-wal', '-shm', '-journal']) rmSync(part + left, { force: true });
  const source = new SqliteDatabase(file, { readonly: true, timeout: BUSY_TIMEOUT_MS });
  let mutations: number;
  try {
    // Holds the moment: else every order that is placed meanwhile would make it begin anew.
    source.exec('begin');
    mutations = Number(source.prepare('select count(*) from outbox').pluck().get());
    at('begun');
    await source.backup(part, {
      progress: () => {
        if (!pause) return WHOLE_COPY_STEP_PAGES;
        syncContent(part);
        pause();
        return WHOLE_COPY_STEP_PAGES;
      },
    });
  } finally {
    source.close();
  }
  at('copied');
  leaveWalMode(part);
  syncFile(part);
  at('synced');
  verifyCopy(part, { mutations });
  at('verified');
  moveDurably(part, path);
  at('named');
}

/** A copy is one file: opened later, it must not look for a WAL beside it. */
function leaveWalMode(part: string): void {
  const copy = new SqliteDatabase(part);
  try {
    copy.pragma('journal_mode = delete');
  } finally {
    copy.close();
  }
}

function syncContent(path: string): void {
  const fd = openSync(path, 'r+');
  try {
    fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
