/**
 * Reads chunks on a thread of its own, so that unpacking and parsing megabytes takes no time of the one that answers
 * people. Started with the first chunk, let go when there are no more.
 *
 * Guarantees: every chunk that is asked for is answered. Where no thread can be had, or it dies, this one does the work,
 * and the log says so: a fill that is slower is still one.
 */
import { receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { ChunkAnswered, ChunkAsked, WalAsked, WalMoved } from './chunk-messages.ts';
import { giveBack } from '../replica/give-back.ts';
import { GROWING_CHUNKS, THREAD_IDLE_MS, THREAD_MEMORY } from './limits.ts';
import { boundNursery, unboundNursery } from './nursery.ts';
import { ChunkFault, readChunk, type ChunkPiece, type ChunkRows, type ReadChunk } from './read-chunk.ts';

interface Waiting {
  frame: Uint8Array;
  resolve: (chunk: ChunkRows | Promise<ChunkRows>) => void;
  reject: (fault: ChunkFault) => void;
}

export interface ChunkThread {
  readChunk: ReadChunk;
  /**
   * Has the WAL of a file moved into it, from so many pages on. Resolves when that has been done, or can't be.
   *
   * @returns undefined where no thread does that.
   */
  moveWal(file: string, fromPages: number): Promise<void> | undefined;
  close(): void;
}

/** @param script the built or plain file of chunk-worker.ts. */
export function createChunkThread(script: URL | string, warn: (text: string, error?: unknown) => void): ChunkThread {
  const waiting = new Map<number, Waiting>();
  /** Who waits for the WAL, in the order in which they asked. */
  let moving: (() => void)[] = [];
  let worker: Worker | undefined;
  let broken = false;
  let count = 0;
  /** Chunks that the thread has read. */
  let read = 0;
  let idle: NodeJS.Timeout | undefined;

  const letGo = (): void => {
    clearTimeout(idle);
    void worker?.terminate();
    worker = undefined;
    for (const moved of moving) moved();
    moving = [];
    read = 0;
    unboundNursery();
  };
  const giveUp = (error: unknown): void => {
    if (!broken) warn('fill: chunks are read without a thread of their own', error);
    broken = true;
    letGo();
    for (const { frame, resolve } of waiting.values()) resolve(readChunk(frame));
    waiting.clear();
  };
  const started = (): Worker => {
    const thread = new Worker(script, { resourceLimits: THREAD_MEMORY });
    thread.on('message', (answered: ChunkAnswered | WalMoved) => {
      if ('walMoved' in answered) {
        moving.shift()?.();
        return;
      }
      const asked = waiting.get(answered.id);
      waiting.delete(answered.id);
      // The thread has a copy, and nobody else will look at it.
      if (asked) giveBack(asked.frame.buffer);
      read += 1;
      // The thread's own has grown to what it may have by then.
      if (read > GROWING_CHUNKS) boundNursery();
      if ('fault' in answered) asked?.reject(new ChunkFault(answered.fault));
      else asked?.resolve(rowsOn(answered));
    });
    thread.on('error', giveUp);
    // It must not keep the program from ending.
    thread.unref();
    return thread;
  };
  return {
    readChunk: (frame) => {
      if (broken) return readChunk(frame);
      clearTimeout(idle);
      idle = setTimeout(letGo, THREAD_IDLE_MS);
      idle.unref();
      return new Promise((resolve, reject) => {
        count += 1;
        waiting.set(count, { frame, resolve, reject });
        worker ??= started();
        worker.postMessage({ id: count, frame } satisfies ChunkAsked, []);
      });
    },
    moveWal: (file, fromPages) => {
      if (!worker) return undefined;
      worker.postMessage({ walOf: file, fromPages } satisfies WalAsked, []);
      return new Promise((resolve) => {
        moving.push(resolve);
      });
    },
    close: () => giveUpQuietly(),
  };

  function giveUpQuietly(): void {
    broken = true;
    letGo();
    for (const { frame, resolve } of waiting.values()) resolve(readChunk(frame));
    waiting.clear();
  }
}

/** Each piece stays outside of this thread's heap until it is asked for. */
function rowsOn({ header, width, pieces }: Exclude<ChunkAnswered, { fault: string }>): ChunkRows {
  return {
    header,
    width,
    next: () => receiveMessageOnPort(pieces)?.message as ChunkPiece | undefined,
    drop: () => pieces.close(),
  };
}
