/** A line between a desk and central that a test can spoil, in the words that such tests use for it. */
import { startFaultProxy, type FaultProxy } from '../fault-proxy/fault-proxy.ts';

export interface LineProxy extends FaultProxy {
  /** Passes everything on again. What hangs stays hung: those connections have lost bytes. */
  mend(): void;
  /** Breaks every connection off, and every new one at once. */
  cut(): void;
  /** Takes connections and bytes and answers nothing, like a firewall that drops. */
  blackHole(): void;
  /** Each way takes so much longer from now on. Milliseconds. */
  delay(ms: number): void;
  /**
   * The answer to the n-th push from now (1: the next) never arrives: the connection breaks once central has begun to
   * answer. Resolves when that has happened.
   */
  loseAnswerOfPush(n: number): Promise<void>;
  /** Pushes that have been begun so far. */
  pushes(): number;
}

const PUSH = 'POST /sync/push';

export async function startLineProxy(centralUrl: string): Promise<LineProxy> {
  const line = await startFaultProxy({ target: centralUrl });
  return {
    ...line,
    mend: () => void line.heal(),
    cut: () => {
      void line.set({ accept: 'reset' });
      line.resetAll();
    },
    blackHole: () => void line.set({ up: 'drop', down: 'drop' }),
    delay: (ms) => void line.set({ latencyMs: ms }),
    loseAnswerOfPush: (n) => line.loseAnswer(PUSH, n),
    pushes: () => line.requests(PUSH),
  };
}
