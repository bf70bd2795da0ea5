/** What the thread that reads chunks is asked and answers. */
import type { ChunkRows } from './read-chunk.ts';

export interface ChunkAsked {
  id: number;
  frame: Uint8Array;
}

/** Not answered: where it fails, the next checkpoint does its work. */
export interface WalAsked {
  walOf: string;
}

export type ChunkAnswered = { id: number; chunk: ChunkRows } | { id: number; fault: string };
