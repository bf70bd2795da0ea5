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
import { MAX_PUSH_MUTATIONS } from '../../src-shared/protocol/limits.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import { cutBatch } from '../outbox/next-batch.ts';
import { GARBLED_ATTEMPTS } from '../outbox/limits.ts';
import { markSent, noteOutcomes, sentTimes } from '../outbox/sending.ts';
import { greeted } from './hello-once.ts';
import { PUSHES_AHEAD } from './limits.ts';
import { reofferOnce } from './reoffer-once.ts';
import { reportLeases } from './report-leases.ts';
import { assertEpoch, type SyncLine } from './sync-line.ts';

export interface PushOptions {
  signal?: AbortSignal | undefined;
  /**
   * Called after each batch that was answered: whether the rest of the queue follows at once. Left out, one batch goes.
   *
   * @param left whether more is due.
   */
  goOn?: (left: boolean) => boolean;
}

/** How many mutations were offered and answered; 0 when nothing was due. */
export async function pushOnce(line: SyncLine, options: PushOptions = {}): Promise<number> {
  const { signal } = options;
  return greeted(line, signal, async () => {
    // First what was settled before central was set back: what waits here builds on it.
    const broughtBack = await reofferOnce(line, signal);
    if (broughtBack > 0) return broughtBack;
    const queue = new QueueOffer(line, options);
    await queue.run();
    if (queue.offered === 0) await reportLeases(line, signal);
    return queue.offered;
  });
}

/**
 * Offers batch after batch. While the line takes the largest ones, the next are on their way before the first is
 * answered: central reads and verifies them while its database still writes. Never two of one lane, for the second could
 * arrive first.
 */
class QueueOffer {
  readonly #line: SyncLine;
  readonly #options: PushOptions;
  /** Requests without an answer, with their lanes. */
  readonly #underWay = new Map<Promise<void>, ReadonlySet<string>>();
  #left = true;
  #failure: { error: unknown } | undefined;
  offered = 0;

  constructor(line: SyncLine, options: PushOptions) {
    this.#line = line;
    this.#options = options;
  }

  /** @throws what the first failed at, once those beside it have come to their own end. */
  async run(): Promise<void> {
    for (;;) {
      while (this.#mayGo() && this.#sendNext());
      if (this.#underWay.size === 0) break;
      await Promise.race(this.#underWay.keys());
    }
    if (this.#failure) throw this.#failure.error;
  }

  #mayGo(): boolean {
    const { goOn, signal } = this.#options;
    const most = this.#line.batchSize?.push().mutations ?? MAX_PUSH_MUTATIONS;
    const ahead = goOn && most >= MAX_PUSH_MUTATIONS ? PUSHES_AHEAD : 1;
    return this.#left && !this.#failure && signal?.aborted !== true && this.#underWay.size < ahead;
  }

  #sendNext(): boolean {
    const { store, batchSize } = this.#line;
    const busyLanes = new Set<string>();
    for (const lanes of this.#underWay.values()) for (const lane of lanes) busyLanes.add(lane);
    const { mutations, lanes, isCut } = cutBatch(store, this.#line.now(), { most: batchSize?.push(), busyLanes });
    this.#left = isCut;
    if (mutations.length === 0) return false;
    this.offered += mutations.length;
    const answered: Promise<void> = this.#answered(mutations).finally(() => this.#underWay.delete(answered));
    this.#underWay.set(answered, lanes);
    return true;
  }

  async #answered(mutations: readonly PushedMutation[]): Promise<void> {
    const { goOn, signal } = this.#options;
    try {
      await offer(this.#line, mutations, signal);
      this.#left = goOn?.(this.#left) === true && this.#left;
    } catch (error) {
      this.#failure ??= { error };
    }
  }
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
