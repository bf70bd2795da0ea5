/**
 * The state of the line, from what was heard and what failed; never from what the operating system believes of it.
 *
 * A heartbeat proves that central lives, not that it serves this desk: only an answer ends `blocked`. While heartbeats
 * come, a request without an answer makes a reason and not an `offline`. A stream that breaks says little (a gateway may
 * let none through), so a request has to tell; one that falls silent, with no answer either, says that nobody is there.
 */
import type { AppErrorData } from '../../src-shared/protocol/app-error.ts';
import { HEARTBEAT_DEAD_AFTER_MS } from '../../src-shared/protocol/limits.ts';
import type { LineReason } from '../../src-shared/protocol/line-reason.ts';
import type { LinkState } from '../../src-shared/protocol/sync-state.ts';
import { isCentralOlder } from '../../src-shared/protocol/versions.ts';
import type { Platform } from '../platform.ts';
import { isBlocked, isLineDown } from './central-failure.ts';

export interface LinkReport {
  link: LinkState;
  /** Unix milliseconds by this machine's clock. */
  since: number;
  /** A code: why it is not online, or what an online central last failed at; null when all is well. */
  reason: string | null;
}

export interface LinkWatch {
  report(): LinkReport;
  heardAnswer(): void;
  heardHeartbeat(): void;
  requestFailed(data: AppErrorData): void;
  /** The poke stream broke, fell silent or would not open. */
  streamFailed(data: AppErrorData): void;
}

/** `onChange` is told the state before; it is not called for a mere change of reason. */
export function createLinkWatch(platform: Platform, onChange: (before: LinkState) => void): LinkWatch {
  let report: LinkReport = { link: 'connecting', since: platform.now(), reason: null };
  let lastHeartbeatAt: number | undefined;
  let lastAnswerAt: number | undefined;

  const become = (link: LinkState, reason: string | null): void => {
    const before = report.link;
    report = { link, reason, since: before === link ? report.since : platform.now() };
    if (before !== link) onChange(before);
  };
  const isFresh = (at: number | undefined): boolean =>
    at !== undefined && platform.monotonicNow() - at < HEARTBEAT_DEAD_AFTER_MS;
  const failed = (data: AppErrorData): void => {
    const reason = reasonOf(data);
    if (isBlocked(data)) become('blocked', reason);
    else if (report.link === 'blocked') return;
    else if (isLineDown(data) && !isFresh(lastHeartbeatAt)) become('offline', reason);
    else become('online', reason);
  };
  return {
    report: () => report,
    heardAnswer: () => {
      lastAnswerAt = platform.monotonicNow();
      become('online', null);
    },
    heardHeartbeat: () => {
      lastHeartbeatAt = platform.monotonicNow();
      if (report.link === 'blocked') return;
      become('online', report.link === 'online' ? report.reason : null);
    },
    requestFailed: failed,
    streamFailed: (data) => {
      const fellSilent = reasonOf(data) === ('no heartbeat' satisfies LineReason) && lastHeartbeatAt !== undefined;
      lastHeartbeatAt = undefined;
      if (!isLineDown(data) || (fellSilent && !isFresh(lastAnswerAt))) failed(data);
    },
  };
}

function reasonOf(data: AppErrorData): string {
  if (data.code === 'UPGRADE_REQUIRED' && isCentralOlder(data.served)) return 'CENTRAL_OLDER';
  return data.code === 'CENTRAL_UNREACHABLE' ? data.reason : data.code;
}
