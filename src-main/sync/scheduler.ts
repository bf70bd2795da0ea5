/** Time as the sync loop takes it: given from outside, so that a test can be the clock. */
export interface Scheduler {
  /** Milliseconds that only go forward. */
  monotonicNow(): number;
  /** Runs once after the delay; the returned function calls it off. */
  after(delayMs: number, run: () => void): () => void;
}

export function systemScheduler(platform: { monotonicNow(): number }): Scheduler {
  return {
    monotonicNow: () => platform.monotonicNow(),
    after: (delayMs, run) => {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
  };
}
