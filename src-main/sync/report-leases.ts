/**
 * Tells central what is still needed of leases that this desk has renounced, so that others get the rest. Renouncing is
 * written down before the report leaves: what was reported as free is never promised again, whatever happens on the way.
 */
import { MAX_LEASE_REPORTS } from '../../src-shared/protocol/limits.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import { forgetEndedLeases, leaseReports, renounceLeases } from '../replica/leases.ts';
import { assertEpoch, type SyncLine } from './sync-line.ts';

export async function reportLeases(line: SyncLine, signal?: AbortSignal): Promise<void> {
  const { store, incarnationId, life } = line;
  if (life === undefined) return;
  const nowMs = (line.centralNow ?? line.now)();
  store.transaction((tx) => {
    renounceLeases(store, tx, { incarnationId, nowMs });
    forgetEndedLeases(store, tx);
  });
  const reports = leaseReports(store, { incarnationId, limit: MAX_LEASE_REPORTS });
  if (reports.length === 0) return;
  const answer = await line.transport.reportLeases(
    { protocol: PROTOCOL_VERSION, incarnationId, life, reports },
    { token: line.token, signal },
  );
  assertEpoch(line, answer.epoch);
}
