/** How long to wait before the next attempt: exponential with full jitter, so that a thousand desks do not march in step. */
import { BACKOFF_FIRST_MS, BACKOFF_LAST_MS } from '../../src-shared/protocol/limits.ts';

export interface Backoff {
  /** The wait after one more failure, in milliseconds: anything from 0 to the bound, which doubles each time. */
  nextMs(): number;
  reset(): void;
}

/** `random`: one byte string of the given length; `lastMs`: where the bound stops growing. */
export function createBackoff(random: (count: number) => Uint8Array, lastMs: number = BACKOFF_LAST_MS): Backoff {
  let failures = 0;
  return {
    nextMs: () => {
      const bound = Math.min(lastMs, BACKOFF_FIRST_MS * 2 ** Math.min(failures, 20));
      failures += 1;
      return Math.round(bound * fraction(random));
    },
    reset: () => {
      failures = 0;
    },
  };
}

/** From 0 to 1, in steps of 1/65535. */
function fraction(random: (count: number) => Uint8Array): number {
  const [high = 0, low = 0] = random(2);
  return (high * 256 + low) / 65_535;
}
