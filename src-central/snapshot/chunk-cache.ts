/**
 * Chunks that were made lately, the least recently asked for forgotten first: after a restore hundreds of desks fetch
 * the same catalogue at once. One that is being made is waited for, not made again.
 */
interface Kept {
  /** The position that the chunk is of. */
  at: bigint;
  frame: Buffer;
}

export class ChunkCache {
  readonly #maxBytes: number;
  /** In the order in which they were asked for. */
  readonly #kept = new Map<string, Kept>();
  readonly #making = new Map<string, Promise<Kept>>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The chunk under that name, if it is of `from` or later; else what `make` makes. */
  async get(name: string, from: bigint, make: () => Promise<{ at: string; frame: Buffer }>): Promise<Buffer> {
    const kept = this.#kept.get(name);
    if (kept && kept.at >= from) {
      this.#kept.delete(name);
      this.#kept.set(name, kept);
      return kept.frame;
    }
    const making = this.#making.get(name);
    if (making) {
      const made = await making.catch(() => undefined);
      if (made && made.at >= from) return made.frame;
    }
    return (await this.#make(name, make)).frame;
  }

  async #make(name: string, make: () => Promise<{ at: string; frame: Buffer }>): Promise<Kept> {
    const making = make().then(({ at, frame }) => ({ at: BigInt(at), frame }));
    this.#making.set(name, making);
    try {
      const made = await making;
      this.#keep(name, made);
      return made;
    } finally {
      if (this.#making.get(name) === making) this.#making.delete(name);
    }
  }

  #keep(name: string, made: Kept): void {
    const before = this.#kept.get(name);
    if (before) {
      if (before.at > made.at) return;
      this.#kept.delete(name);
      this.#bytes -= before.frame.length;
    }
    this.#kept.set(name, made);
    this.#bytes += made.frame.length;
    for (const [oldest, { frame }] of this.#kept) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#kept.delete(oldest);
      this.#bytes -= frame.length;
    }
  }
}
