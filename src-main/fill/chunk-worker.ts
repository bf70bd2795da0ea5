/** The thread that reads chunks. */
import { parentPort } from 'node:worker_threads';
import type { ChunkAnswered, ChunkAsked } from './chunk-messages.ts';
import { readChunk } from './read-chunk.ts';

const port = parentPort;
if (!port) throw new Error('chunk-worker.ts runs as a thread');

port.on('message', ({ id, frame }: ChunkAsked) => {
  const answer = (answered: ChunkAnswered): void => port.postMessage(answered);
  readChunk(frame).then(
    (chunk) => answer({ id, chunk }),
    (error: unknown) => answer({ id, fault: error instanceof Error ? error.message : String(error) }),
  );
});
