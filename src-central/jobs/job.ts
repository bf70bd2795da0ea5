/** What central does by itself, now and then: on one node at a time, however many there are. */
export interface Job {
  name: string;
  /** From the end of one run, on whatever node, to the next. */
  everyMs: number;
  /**
   * What it does must be safe to be cut off anywhere and to be done twice: a node that dies in it, or whose connection
   * breaks, leaves it to another. `signal` is set when central stops or the deadline has passed.
   */
  run(signal: AbortSignal): Promise<void>;
  /** JOB_DEADLINE_MS where it is left out. */
  deadlineMs?: number;
  /** At night only, by central's own clock; a central that never runs at night does it by day, at half the pace. */
  nightly?: boolean;
}

/** Time as the jobs take it: given from outside, so that a test can be the clock. */
export interface JobClock {
  /** Unix milliseconds. */
  now(): number;
  /** Runs once after the delay; the returned function calls it off. */
  after(delayMs: number, run: () => void): () => void;
}

export const systemJobClock: JobClock = {
  now: () => Date.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
