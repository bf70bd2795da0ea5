/** A clock that a test moves by hand: nothing happens in between, and nothing takes any time. */
import type { Scheduler } from '../../src-main/sync/scheduler.ts';

export interface ManualScheduler extends Scheduler {
  /** Runs what falls due within so many milliseconds, in order, each with its promises settled. */
  advance(ms: number): Promise<void>;
  /** When the next planned thing is due, from now; undefined when nothing is planned. */
  nextInMs(): number | undefined;
}

export function manualScheduler(): ManualScheduler {
  let now = 0;
  let lastId = 0;
  const planned = new Map<number, { at: number; run: () => void }>();
  const earliest = (): [number, { at: number; run: () => void }] | undefined =>
    [...planned].toSorted(([idA, a], [idB, b]) => a.at - b.at || idA - idB)[0];
  return {
    monotonicNow: () => now,
    after: (delayMs, run) => {
      lastId += 1;
      const id = lastId;
      planned.set(id, { at: now + delayMs, run });
      return () => planned.delete(id);
    },
    nextInMs: () => {
      const next = earliest();
      return next && next[1].at - now;
    },
    advance: async (ms) => {
      const end = now + ms;
      await settled();
      for (let next = earliest(); next && next[1].at <= end; next = earliest()) {
        planned.delete(next[0]);
        now = Math.max(now, next[1].at);
        next[1].run();
        await settled();
      }
      now = end;
    },
  };
}

/** Until all promises that can settle have. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
