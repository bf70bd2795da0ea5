/** A running exchange with central: the line, and the loop that keeps it going. There is none until a desk is enrolled. */
import type { EnrolmentRecord } from '../identity/enrolment-record.ts';
import type { Platform } from '../platform.ts';
import type { Store } from '../store/store.ts';
import { createBatchSize } from '../sync/batch-size.ts';
import type { CentralTransport } from '../sync/central-transport.ts';
import type { CentralClock } from '../sync/clock.ts';
import type { LinkWatch } from '../sync/link-watch.ts';
import { observedTransport } from '../sync/observed-transport.ts';
import type { Scheduler } from '../sync/scheduler.ts';
import type { Renamed, SyncLine } from '../sync/sync-line.ts';
import { startVerification, type VerificationRunner } from '../sync/verification.ts';
import { startSyncLoop, type SyncLoop, type SyncLoopOptions } from '../sync/sync-loop.ts';

export interface Exchange {
  line: SyncLine;
  loop: SyncLoop;
  verification: VerificationRunner;
  stop(): Promise<void>;
}

export interface ExchangeParts extends Pick<
  SyncLoopOptions,
  'hold' | 'onPulled' | 'onFilled' | 'readChunk' | 'sliceRows' | 'moveWal' | 'isAttended' | 'onPushed' | 'warn'
> {
  store: Store;
  enrolment: EnrolmentRecord;
  transport: CentralTransport;
  link: LinkWatch;
  clock: CentralClock;
  platform: Platform;
  scheduler: Scheduler;
  /** Hash of the machine's own id; null where it has none. */
  machine: string | null;
  onRenamed: (what: Renamed) => void;
}

export function startExchange(parts: ExchangeParts): Exchange {
  const { store, enrolment, link, clock, platform, scheduler, hold, readChunk, moveWal, onPulled, onFilled } = parts;
  const { sliceRows, isAttended, onPushed, warn } = parts;
  const batchSize = createBatchSize();
  const monotonicNow = (): number => platform.monotonicNow();
  const line: SyncLine = {
    store,
    transport: observedTransport(parts.transport, { link, clock, batchSize, monotonicNow }),
    batchSize,
    token: enrolment.deviceToken,
    incarnationId: enrolment.incarnationId,
    incarnationCode: enrolment.incarnationCode,
    machine: parts.machine,
    onRenamed: parts.onRenamed,
    epoch: enrolment.epoch,
    now: () => platform.now(),
    centralNow: () => clock.now(),
  };
  const random = (count: number): Uint8Array => platform.randomBytes(count);
  const filling = { readChunk, sliceRows, moveWal, isAttended, onFilled };
  const loop = startSyncLoop({ line, link, scheduler, random, hold, ...filling, onPulled, onPushed, warn });
  const verification = startVerification({
    line,
    loop,
    scheduler,
    random,
    centralNow: () => clock.now(),
    timeZone: enrolment.branch.timeZone,
    onMended: ({ topics, orderIds }) => onPulled({ topics, orderIds, received: 0 }),
    onAlarm: () => onPulled({ topics: ['sync'], orderIds: [], received: 0 }),
    warn,
  });
  return {
    line,
    loop,
    verification,
    stop: async () => {
      // The loop first: a verification may wait for it.
      await Promise.all([loop.stop(), verification.stop()]);
    },
  };
}
