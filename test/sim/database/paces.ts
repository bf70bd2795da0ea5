/** Which statement comes next, where several wait. */
import { EVENTS_OF_A_PACE, PACES } from '../limits.ts';
import type { Actor } from '../world/actor.ts';
import type { SeededRandom } from '../world/seeded-random.ts';
import type { GatedStatement } from './statement-gate.ts';

/**
 * Some processes are slow for a while: with all of them equally quick, a transaction would hardly ever stay open while
 * a whole other one goes by.
 */
export class Paces {
  readonly #random: SeededRandom;
  readonly #of = new Map<Actor, number>();
  /** The event at which they were drawn. */
  #drawnAt = 0;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /** `events`: how many there have been. */
  next(pending: readonly GatedStatement[], events: number): GatedStatement {
    if (events - this.#drawnAt > EVENTS_OF_A_PACE) {
      this.#drawnAt = events;
      this.#of.clear();
    }
    const paces = pending.map(({ actor }) => {
      const pace = this.#of.get(actor) ?? this.#random.pick(PACES);
      this.#of.set(actor, pace);
      return pace;
    });
    let left = this.#random.next() * paces.reduce((sum, pace) => sum + pace, 0);
    const chosen = pending.find((_, index) => (left -= paces[index] ?? 0) < 0) ?? pending.at(-1);
    if (!chosen) throw new Error('no statement waits');
    return chosen;
  }
}
