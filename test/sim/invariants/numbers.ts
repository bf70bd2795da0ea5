/**
 * Order numbers never repeat. One exception, and no more (docs/decisions/0009): of two files that have one past, and of
 * which at least one had not yet been told by central that it is not alone, both may give a number. The second to arrive
 * is refused, and its desk gives that order another one, by itself and with a notice.
 */
import { sql } from 'kysely';
import type { CentralDb } from '../../../src-central/db/schema.ts';
import type { SimDesk } from '../actors/sim-desk.ts';
import type { Tally } from '../tally.ts';
import { Violation } from '../violation.ts';

/** A desk's file as one that may have been copied: what it gave before that, its copies know, too. */
export interface FilePast {
  /** Names of the stretches of its life between two copyings, oldest first; the last is the present one. */
  stretches: readonly string[];
  /** It was copied, or put back, and has not been at peace with central since. */
  untold: boolean;
}

/** A seat, as far as numbers go. */
interface Giver {
  desk: SimDesk;
  past: FilePast;
}

interface Numbered {
  orderId: string;
  number: string;
}

interface Giving {
  orderId: string;
  stretch: string;
  /** By a file that could not know that another one may give the same. */
  untold: boolean;
}

interface Change {
  desk: string;
  orderId: string;
  from: string;
  to: string;
}

export class Numbers {
  readonly #givings = new Map<string, Giving[]>();
  readonly #changes: Change[] = [];
  readonly #tally: Tally;
  #stretches = 0;

  constructor(tally: Tally) {
    this.#tally = tally;
  }

  /** A stretch that begins with no past, or after that of an image. */
  begin(stretches: readonly string[] = [], untold = false): FilePast {
    this.#stretches += 1;
    return { stretches: [...stretches, `${this.#stretches}`], untold };
  }

  /** @throws Violation when another order has it, and not by that exception. */
  give(seat: Giver, { orderId, number }: Numbered): void {
    const { stretches, untold } = seat.past;
    const givings = this.#givings.get(number) ?? [];
    for (const other of givings) {
      if (other.orderId === orderId) continue;
      if (stretches.includes(other.stretch) || !(untold || other.untold)) {
        throw new Violation(`number ${number} was given to ${other.orderId} and, by ${seat.desk.name}, to ${orderId}`);
      }
      this.#tally.hit('outcome: number given by two files that did not know');
    }
    this.#givings.set(number, [...givings, { orderId, stretch: stretches.at(-1) ?? '', untold }]);
  }

  /** An order that no disk and no central has any more: nobody can know that its number was given. */
  forget({ orderId, number }: Numbered): void {
    for (const giving of this.#givings.get(number) ?? []) if (giving.orderId === orderId) giving.untold = true;
  }

  /** A desk shows a saved order under another number than before. Whether it had to is asked of central (`unfounded`). */
  changed(seat: Giver, order: Numbered, to: string): void {
    const { orderId, number: from } = order;
    const known = (this.#givings.get(to) ?? []).some((giving) => giving.orderId === orderId);
    if (!known) {
      const { notices } = seat.desk.use((services) => services.orders.get(orderId, 'en'));
      if (notices.length === 0) throw new Violation(`${from} is now ${to} on ${seat.desk.name}, without a word`);
      this.give(seat, { orderId, number: to });
      this.#tally.hit('outcome: number given anew');
      this.#changes.push({ desk: seat.desk.name, orderId, from, to });
    }
    order.number = to;
  }

  /** Changes of a number that central had given to no other order; to be asked at quiet points. */
  async unfounded(db: CentralDb): Promise<string[]> {
    const changes = this.#changes.splice(0);
    const broken: string[] = [];
    for (const { desk, orderId, from, to } of changes) {
      const { rows } = await sql<{ known: number }>`
        select 1 as known from sales_order where number = ${from} and order_id <> ${orderId}`.execute(db);
      if (rows.length === 0) broken.push(`${desk} changed ${from} to ${to}, and nobody else has ${from}`);
    }
    return broken;
  }
}
