/** Asks central what would become of what waits. Sends nothing for good, and changes nothing here. */
import type { DryRunResponse } from '../../src-shared/protocol/dry-run.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import { outboxStatus } from '../outbox/outbox-status.ts';
import { queuedMutations } from '../outbox/queued-mutations.ts';
import { assertEpoch, type SyncLine } from './sync-line.ts';

export interface DryRun {
  answer: Pick<DryRunResponse, 'now' | 'entries'>;
  /** Mutations further back in the queue, which were not asked about. */
  notAsked: number;
}

/** @throws AppError CENTRAL_UNREACHABLE and its like. */
export async function askDryRun(line: SyncLine): Promise<DryRun> {
  const mutations = queuedMutations(line.store);
  if (mutations.length === 0) return { answer: { now: line.now(), entries: [] }, notAsked: 0 };
  const { waiting } = outboxStatus(line.store);
  const { incarnationId, token } = line;
  const answer = await line.transport.dryRun({ protocol: PROTOCOL_VERSION, incarnationId, mutations }, { token });
  assertEpoch(line, answer.epoch);
  return { answer, notAsked: Math.max(0, waiting - mutations.length) };
}
