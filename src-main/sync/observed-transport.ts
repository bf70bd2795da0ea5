/** A line that tells what happens on it: who watches the link and the clock need not be told by every caller. */
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { ENDPOINTS } from '../../src-shared/protocol/endpoints.ts';
import type { BatchSize } from './batch-size.ts';
import type { CentralClock } from './clock.ts';
import { endpointMethods, type CentralTransport, type TransportCall } from './central-transport.ts';
import type { LinkWatch } from './link-watch.ts';

interface Observers {
  link: LinkWatch;
  clock: CentralClock;
  batchSize?: Pick<BatchSize, 'wentThrough' | 'wasLost'>;
  monotonicNow: () => number;
}

export function observedTransport(transport: CentralTransport, observers: Observers): CentralTransport {
  const { link, clock, batchSize, monotonicNow } = observers;
  const observe = async <Answer>(
    name: string,
    signal: AbortSignal | undefined,
    ask: () => Promise<Answer>,
  ): Promise<Answer> => {
    const piece = name === 'push' || name === 'pull' ? name : undefined;
    const askedAt = monotonicNow();
    try {
      const answer = await ask();
      link.heardAnswer();
      if (piece) batchSize?.wentThrough(piece, monotonicNow() - askedAt);
      const centralNow = nowIn(answer);
      if (centralNow !== undefined) clock.note({ askedAt, answeredAt: monotonicNow(), centralNow });
      return answer;
    } catch (error) {
      // What was called off on this side says nothing of the line. A wrong password says that it is there.
      if (error instanceof AppError && signal?.aborted !== true) {
        if (error.data.code === 'WRONG_CREDENTIALS') link.heardAnswer();
        else link.requestFailed(error.data);
        if (piece && error.data.code === 'CENTRAL_UNREACHABLE') batchSize?.wasLost(piece, error.data.reason);
      }
      throw error;
    }
  };
  return {
    ...endpointMethods(ENDPOINTS, (name, request, call) => {
      const ask = transport[name] as (request: unknown, call: Partial<TransportCall>) => Promise<unknown>;
      return observe(name, call.signal, () => ask.call(transport, request, call));
    }),
    // A desk that is not enrolled has no link yet.
    enrol: (request) => transport.enrol(request),
    openPoke: (call) => transport.openPoke(call),
  };
}

function nowIn(answer: unknown): number | undefined {
  if (typeof answer !== 'object' || answer === null || !('now' in answer)) return undefined;
  return typeof answer.now === 'number' ? answer.now : undefined;
}
