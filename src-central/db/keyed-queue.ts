/**
 * One after another within this process, per key, in order of arrival. It spares connections (only one writer of a
 * warehouse waits inside the database); it guards nothing, for other nodes do not see it.
 */
export class KeyedQueue {
  readonly #tails = new Map<string, Promise<void>>();

  /** Runs `work` when everything that came earlier for any of the keys is done. Keys are taken in sorted order. */
  async run<T>(sortedKeys: readonly string[], work: () => Promise<T>): Promise<T> {
    const releases: (() => void)[] = [];
    try {
      for (const key of sortedKeys) releases.push(await this.#take(key));
      return await work();
    } finally {
      for (const release of releases) release();
    }
  }

  async #take(key: string): Promise<() => void> {
    const before = this.#tails.get(key);
    let free = (): void => undefined;
    const promise = new Promise<void>((resolve) => {
      free = resolve;
    });
    this.#tails.set(key, promise);
    await before;
    return () => {
      if (this.#tails.get(key) === promise) this.#tails.delete(key);
      free();
    };
  }
}
