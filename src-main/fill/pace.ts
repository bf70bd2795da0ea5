/** How much of a chunk is written at a time, by how long the last times took on this machine. */
import { ATTENDED_SLICE_MS, SLICE_FIRST_ROWS, SLICE_LEAST_ROWS, SLICE_MOST_ROWS, SLICE_MS } from './limits.ts';

export interface Pace {
  /** Rows of the next slice. */
  rows(): number;
  took(rows: number, ms: number): void;
  /** How long one slice may take now. Milliseconds. */
  sliceMs(): number;
  /** Whether somebody works at the desk: then nothing is done ahead, which would take the processor from them. */
  isAttended(): boolean;
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
  isAttended?: (() => boolean) | undefined;
}): Pace {
  const { mostRows = SLICE_MOST_ROWS, isAttended = () => false } = of;
  /** Of a slice of SLICE_MS. */
  let full = Math.min(SLICE_FIRST_ROWS, mostRows);
  const sliceMs = (): number => (isAttended() ? ATTENDED_SLICE_MS : SLICE_MS);
  return {
    rows: () => Math.max(1, Math.round((full * sliceMs()) / SLICE_MS)),
    took: (count, ms) => {
      const share = sliceMs() / SLICE_MS;
      // A short rest of a chunk says little of a full slice.
      if (count < full * share && ms < sliceMs()) return;
      const fitting = ms > 0 ? (count * SLICE_MS) / ms : mostRows;
      // Halfway there: one slow commit must not make the next hundred slices tiny.
      full = Math.round(Math.min(mostRows, Math.max(SLICE_LEAST_ROWS, (full + fitting) / 2)));
    },
    sliceMs,
    isAttended,
    pause: of.pause,
    now: of.now,
  };
}
