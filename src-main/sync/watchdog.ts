/**
 * Looks now and then whether everything that should make progress does, names what does not, and mends it.
 *
 * Guarantees: a stall has a name from the moment that it is noticed until the part that stood still has got through
 * again, for the screen as well as for the log; mending it needs nothing written down on this desk. A line that is down is
 * no stall: it has a state of its own.
 */
import { RECEIPT_STALL_MS, WATCHDOG_INTERVAL_MS } from './limits.ts';
import type { Runner, RunnerStall } from './runner.ts';
import type { Scheduler } from './scheduler.ts';

/**
 * - `hangs`, `overdue`, `not planned`: a part's step takes far too long, or was never begun.
 * - `no receipts`: central has taken what was sent, long ago, and says nothing more of it, though it is on line.
 */
export type StallReason = RunnerStall['reason'] | 'no receipts';

export interface Stall {
  /** Which part stands still. */
  runner: string;
  reason: StallReason;
  forMs: number;
}

export interface Watchdog {
  /** The stall that is longest known; null when everything goes on. */
  stall(): Stall | null;
  stop(): void;
}

export interface WatchdogParts {
  runners: readonly Runner[];
  scheduler: Scheduler;
  /** Since when (monotonic) central owes receipts while the line is there; undefined while it owes none. */
  receiptsDueSince: () => number | undefined;
  /** Sends again and asks again. */
  askForReceipts: () => void;
  warn: (text: string) => void;
}

interface Known {
  reason: StallReason;
  since: number;
}

export function startWatchdog(parts: WatchdogParts): Watchdog {
  const { runners, scheduler, receiptsDueSince, askForReceipts, warn } = parts;
  const known = new Map<string, Known>();
  let cancel = (): void => {};

  const lookAtRunners = (now: number): void => {
    for (const runner of runners) {
      const before = known.get(runner.name);
      if (before && before.reason !== 'no receipts' && runner.lastWellAt() > before.since) known.delete(runner.name);
      const stall = runner.stall();
      if (stall === undefined) continue;
      if (!known.has(runner.name)) known.set(runner.name, { reason: stall.reason, since: now - stall.forMs });
      warn(`sync: ${runner.name} was started anew: ${stall.reason} for ${Math.round(stall.forMs)} ms`);
      runner.restart();
    }
  };
  const lookAtReceipts = (now: number): void => {
    const since = receiptsDueSince();
    if (since === undefined || now - since <= RECEIPT_STALL_MS) {
      known.delete(RECEIPTS);
      return;
    }
    if (!known.has(RECEIPTS)) warn(`sync: no receipts for ${Math.round(now - since)} ms: everything is offered again`);
    known.set(RECEIPTS, { reason: 'no receipts', since });
    askForReceipts();
  };
  const look = (): void => {
    cancel = scheduler.after(WATCHDOG_INTERVAL_MS, look);
    const now = scheduler.monotonicNow();
    lookAtRunners(now);
    lookAtReceipts(now);
  };
  cancel = scheduler.after(WATCHDOG_INTERVAL_MS, look);
  return {
    stall: () => {
      const [first] = [...known].toSorted(([, a], [, b]) => a.since - b.since);
      if (!first) return null;
      const [runner, { reason, since }] = first;
      return { runner, reason, forMs: Math.round(scheduler.monotonicNow() - since) };
    },
    stop: () => cancel(),
  };
}

/** What stands still when receipts don't come, though nothing of this desk does. */
const RECEIPTS = 'receipts';
