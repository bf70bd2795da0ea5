/** The thread that reads chunks, and moves the WAL into the file behind the one that writes. */
import { MessageChannel, parentPort } from 'node:worker_threads';
import { buffersOf } from '../replica/search/packed-texts.ts';
import { moveWal } from '../store/move-wal.ts';
import type { ChunkAnswered, ChunkAsked, WalAsked, WalMoved } from './chunk-messages.ts';
import { parseChunk, type ParsedChunk } from './read-chunk.ts';

const port = parentPort;
if (!port) throw new Error('chunk-worker.ts runs as a thread');

port.on('message', (asked: ChunkAsked | WalAsked) => {
  if ('walOf' in asked) {
    moveQuietly(asked);
    port.postMessage({ walMoved: true } satisfies WalMoved, []);
    return;
  }
  const { id, frame } = asked;
  parseChunk(frame).then(
    (chunk) => answer(id, chunk),
    (error: unknown) => {
      const fault = error instanceof Error ? error.message : String(error);
      port.postMessage({ id, fault } satisfies ChunkAnswered, []);
    },
  );
});

/** The other end of the port goes along; whoever has it closes both. */
function answer(id: number, { header, width, pieces }: ParsedChunk): void {
  const { port1, port2 } = new MessageChannel();
  for (const piece of pieces) port2.postMessage(piece, piece.grams ? buffersOf(piece.grams) : []);
  port2.unref();
  port?.postMessage({ id, header, width, pieces: port1 } satisfies ChunkAnswered, [port1]);
}

function moveQuietly({ walOf: file, fromPages }: WalAsked): void {
  try {
    moveWal(file, fromPages);
  } catch {
    // A full disk, a file that is being closed: the thread that writes meets it itself, and says so.
  }
}
