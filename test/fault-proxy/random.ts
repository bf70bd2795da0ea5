/** A seeded source of chance: the same seed makes the same choices, as far as the same bytes come in the same pieces. */
export interface Chance {
  /** From 0 up to 1. */
  next(): number;
  happens(rate: number): boolean;
  /** A whole number from 0 to `below` less one. */
  below(below: number): number;
  pick<T>(of: readonly T[]): T;
}

/** mulberry32. */
export function chance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    next,
    happens: (rate) => rate > 0 && next() < rate,
    below,
    pick: <T>(of: readonly T[]): T => {
      const found = of[below(of.length)];
      if (found === undefined) throw new Error('nothing to pick from');
      return found;
    },
  };
}
