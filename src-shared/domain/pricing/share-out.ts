/**
 * Cuts one amount over several parts in proportion to their weights, to the unit: what is cut adds up to what there was.
 *
 * Each part first gets its share rounded down; the units that are left go to the largest fractions (the largest-remainder
 * method). Parts of equal fractions are told apart by their name, never by where they stand, so that an order comes to
 * the same whatever the order of its lines.
 */
export interface Part {
  /** Minor units, or whatever is cut in proportion to. */
  weight: number;
  /** What tells parts of the same fraction apart; parts of one name are alike. */
  name: string;
}

/**
 * @param amount whole and not negative; it and the sum of the weights are at most 2^53 - 1.
 * @returns a share for each part, in their order; all 0 where nothing weighs anything.
 */
export function shareOut(amount: number, parts: readonly Part[]): number[] {
  let sum = 0;
  for (const { weight } of parts) sum += weight;
  if (sum === 0) return parts.map(() => 0);
  const cut = cutter(amount, sum);
  const shares: number[] = [];
  const fractions: { index: number; fraction: bigint | number; name: string }[] = [];
  let left = amount;
  for (const [index, { weight, name }] of parts.entries()) {
    const { share, fraction } = cut(weight);
    shares.push(share);
    left -= share;
    fractions.push({ index, fraction, name });
  }
  if (left === 0) return shares;
  fractions.sort((a, b) => {
    if (a.fraction !== b.fraction) return a.fraction > b.fraction ? -1 : 1;
    if (a.name !== b.name) return a.name < b.name ? -1 : 1;
    return a.index - b.index;
  });
  for (const { index } of fractions.slice(0, left)) shares[index] = (shares[index] ?? 0) + 1;
  return shares;
}

type Cut = (weight: number) => { share: number; fraction: bigint | number };

/** The whole units of a part's share, and what is left over. In plain numbers where every product of them is exact. */
function cutter(amount: number, sum: number): Cut {
  if (Number.isSafeInteger(amount * sum)) {
    return (weight) => {
      const scaled = amount * weight;
      return { share: Math.floor(scaled / sum), fraction: scaled % sum };
    };
  }
  return (weight) => {
    const scaled = BigInt(amount) * BigInt(weight);
    return { share: Number(scaled / BigInt(sum)), fraction: scaled % BigInt(sum) };
  };
}
