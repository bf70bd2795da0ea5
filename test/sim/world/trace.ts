/** What happened, in order, as a hash of all of it and the last of it in words: one seed has one trace. */
import { createHash } from 'node:crypto';
import { LAST_EVENTS } from '../limits.ts';

export class Trace {
  readonly #hash = createHash('sha256');
  readonly #last: string[] = [];
  events = 0;

  add(line: string): void {
    this.events += 1;
    this.#hash.update(`${line}\n`);
    this.#last.push(line);
    if (this.#last.length > LAST_EVENTS) this.#last.shift();
  }

  last(): string[] {
    return [...this.#last];
  }

  /** The first 16 digits are enough to tell two traces apart. */
  hash(): string {
    return this.#hash.copy().digest('hex').slice(0, 16);
  }
}
