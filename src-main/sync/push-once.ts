/**
 * One offer of what waits. No timers: the sync loop and the simulation both call it.
 *
 * Guarantees: what is offered is marked as sent before it leaves, so that a crash in between leads to another offer and
 * never to a forgotten one; an answer that got lost leaves it `sent`. A batch that central can't take as a whole is
 * offered in halves, so that one mutation holds nobody else's up; one that central can't read even alone, and not because
 * the line spoilt it once, is noted as such, for a person to see. Not guaranteed: any receipt. Those come with the pull.
 */
import type { PushedMutation } from '../../src-shared/protocol/mutation.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import { nextBatch } from '../outbox/next-batch.ts';
import { GARBLED_ATTEMPTS } from '../outbox/limits.ts';
import { markSent, noteOutcomes, sentTimes } from '../outbox/sending.ts';
import { greeted } from './hello-once.ts';
import { reofferOnce } from './reoffer-once.ts';
import { reportLeases } from './report-leases.ts';
import { assertEpoch, type SyncLine } from './sync-line.ts';

/** How many mutations were offered and answered; 0 when nothing was due. */
export async function pushOnce(line: SyncLine, signal?: AbortSignal): Promise<number> {
  return greeted(line, signal, async () => {
    // First what was settled before central was set back: what waits here builds on it.
    const broughtBack = await reofferOnce(line, signal);
    if (broughtBack > 0) return broughtBack;
    const batch = nextBatch(line.store, line.now(), line.batchSize?.push());
    if (batch.length === 0) {
      await reportLeases(line, signal);
      return 0;
    }
    await offer(line, batch, signal);
    return batch.length;
  });
}

async function offer(line: SyncLine, batch: readonly PushedMutation[], signal?: AbortSignal): Promise<void> {
  const ids = batch.map((mutation) => mutation.id);
  markSent(line.store, ids, line.now());
  try {
    const answer = await line.transport.push(
      { protocol: PROTOCOL_VERSION, incarnationId: line.incarnationId, life: line.life, mutations: [...batch] },
      { token: line.token, signal },
    );
    assertEpoch(line, answer.epoch);
    noteOutcomes(line.store, answer.outcomes, line.now());
  } catch (error) {
    if (!mayBeOnesFault(error)) throw error;
    if (batch.length > 1) await offerInHalves(line, batch, signal);
    else if (error.data.code === 'MALFORMED' && ids.every((id) => sentTimes(line.store, id) >= GARBLED_ATTEMPTS)) {
      const reason = error.message;
      noteOutcomes(
        line.store,
        ids.map((id) => ({ id, outcome: 'unreadable' as const, reason })),
        line.now(),
      );
    } else throw error;
  }
}

/** Both halves are offered, whatever the first one comes to; then its failure is told. */
async function offerInHalves(line: SyncLine, batch: readonly PushedMutation[], signal?: AbortSignal): Promise<void> {
  const middle = Math.ceil(batch.length / 2);
  let failure: AppError | undefined;
  for (const half of [batch.slice(0, middle), batch.slice(middle)]) {
    try {
      await offer(line, half, signal);
    } catch (error) {
      if (!mayBeOnesFault(error)) throw error;
      failure = error;
    }
  }
  if (failure) throw failure;
}

/** Whether one mutation of a batch may have spoilt it: central read the request and failed at it. */
function mayBeOnesFault(error: unknown): error is AppError {
  return error instanceof AppError && (error.data.code === 'MALFORMED' || error.data.code === 'INTERNAL');
}
