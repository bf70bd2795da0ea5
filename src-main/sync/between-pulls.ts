/** What is to be done while no page comes in: handed over by whoever wants it, done by the loop that pulls. */
import { AppError } from '../../src-shared/protocol/app-error.ts';

export interface BetweenPulls {
  /** Resolves or fails as `work` does; its failure is none of the pull's. */
  add<T>(work: () => Promise<T>): Promise<T>;
  /** Does what has been handed over, one after the other. */
  run(): Promise<void>;
  /** What waits fails; nothing is taken any more. */
  close(): void;
}

interface Waiting {
  run(): Promise<void>;
  giveUp(): void;
}

export function createBetweenPulls(): BetweenPulls {
  const waiting: Waiting[] = [];
  let closed = false;
  return {
    add: <T>(work: () => Promise<T>) =>
      new Promise<T>((resolve, reject) => {
        const giveUp = (): void => reject(new AppError({ code: 'DESK_RESTARTING', retry: 'later' }));
        if (closed) giveUp();
        else waiting.push({ run: () => work().then(resolve, reject), giveUp });
      }),
    run: async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) await next.run();
    },
    close: () => {
      closed = true;
      for (const each of waiting.splice(0)) each.giveUp();
    },
  };
}
