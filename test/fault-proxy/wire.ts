/** One way of a line: how fast it takes bytes, and when they come out. Connections take turns, a piece each. */
import type { Faults } from './faults.ts';
import type { Chance } from './random.ts';

export class Wire {
  readonly #faults: () => Faults;
  readonly #chance: Chance;
  #freeAt = 0;
  #turn: Promise<void> = Promise.resolve();
  /** Bytes that have been put on it. */
  bytes = 0;

  constructor(faults: () => Faults, chance: Chance) {
    this.#faults = faults;
    this.#chance = chance;
  }

  /** Resolves when the last byte is on the wire. Whoever asks first is served first, so that nobody takes it all. */
  take(bytes: number): Promise<void> {
    this.bytes += bytes;
    if (this.#faults().bytesPerSecond === Infinity) return Promise.resolve();
    this.#turn = this.#turn.then(() => this.#occupy(bytes));
    return this.#turn;
  }

  /** When what leaves now arrives, and not before what left earlier on the same connection. */
  arrivalAfter(earlier: number): number {
    const { latencyMs, jitterMs } = this.#faults();
    return Math.max(earlier, performance.now() + latencyMs + jitterMs * this.#chance.next());
  }

  async #occupy(bytes: number): Promise<void> {
    const { bytesPerSecond } = this.#faults();
    this.#freeAt = Math.max(this.#freeAt, performance.now()) + (bytes * 1_000) / bytesPerSecond;
    await until(this.#freeAt);
  }
}

export function until(at: number): Promise<void> {
  const leftMs = at - performance.now();
  if (leftMs < 1) return Promise.resolve();
  return new Promise((resolve) => {
    setTimeout(resolve, leftMs).unref();
  });
}
