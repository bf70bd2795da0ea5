/** How the exchange with central stands, as the desk's API shows it. */
import type { DeskServices } from '../api/desk-services.ts';
import type { OrdersOutFile, SyncStatus } from '../api/sync-services.ts';
import type { IdentitySource } from '../identity/identity.ts';
import type { OrderDesk } from '../orders/order-desk.ts';
import { ordersOut } from '../outbox/orders-out.ts';
import { askPresence } from '../sync/order-presence.ts';
import { askDryRun } from '../sync/dry-run.ts';
import { REVIEW_OFFERED_AFTER_MS } from '../sync/limits.ts';
import type { SendingHold } from '../sync/sending-hold.ts';
import type { OrderId } from '../../src-shared/domain/ids.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { outboxStatus } from '../outbox/outbox-status.ts';
import { acknowledgeAlarm, openAlarms } from '../replica/alarms.ts';
import { readPosition } from '../replica/cursor.ts';
import { fillProgress } from '../replica/filling.ts';
import type { Store } from '../store/store.ts';
import type { CentralClock } from '../sync/clock.ts';
import type { LinkWatch } from '../sync/link-watch.ts';
import type { Scheduler } from '../sync/scheduler.ts';
import type { Exchange } from './exchange.ts';
import { SYNC_NOW_WAIT_MS } from './limits.ts';

export interface SyncServiceParts {
  store: Store;
  link: LinkWatch;
  clock: CentralClock;
  scheduler: Scheduler;
  hold: SendingHold;
  desk: Pick<OrderDesk, 'queue' | 'dryRunRows'>;
  identity: IdentitySource;
  exchange: () => Exchange | undefined;
}

export function createSyncService(parts: SyncServiceParts): DeskServices['sync'] {
  const { scheduler, exchange, hold } = parts;
  const status = (): SyncStatus => statusOf(parts);
  return {
    status,
    queue: (language) => parts.desk.queue(language),
    now: async () => {
      const attempt = exchange()?.loop.attempt();
      if (attempt) await Promise.race([attempt, waited(scheduler, SYNC_NOW_WAIT_MS)]);
      return status();
    },
    verify: async () => {
      const { equal, at, here, central, different, alarms } = await enrolled(parts).verification.verify();
      return { equal, at, here, central, different, alarms };
    },
    compareDay: (day) => enrolled(parts).verification.compareDay({ branchId: branchOf(parts), day }),
    mendDay: (day) => enrolled(parts).verification.mendDay({ branchId: branchOf(parts), day }),
    presence: async ({ orderId, editing }) => {
      const [signer, running] = [parts.identity.signer(), exchange()];
      if (!signer || !running) return null;
      return askPresence(running.line, { orderId: orderId as OrderId, sessionId: signer.sessionId, editing });
    },
    alarms: () => openAlarms(parts.store),
    acknowledgeAlarm: (alarmId) => {
      if (!acknowledgeAlarm(parts.store, alarmId, parts.clock.now())) {
        throw new AppError({ code: 'NOT_FOUND', retry: 'never', what: `alarm ${alarmId}` });
      }
      return openAlarms(parts.store);
    },
    dryRun: async (language) => {
      const { answer, notAsked } = await askDryRun(enrolled(parts).line);
      return { at: answer.now, rows: parts.desk.dryRunRows(answer.entries, language), notAsked };
    },
    holdBack: (held) => {
      if (held) hold.begin();
      else hold.end();
      return status();
    },
    ordersOut: (mutationIds) => ordersOutFile(parts, mutationIds),
  };
}

/** @throws AppError NOT_ENROLLED. */
function enrolled({ exchange }: SyncServiceParts): Exchange {
  const running = exchange();
  if (!running) throw new AppError({ code: 'NOT_ENROLLED', retry: 'never' });
  return running;
}

/** @throws AppError NOT_ENROLLED. */
function branchOf({ identity }: SyncServiceParts): string {
  const desk = identity.desk();
  if (!desk) throw new AppError({ code: 'NOT_ENROLLED', retry: 'never' });
  return desk.branch.branchId;
}

function ordersOutFile({ store, identity, clock }: SyncServiceParts, mutationIds?: readonly string[]): OrdersOutFile {
  const desk = identity.desk();
  if (!desk) throw new AppError({ code: 'NOT_ENROLLED', retry: 'never' });
  const nowMs = clock.now();
  const out = ordersOut(store, { desk, nowMs, mutationIds });
  const day = new Date(nowMs).toISOString().slice(0, 10);
  const fileName = `orders-out-${desk.branch.code}-${desk.incarnationCode}-${day}.json`;
  return { fileName, text: JSON.stringify(out, undefined, 1), entries: out.entries.length };
}

function statusOf({ store, link, clock, exchange, hold }: SyncServiceParts): SyncStatus {
  const running = exchange();
  const { waiting, oldestMadeAt, needsAttention } = outboxStatus(store);
  const { cursor, asOf } = readPosition(store);
  const report = link.report();
  const fill = fillProgress(store);
  const oldestWaitingMs = oldestMadeAt === null ? null : Math.max(0, clock.now() - oldestMadeAt);
  return {
    link: running ? report.link : 'blocked',
    linkSince: report.since,
    linkReason: running ? report.reason : 'NOT_ENROLLED',
    waiting,
    oldestWaitingMs,
    needsAttention,
    heldBack: hold.report(),
    reviewOffered: oldestWaitingMs !== null && oldestWaitingMs > REVIEW_OFFERED_AFTER_MS,
    cursor,
    asOf,
    filling: fill !== null || (running?.loop.catchingUp() ?? false),
    fill,
    stall: running?.loop.stall() ?? null,
    roundTripMs: clock.roundTripMs(),
    clockOffsetMs: clock.offsetMs(),
    feedHeldSince: running?.loop.feedHeldSince() ?? null,
  };
}

function waited(scheduler: Scheduler, delayMs: number): Promise<void> {
  return new Promise((resolve) => scheduler.after(delayMs, resolve));
}
