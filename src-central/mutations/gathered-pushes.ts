/**
 * Pushes of one desk that wait for their turn at the warehouse are settled in one transaction: a desk with a long queue
 * sends several at once, and most of their lines take from the same stock rows, each of which is then read, written and
 * told of once.
 *
 * Guarantees: the mutations of one push stay together and in their order, those of an earlier push before those of a
 * later; nobody waits for another's push to arrive. Fails for all of them together: then each is settled by itself.
 */
import { GATHERED_MUTATIONS } from '../limits.ts';
import type { Candidate } from './judge-batch.ts';

interface Gathering<T> {
  candidates: Candidate[];
  settled: Promise<T>;
}

export class GatheredPushes<T> {
  readonly #open = new Map<string, Gathering<T>>();

  /**
   * @param key  whose pushes may be settled together.
   * @param work settles what it takes; by then its locks are held, and what arrives afterwards is none of its.
   * @returns what `work` came to, for everybody whose mutations it took.
   */
  settle(
    key: string,
    candidates: readonly Candidate[],
    work: (take: () => readonly Candidate[]) => Promise<T>,
  ): Promise<T> {
    const open = this.#open.get(key);
    if (open && open.candidates.length + candidates.length <= GATHERED_MUTATIONS) {
      open.candidates.push(...candidates);
      return open.settled;
    }
    const own = [...candidates];
    const close = (): void => {
      if (this.#open.get(key)?.candidates === own) this.#open.delete(key);
    };
    const settled = work(() => {
      close();
      return own;
    }).finally(close);
    this.#open.set(key, { candidates: own, settled });
    return settled;
  }
}
