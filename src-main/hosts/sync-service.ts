/** How the exchange with central stands, as the desk's API shows it. */
import type { DeskServices } from '../api/desk-services.ts';
import type { QueueEntry, SyncStatus } from '../api/sync-services.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { Language } from '../../src-shared/text/language.ts';
import { outboxStatus } from '../outbox/outbox-status.ts';
import { readPosition } from '../replica/cursor.ts';
import type { Store } from '../store/store.ts';
import type { CentralClock } from '../sync/clock.ts';
import type { LinkWatch } from '../sync/link-watch.ts';
import type { Scheduler } from '../sync/scheduler.ts';
import { verify } from '../sync/verify.ts';
import type { Exchange } from './exchange.ts';
import { SYNC_NOW_WAIT_MS } from './limits.ts';

export interface SyncServiceParts {
  store: Store;
  queue: (language: Language) => QueueEntry[];
  link: LinkWatch;
  clock: CentralClock;
  scheduler: Scheduler;
  exchange: () => Exchange | undefined;
}

export function createSyncService(parts: SyncServiceParts): DeskServices['sync'] {
  const { scheduler, exchange } = parts;
  const status = (): SyncStatus => statusOf(parts);
  return {
    status,
    queue: parts.queue,
    now: async () => {
      const attempt = exchange()?.loop.attempt();
      if (attempt) await Promise.race([attempt, waited(scheduler, SYNC_NOW_WAIT_MS)]);
      return status();
    },
    verify: () => {
      const running = exchange();
      if (!running) throw new AppError({ code: 'NOT_ENROLLED', retry: 'never' });
      return verify(running.line, () => running.loop.catchUp());
    },
  };
}

function statusOf({ store, link, clock, exchange }: SyncServiceParts): SyncStatus {
  const running = exchange();
  const { waiting, oldestMadeAt, needsAttention } = outboxStatus(store);
  const { cursor, asOf } = readPosition(store);
  const report = link.report();
  return {
    link: running ? report.link : 'blocked',
    linkSince: report.since,
    linkReason: running ? report.reason : 'NOT_ENROLLED',
    waiting,
    oldestWaitingMs: oldestMadeAt === null ? null : Math.max(0, clock.now() - oldestMadeAt),
    needsAttention,
    cursor,
    asOf,
    filling: running?.loop.catchingUp() ?? false,
    roundTripMs: clock.roundTripMs(),
    clockOffsetMs: clock.offsetMs(),
  };
}

function waited(scheduler: Scheduler, delayMs: number): Promise<void> {
  return new Promise((resolve) => scheduler.after(delayMs, resolve));
}
