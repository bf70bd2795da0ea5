/** What the thread that reads chunks is asked and answers. */
import type { MessagePort } from 'node:worker_threads';
import type { ParsedChunk } from './read-chunk.ts';

export interface ChunkAsked {
  id: number;
  frame: Uint8Array;
}

/** Answered with `WalMoved` also where it fails: the next checkpoint does its work. */
export interface WalAsked {
  walOf: string;
  fromPages: number;
}

export interface WalMoved {
  walMoved: true;
}

/** `pieces`: a port on which all of them wait, to be taken off when each is wanted. */
export type ChunkAnswered =
  | ({ id: number; pieces: MessagePort } & Pick<ParsedChunk, 'header' | 'width'>)
  | { id: number; fault: string };
