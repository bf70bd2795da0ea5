/**
 * A person holds sending back, to look at what would become of the queue.
 *
 * Guarantees: it ends by itself HOLD_BACK_MS after something could be sent, and with the program: an order is never held
 * up by a hold that was forgotten. While the line is cut nothing could be sent, and no time runs. Fetching goes on.
 */
import { HOLD_BACK_MS } from './limits.ts';
import type { Scheduler } from './scheduler.ts';

export interface SendingHold {
  begin(): void;
  end(): void;
  /** The line is there: from now on something could be sent. */
  lineBack(): void;
  held(): boolean;
  /** Times by this machine's clock, Unix milliseconds. */
  report(): { since: number; until: number | null } | null;
  close(): void;
}

export interface SendingHoldParts {
  scheduler: Scheduler;
  /** Unix milliseconds by this machine's clock. */
  now: () => number;
  isOnline: () => boolean;
  /** Held back from now on, or no more, or with an end to it. */
  onChange: () => void;
}

export function createSendingHold({ scheduler, now, isOnline, onChange }: SendingHoldParts): SendingHold {
  let since: number | undefined;
  let endsAt: number | undefined;
  let cancel = (): void => {};

  const end = (): void => {
    cancel();
    if (since === undefined) return;
    [since, endsAt] = [undefined, undefined];
    onChange();
  };
  const limit = (): void => {
    if (since === undefined || endsAt !== undefined) return;
    endsAt = scheduler.monotonicNow() + HOLD_BACK_MS;
    cancel = scheduler.after(HOLD_BACK_MS, end);
  };
  return {
    begin: () => {
      if (since !== undefined) return;
      since = now();
      if (isOnline()) limit();
      onChange();
    },
    end,
    lineBack: () => {
      limit();
      if (since !== undefined) onChange();
    },
    held: () => since !== undefined,
    report: () => {
      if (since === undefined) return null;
      return { since, until: endsAt === undefined ? null : now() + endsAt - scheduler.monotonicNow() };
    },
    close: () => cancel(),
  };
}
