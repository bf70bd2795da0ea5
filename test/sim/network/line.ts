/** One desk's line: how it is now, and what hangs on it. */

/** A request whose end is open. */
export interface Hanging {
  node: string;
  open: boolean;
  fail: (error: Error) => void;
}

export class Line {
  readonly name: string;
  /** Every attempt is refused at once: the cable is out. */
  refusing = false;
  /** What goes up vanishes; what goes down arrives. */
  upBlocked = false;
  /** What goes down vanishes; what goes up arrives. */
  downBlocked = false;
  /** Requests without an answer. */
  readonly waiting = new Set<Hanging>();
  /** Breaks an open poke stream off; by its node. */
  readonly streams = new Map<() => void, string>();
  readonly #lost = new Set<Hanging>();

  constructor(name: string) {
    this.name = name;
  }

  lose(hanging: Hanging): void {
    this.waiting.delete(hanging);
    this.#lost.add(hanging);
  }

  abandoned(hanging: Hanging): void {
    this.waiting.delete(hanging);
    this.#lost.delete(hanging);
  }

  takeLost(): Hanging[] {
    const lost = [...this.#lost].filter((hanging) => hanging.open);
    this.#lost.clear();
    return lost;
  }

  /** Requests and streams that a node's death ends. */
  waitingFor(node: string): { fail: (error: Error) => void }[] {
    const ended: { fail: (error: Error) => void }[] = [];
    for (const hanging of this.waiting) {
      if (hanging.node !== node) continue;
      this.waiting.delete(hanging);
      ended.push(hanging);
    }
    for (const [broken, of] of this.streams) if (of === node) ended.push({ fail: broken });
    return ended;
  }
}
