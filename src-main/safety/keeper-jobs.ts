/** What the keeper has done for it, in a thread of its own: whatever takes long or waits for a disk. */
import { statfsSync, statSync } from 'node:fs';
import { checkFile } from './check-file.ts';
import { copyOrders } from './copy-orders.ts';
import { copyWhole } from './copy-whole.ts';
import { copyPath, deskFolder, listCopies, type CopyKind } from './desk-folder.ts';
import { makeFolder } from './durable-files.ts';
import { CHECK_PAUSE_MS, COPY_LEAVES_FREE_BYTES, WHOLE_COPY_PAUSE_MS } from './limits.ts';
import { pruneCopies } from './prune-copies.ts';

export type KeeperJob =
  | { kind: 'copy'; what: CopyKind; dataDir: string; nowMs: number }
  | { kind: 'check'; how: 'quick' | 'thorough'; dataDir: string };

export type KeeperResult =
  | { kind: 'copied'; bytes: number; tookMs: number }
  /** Not made: so much room is missing. */
  | { kind: 'noRoom'; missingBytes: number }
  | { kind: 'checked'; problems: string[]; tookMs: number };

export async function runKeeperJob(job: KeeperJob): Promise<KeeperResult> {
  const folder = deskFolder(job.dataDir);
  const begun = performance.now();
  if (job.kind === 'check') {
    const problems = checkFile({ file: folder.file, how: job.how, pause: () => standBack(CHECK_PAUSE_MS) });
    return { kind: 'checked', problems, tookMs: performance.now() - begun };
  }
  makeFolder(folder.backups);
  // First: what a copy that was cut short has left takes the room of this one.
  pruneCopies(folder);
  const missingBytes = missingRoom(folder.backups, job.what === 'whole' ? sizeOf(folder.file) : lastSize(job));
  if (missingBytes > 0) return { kind: 'noRoom', missingBytes };
  const path = copyPath(folder, job.what, job.nowMs);
  const order = { file: folder.file, path };
  if (job.what === 'orders') copyOrders(order);
  else await copyWhole({ ...order, pause: () => standBack(WHOLE_COPY_PAUSE_MS) });
  pruneCopies(folder);
  return { kind: 'copied', bytes: sizeOf(path), tookMs: performance.now() - begun };
}

/** Room for the copy, and for the orders to come besides; an orders copy is worth the last room there is. */
export function missingRoom(path: string, bytes: number): number {
  const { bavail, bsize } = statfsSync(path);
  const leave = Math.min(COPY_LEAVES_FREE_BYTES, bytes);
  return Math.max(0, bytes + leave - bavail * bsize);
}

function lastSize({ dataDir }: KeeperJob): number {
  return listCopies(deskFolder(dataDir)).find((copy) => copy.kind === 'orders')?.bytes ?? 0;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

const never = new Int32Array(new SharedArrayBuffer(4));

/** Only in a thread that has nothing else to do. */
function standBack(ms: number): void {
  Atomics.wait(never, 0, 0, ms);
}
