/** The jobs that every central has. */
import { raiseAlarm } from '../alarms/alarms.ts';
import { SEAL_EVERY_MS, SEAL_MOST_ENTRIES } from '../audit/limits.ts';
import { checkSeals, sealAudit } from '../audit/seals.ts';
import { checkScopes } from '../change-feed/check-scopes.ts';
import { compactFeed } from '../change-feed/compact.ts';
import { noteFeedTime, positionBefore } from '../change-feed/feed-state.ts';
import { foldFeed } from '../change-feed/fold.ts';
import { reconcileAllGrants } from '../grants/grants.ts';
import type { CentralDb } from '../db/schema.ts';
import { forgetPresence } from '../orders/order-presence.ts';
import type { ReceiptKey } from '../identity/receipt-key.ts';
import {
  CHECK_DEADLINE_MS,
  CHECK_EVERY_MS,
  COMPACT_EVERY_MS,
  FOLD_EVERY_MS,
  FOLD_LAG_MS,
  GRANTS_EVERY_MS,
  RETURNS_EVERY_MS,
} from '../limits.ts';
import { FIGURES, type Metrics } from '../metrics.ts';
import type { Job, JobClock } from './job.ts';

const DAY_MS = 24 * 3_600_000;

export interface FeedKeeping {
  /** Superseded changes are kept for so many days. */
  retentionDays: number;
  /** A desk that was away for longer fills anew. */
  horizonDays: number;
  /** Folding lags behind by so much; FOLD_LAG_MS where it is left out. */
  foldLagMs?: number;
  /** A pin that nobody touches holds for so long; PIN_EXPIRY_MS where it is left out. */
  pinExpiryMs?: number;
}

export interface CentralJobParts {
  db: CentralDb;
  clock: JobClock;
  keeping: FeedKeeping;
  metrics: Metrics;
  receiptKey: ReceiptKey;
  /** Tells the desks of a commit. */
  committed: (xid: string) => void;
  /** Settles what desks have brought back and what has waited since. */
  settleReturned: (signal: AbortSignal) => Promise<void>;
  warn: (detail: object, text: string) => void;
}

export function centralJobs(parts: CentralJobParts): Job[] {
  const { db, clock, keeping, metrics, committed, settleReturned } = parts;
  return [
    {
      name: 'grants',
      everyMs: GRANTS_EVERY_MS,
      run: async () => {
        const xid = await reconcileAllGrants(db, clock.now());
        if (xid !== undefined) committed(xid);
        await forgetPresence(db, clock.now());
      },
    },
    {
      name: 'fold',
      everyMs: FOLD_EVERY_MS,
      run: async (signal) => {
        await noteFeedTime(db, (keeping.horizonDays + 1) * DAY_MS);
        await foldFeed(db, await positionBefore(db, keeping.foldLagMs ?? FOLD_LAG_MS), signal);
      },
    },
    {
      name: 'compact',
      everyMs: COMPACT_EVERY_MS,
      run: async (signal) => {
        const compactTo = await positionBefore(db, keeping.retentionDays * DAY_MS);
        const horizon = await positionBefore(db, keeping.horizonDays * DAY_MS);
        metrics.count(
          FIGURES.changesDropped,
          await compactFeed(db, { compactTo, horizon, pinExpiryMs: keeping.pinExpiryMs }, signal),
        );
      },
    },
    {
      name: 'seal',
      everyMs: SEAL_EVERY_MS,
      run: async (signal) => {
        while ((await sealAudit(db, parts.receiptKey, clock.now())) === SEAL_MOST_ENTRIES) signal.throwIfAborted();
      },
    },
    { name: 'returns', everyMs: RETURNS_EVERY_MS, run: settleReturned },
    { name: 'check', everyMs: CHECK_EVERY_MS, deadlineMs: CHECK_DEADLINE_MS, nightly: true, run: nightlyCheck(parts) },
  ];
}

function nightlyCheck({ db, metrics, receiptKey, warn }: CentralJobParts): Job['run'] {
  return async (signal) => {
    const { broken } = await checkSeals(db, receiptKey, signal);
    if (broken) {
      warn({ broken }, 'the audit trail is not what was sealed');
      await raiseAlarm(db, { deviceId: null, what: 'auditBroken', subject: `seal ${broken.sealId}`, detail: broken });
    }
    await checkScopes(
      db,
      async ({ scope, divergence, wrongSums }) => {
        warn({ scope, divergence, wrongSums }, 'the change feed, the tables and the digests do not agree');
        for (const { kind, keys } of divergence) {
          metrics.count(FIGURES.divergences);
          await raiseAlarm(db, { deviceId: null, what: 'divergence', subject: `${scope} ${kind}`, detail: { keys } });
        }
        for (const kind of wrongSums) {
          await raiseAlarm(db, { deviceId: null, what: 'digestBase', subject: `${scope} ${kind}`, detail: {} });
        }
      },
      signal,
    );
  };
}
