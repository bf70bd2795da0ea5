/** The thread that reads chunks, and moves the WAL into the file behind the one that writes. */
import { parentPort } from 'node:worker_threads';
import { moveWal } from '../store/move-wal.ts';
import type { ChunkAnswered, ChunkAsked, WalAsked } from './chunk-messages.ts';
import { CHECKPOINT_PAGES } from './limits.ts';
import { readChunk } from './read-chunk.ts';

const port = parentPort;
if (!port) throw new Error('chunk-worker.ts runs as a thread');

port.on('message', (asked: ChunkAsked | WalAsked) => {
  if ('walOf' in asked) {
    moveQuietly(asked.walOf);
    return;
  }
  const { id, frame } = asked;
  const answer = (answered: ChunkAnswered): void => port.postMessage(answered);
  readChunk(frame).then(
    (chunk) => answer({ id, chunk }),
    (error: unknown) => answer({ id, fault: error instanceof Error ? error.message : String(error) }),
  );
});

function moveQuietly(file: string): void {
  try {
    moveWal(file, CHECKPOINT_PAGES);
  } catch {
    // A full disk, a file that is being closed: the thread that writes meets it itself, and says so.
  }
}
