/**
 * When the loop fetches. A poke is followed at once, so that an order is soon seen elsewhere; but while a long queue is
 * being sent, pulls are some way apart: each batch of it pokes, and one page with what many of them came to costs this
 * desk and central a fraction of many pages. What was answered is not asked after while the poke stream lives, for
 * central pokes when the receipts can be seen and not before.
 */
import { PULLS_APART_MS, RECEIPT_GRACE_MS } from './limits.ts';
import type { Scheduler } from './scheduler.ts';

export interface PullPace {
  /** There is something to fetch. */
  poked(): void;
  /** Something was answered: receipts are due. The poke may be lost, and where there is no stream there is none. */
  receiptsDue(): void;
  /** A pull begins. */
  began(): void;
  /** Whether there is more to send than what is on its way. */
  sending(more: boolean): void;
  close(): void;
}

export function createPullPace(of: { scheduler: Scheduler; listening: () => boolean; wake: () => void }): PullPace {
  const { scheduler, listening, wake } = of;
  let beganAt = -Infinity;
  let isSending = false;
  let planned: (() => void) | undefined;
  const callOff = (): void => {
    planned?.();
    planned = undefined;
  };
  const plan = (delayMs: number): void => {
    planned ??= scheduler.after(delayMs, () => {
      planned = undefined;
      wake();
    });
  };
  const poked = (): void => {
    const restMs = isSending ? beganAt + PULLS_APART_MS - scheduler.monotonicNow() : 0;
    if (restMs > 0) plan(restMs);
    else wake();
  };
  return {
    poked,
    receiptsDue: () => {
      if (listening()) plan(isSending ? PULLS_APART_MS : RECEIPT_GRACE_MS);
      else poked();
    },
    began: () => {
      beganAt = scheduler.monotonicNow();
      callOff();
    },
    sending: (more) => {
      const over = isSending && !more;
      isSending = more;
      if (!over || !planned) return;
      callOff();
      wake();
    },
    close: callOff,
  };
}
