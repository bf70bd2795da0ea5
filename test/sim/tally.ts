/** How often each step, fault and outcome was hit: a fault that is never hit proves nothing. */
export class Tally {
  readonly #counts = new Map<string, number>();

  hit(what: string, times = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + times);
  }

  counts(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }

  count(what: string): number {
    return this.#counts.get(what) ?? 0;
  }

  add(other: Tally): void {
    for (const [what, times] of other.#counts) this.hit(what, times);
  }

  sum(prefix: string): number {
    let total = 0;
    for (const [what, times] of this.#counts) if (what.startsWith(prefix)) total += times;
    return total;
  }

  table(): string {
    return [...this.#counts]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([what, times]) => `  ${what.padEnd(44)}${String(times).padStart(8)}`)
      .join('\n');
  }
}
