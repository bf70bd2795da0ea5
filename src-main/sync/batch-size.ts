/**
 * How much goes over the line at a time. Small pieces lose little when the line breaks; large ones waste little of a
 * round trip. Grows while pieces go through in no time, halves when one took long or was lost.
 *
 * The time that counts is what a piece took beyond the quickest one: a far central is no slow line.
 */
import type { LineReason } from '../../src-shared/protocol/line-reason.ts';
import { MAX_PUSH_BYTES, MAX_PUSH_MUTATIONS, PULL_PAGE_MAX_BYTES } from '../../src-shared/protocol/limits.ts';
import {
  GROW_UNDER_MS,
  PAGE_FIRST_BYTES,
  PAGE_LEAST_BYTES,
  PUSH_FIRST_BYTES,
  PUSH_LEAST_BYTES,
  QUICKEST_DRIFT,
  SHRINK_OVER_MS,
} from './limits.ts';

export type Piece = 'push' | 'pull';

export interface BatchSize {
  /** What one push may hold; a single mutation always goes, whatever its size. Bytes before they are packed. */
  push(): { mutations: number; bytes: number };
  /** What a page is asked to hold at most; a transaction of central's always comes whole. Bytes before they are packed. */
  pageBytes(): number;
  wentThrough(piece: Piece, tookMs: number): void;
  /** @param reason as in CENTRAL_UNREACHABLE. */
  wasLost(piece: Piece, reason: string): void;
}

interface Size {
  bytes: number;
  least: number;
  most: number;
}

/** Reasons that a smaller piece may get past. Where nobody was reached at all, size had no part in it. */
const OF_SIZE: ReadonlySet<string> = new Set<LineReason>([
  'no answer',
  'broken off',
  'garbled',
  'gateway',
  'too large',
]);

export function createBatchSize(): BatchSize {
  const sizes: Record<Piece, Size> = {
    push: { bytes: PUSH_FIRST_BYTES, least: PUSH_LEAST_BYTES, most: MAX_PUSH_BYTES },
    pull: { bytes: PAGE_FIRST_BYTES, least: PAGE_LEAST_BYTES, most: PULL_PAGE_MAX_BYTES },
  };
  let mutations = MAX_PUSH_MUTATIONS;
  let quickestMs = Infinity;

  const scale = (piece: Piece, by: number): void => {
    const { bytes, least, most } = sizes[piece];
    sizes[piece].bytes = Math.min(most, Math.max(least, Math.round(bytes * by)));
    if (piece === 'push') mutations = Math.min(MAX_PUSH_MUTATIONS, Math.max(1, Math.round(mutations * by)));
  };
  return {
    push: () => ({ mutations, bytes: sizes.push.bytes }),
    pageBytes: () => sizes.pull.bytes,
    wentThrough: (piece, tookMs) => {
      // A line that has become a slower one for good must not shrink everything for ever.
      quickestMs = Math.min(
        tookMs,
        quickestMs === Infinity ? tookMs : quickestMs + (tookMs - quickestMs) * QUICKEST_DRIFT,
      );
      const beyondMs = tookMs - quickestMs;
      if (beyondMs < GROW_UNDER_MS) scale(piece, 2);
      else if (beyondMs > SHRINK_OVER_MS) scale(piece, 0.5);
    },
    wasLost: (piece, reason) => {
      if (OF_SIZE.has(reason)) scale(piece, 0.5);
    },
  };
}
