/** One seed's world: its time, its chance, what is planned, what has happened. */
import { BEGIN_MS } from '../limits.ts';
import { Tally } from '../tally.ts';
import type { Actor } from './actor.ts';
import { SeededRandom } from './seeded-random.ts';
import { SimTimers } from './timers.ts';
import { Trace } from './trace.ts';

export class World {
  /** Chooses what happens next. */
  readonly random: SeededRandom;
  /** What the programs draw: ids, keys, jitter. Apart, so that a program that draws more changes no choice. */
  readonly entropy: SeededRandom;
  readonly trace = new Trace();
  readonly tally = new Tally();
  readonly timers = new SimTimers(() => this.nowMs);
  /** Unix milliseconds; only goes forward. */
  nowMs = BEGIN_MS;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
    this.entropy = new SeededRandom(seed + 0x5eed_0000);
  }

  note(what: string, who: Actor | string | undefined, detail = ''): void {
    const name = typeof who === 'object' ? who.name : (who ?? '-');
    this.trace.add(`${this.nowMs - BEGIN_MS} ${name} ${what}${detail && ` ${detail}`}`);
  }
}
