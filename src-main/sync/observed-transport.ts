/** A line that tells what happens on it: who watches the link and the clock need not be told by every caller. */
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { CentralClock } from './clock.ts';
import type { CentralTransport } from './central-transport.ts';
import type { LinkWatch } from './link-watch.ts';

interface Observers {
  link: LinkWatch;
  clock: CentralClock;
  monotonicNow: () => number;
}

export function observedTransport(transport: CentralTransport, observers: Observers): CentralTransport {
  const { link, clock, monotonicNow } = observers;
  const observe = async <Answer>(signal: AbortSignal | undefined, ask: () => Promise<Answer>): Promise<Answer> => {
    const askedAt = monotonicNow();
    try {
      const answer = await ask();
      link.heardAnswer();
      const centralNow = nowIn(answer);
      if (centralNow !== undefined) clock.note({ askedAt, answeredAt: monotonicNow(), centralNow });
      return answer;
    } catch (error) {
      // What was called off on this side says nothing of the line. A wrong password says that it is there.
      if (error instanceof AppError && signal?.aborted !== true) {
        if (error.data.code === 'WRONG_CREDENTIALS') link.heardAnswer();
        else link.requestFailed(error.data);
      }
      throw error;
    }
  };
  return {
    enrol: (request) => transport.enrol(request),
    signIn: (request, call) => observe(call.signal, () => transport.signIn(request, call)),
    push: (request, call) => observe(call.signal, () => transport.push(request, call)),
    pull: (request, call) => observe(call.signal, () => transport.pull(request, call)),
    digest: (request, call) => observe(call.signal, () => transport.digest(request, call)),
    openPoke: (call) => transport.openPoke(call),
  };
}

function nowIn(answer: unknown): number | undefined {
  if (typeof answer !== 'object' || answer === null || !('now' in answer)) return undefined;
  return typeof answer.now === 'number' ? answer.now : undefined;
}
