/** How much of a chunk is written at a time, by how long the last times took on this machine. */
import { SLICE_FIRST_ROWS, SLICE_LEAST_ROWS, SLICE_MOST_ROWS, SLICE_MS } from './limits.ts';

export interface Pace {
  /** Rows of the next slice. */
  rows(): number;
  took(rows: number, ms: number): void;
  /** Resolves in another turn of the event loop: whoever waits to be answered comes first. */
  pause(): Promise<unknown>;
  /** Milliseconds that only go forward. */
  now(): number;
}

/** @param of.mostRows of a slice, however quick the machine is. */
export function createPace(of: {
  now: () => number;
  pause: () => Promise<unknown>;
  mostRows?: number | undefined;
}): Pace {
  const { mostRows = SLICE_MOST_ROWS } = of;
  let rows = Math.min(SLICE_FIRST_ROWS, mostRows);
  return {
    rows: () => rows,
    took: (count, ms) => {
      // A short rest of a chunk says little of a full slice.
      if (count < rows && ms < SLICE_MS) return;
      const fitting = ms > 0 ? (count * SLICE_MS) / ms : mostRows;
      // Halfway there: one slow commit must not make the next hundred slices tiny.
      rows = Math.round(Math.min(mostRows, Math.max(SLICE_LEAST_ROWS, (rows + fitting) / 2)));
    },
    pause: of.pause,
    now: of.now,
  };
}
