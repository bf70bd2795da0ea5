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
 * @param amount whole and not negative.
 * @returns a share for each part, in their order; all 0 where nothing weighs anything.
 */
export function shareOut(amount: number, parts: readonly Part[]): number[] {
  const sum = parts.reduce((total, { weight }) => total + BigInt(weight), 0n);
  if (sum === 0n) return parts.map(() => 0);
  const shares: number[] = [];
  const fractions: { index: number; fraction: bigint; name: string }[] = [];
  let left = amount;
  for (const [index, { weight, name }] of parts.entries()) {
    const scaled = BigInt(amount) * BigInt(weight);
    const share = Number(scaled / sum);
    shares.push(share);
    left -= share;
    fractions.push({ index, fraction: scaled % sum, name });
  }
  fractions.sort((a, b) => {
    if (a.fraction !== b.fraction) return a.fraction > b.fraction ? -1 : 1;
    if (a.name !== b.name) return a.name < b.name ? -1 : 1;
    return a.index - b.index;
  });
  for (const { index } of fractions.slice(0, left)) shares[index] = (shares[index] ?? 0) + 1;
  return shares;
}
