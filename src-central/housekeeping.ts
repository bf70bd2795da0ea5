/** What central does besides answering: its jobs, and the watch over the gate. Made with it, begun once it listens. */
import type { FastifyBaseLogger } from 'fastify';
import { raiseAlarm } from './alarms/alarms.ts';
import type { GateHolder } from './change-feed/gate-holders.ts';
import { StallWatch } from './change-feed/stall-watch.ts';
import type { CentralDb } from './db/schema.ts';
import { centralJobs, type FeedKeeping } from './jobs/central-jobs.ts';
import type { ReceiptKey } from './identity/receipt-key.ts';
import { systemJobClock, type Job, type JobClock } from './jobs/job.ts';
import { JobRunner } from './jobs/job-runner.ts';
import { HORIZON_DAYS, RETENTION_DAYS } from './limits.ts';
import { FIGURES, type Metrics } from './metrics.ts';

export interface Housekeeping {
  /** What there is to do, for whoever says himself when. */
  all: readonly Job[];
  jobs: JobRunner;
  stalls: StallWatch;
  start(): void;
  stop(): Promise<void>;
}

export interface HousekeepingParts {
  db: CentralDb;
  log: FastifyBaseLogger;
  metrics: Metrics;
  receiptKey: ReceiptKey;
  committed: (xid: string) => void;
  settleReturned: (signal: AbortSignal) => Promise<void>;
  clock?: JobClock | undefined;
  keeping?: FeedKeeping | undefined;
}

export function openHousekeeping(parts: HousekeepingParts): Housekeeping {
  const { db, log, metrics, receiptKey, committed, settleReturned } = parts;
  const clock = parts.clock ?? systemJobClock;
  const keeping = parts.keeping ?? { retentionDays: RETENTION_DAYS, horizonDays: HORIZON_DAYS };
  const warn = (detail: object, text: string): void => log.error(detail, text);
  const all = centralJobs({ db, clock, keeping, metrics, receiptKey, committed, settleReturned, warn });
  const jobs = new JobRunner({
    db,
    clock,
    jobs: all,
    onEnd: (job, { tookMs, failure }) => {
      const end = failure === undefined ? 'well' : 'failed';
      metrics.count(FIGURES.jobs, 1, `{name="${job.name}",end="${end}"}`);
      if (failure !== undefined) log.warn({ err: failure, job: job.name, tookMs }, 'a job failed and is tried again');
    },
  });
  const stalls = new StallWatch({
    db,
    clock,
    warn: (holders, heldMs) => log.warn({ holders, heldMs }, 'the feed is held back by a writer that does not end'),
    over: (heldMs) => log.warn({ heldMs }, 'the feed goes on'),
    alarm: async (holders, heldMs) => {
      const [oldest] = holders;
      const subject = oldest === undefined ? 'unknown' : `${oldest.database} ${oldest.application}`;
      await raiseAlarm(db, { deviceId: null, what: 'feedHeld', subject, detail: { holders, heldMs } });
    },
    onFault: (error) => log.warn({ err: error }, 'the gate can not be read'),
  });
  metrics.gauge('orderdesk_feed_held_back_seconds', 'For how long a writer has held the feed back.', () =>
    Math.round((stalls.heldMs() ?? 0) / 1_000),
  );
  metrics.gauges('orderdesk_feed_holder_seconds', 'Transactions that hold the feed back, by age.', () =>
    stalls.holders().map((holder) => [labelOf(holder), Math.round(holder.ageMs / 1_000)]),
  );
  return {
    all,
    jobs,
    stalls,
    start: () => {
      jobs.start();
      stalls.start();
    },
    stop: async () => {
      await Promise.all([jobs.stop(), stalls.stop()]);
    },
  };
}

function labelOf({ pid, database, application, state }: GateHolder): string {
  const quoted = (text: string): string => `"${text.replace(/[\\"\n]/g, ' ')}"`;
  const pairs = { pid: String(pid ?? ''), database, application, state };
  return `{${Object.entries(pairs)
    .map(([name, value]) => `${name}=${quoted(value)}`)
    .join(',')}}`;
}
