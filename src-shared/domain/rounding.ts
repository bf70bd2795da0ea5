/**
 * `amount * part / whole`, rounded as below: a share of an amount. In plain numbers where they are exact, which is nearly
 * always, and ten times as quick: pricing a long order asks for thousands of shares.
 *
 * @param whole positive.
 * @throws RangeError as below.
 */
export function shareRounded(amount: number, part: number, whole: number): number {
  const twice = Math.abs(amount * part) * 2 + whole;
  if (!Number.isSafeInteger(twice)) return divideRounded(BigInt(amount) * BigInt(part), BigInt(whole));
  // Both are exact, and so is the whole part of their quotient.
  const rounded = Math.floor(twice / (whole * 2));
  return rounded === 0 || amount * part >= 0 ? rounded : -rounded;
}

/**
 * Integer division rounded half away from zero: what an invoice's reader does by hand, and the same for a credit note.
 * Everything that needs rounding goes through here, so that the desk and central cannot differ by a unit.
 *
 * @throws RangeError when the result can't be held exactly in a JavaScript number (2^53 - 1).
 */
export function divideRounded(numerator: bigint, denominator: bigint): number {
  if (denominator <= 0n) throw new RangeError('divideRounded: the denominator must be positive');
  const negative = numerator < 0n;
  const magnitude = negative ? -numerator : numerator;
  const rounded = (magnitude * 2n + denominator) / (denominator * 2n);
  const result = Number(negative ? -rounded : rounded);
  if (!Number.isSafeInteger(result)) throw new RangeError('divideRounded: the result is past 2^53');
  return result;
}
