/**
 * Quantities are integers in thousandths: of the unit they were typed in (`quantity`) or of the product's base unit
 * (`quantityBase`). A binary fraction never enters, so 0.1 kg three times is 300 thousandths, not 0.30000000000000004.
 */
import { divideRounded } from './rounding.ts';

/** One whole unit, in thousandths. */
export const ONE = 1_000;

/** The most one line may ask for, in thousandths of the base unit: a million pieces. Past it a finger slipped. */
export const MAX_LINE_QUANTITY_BASE = 1_000_000 * ONE;

/**
 * A number that counts a unit (2, 0.5, 1.25) as thousandths of it; `undefined` when it isn't finite or has more than
 * three decimals. Nothing is rounded: a fourth decimal is a question for the person who typed it.
 */
export function thousandthsFromNumber(count: number): number | undefined {
  if (!Number.isFinite(count)) return undefined;
  const thousandths = Math.round(count * ONE);
  if (!Number.isSafeInteger(thousandths)) return undefined;
  return thousandths / ONE === count ? thousandths : undefined;
}

/**
 * What a person typed as a quantity: digits with an optional decimal point, in the half-width or full-width forms that
 * a Chinese keyboard gives. `undefined` for anything else ("12a", "1,5", "").
 */
export function thousandthsFromText(text: string): number | undefined {
  const plain = text.normalize('NFKC').replaceAll('。', '.').trim();
  if (!/^[+-]?(\d+(\.\d{0,3})?|\.\d{1,3})$/.test(plain)) return undefined;
  return thousandthsFromNumber(Number(plain));
}

/** Thousandths as the shortest decimal text: 1500 is "1.5", 2000 is "2". */
export function thousandthsToText(thousandths: number): string {
  const sign = thousandths < 0 ? '-' : '';
  const magnitude = Math.abs(thousandths);
  const whole = Math.trunc(magnitude / ONE);
  const fraction = String(magnitude % ONE)
    .padStart(3, '0')
    .replace(/0+$/, '');
  return sign + whole + (fraction ? `.${fraction}` : '');
}

/**
 * Thousandths of a unit as thousandths of the base unit.
 *
 * @param factor thousandths of the base unit in one unit (12,000 for a case of 12 pieces).
 * @returns `undefined` when the result would not be a whole number of thousandths, or is past 2^53.
 */
export function toBaseQuantity(quantity: number, factor: number): number | undefined {
  const product = BigInt(quantity) * BigInt(factor);
  if (product % BigInt(ONE) !== 0n) return undefined;
  const base = Number(product / BigInt(ONE));
  return Number.isSafeInteger(base) ? base : undefined;
}

/**
 * The largest quantity of a unit, in thousandths of it, whose base quantity is at most `availableBase` and a multiple
 * of `step`; packs are offered whole. 0 when not even one grain fits.
 */
export function largestQuantityWithin(availableBase: number, factor: number, step: number): number {
  if (availableBase <= 0) return 0;
  const grain = factor === ONE ? step : leastCommonMultiple(factor, step);
  const grains = Math.floor(availableBase / grain);
  return divideRounded(BigInt(grains) * BigInt(grain) * BigInt(ONE), BigInt(factor));
}

/** The nearest quantity of a unit at or above `quantity` whose base quantity is a multiple of `step`. */
export function roundUpToStep(quantity: number, factor: number, step: number): number {
  const grain = BigInt(leastCommonMultiple(factor, step * ONE));
  const scaled = BigInt(quantity) * BigInt(factor);
  const rounded = ((scaled + grain - 1n) / grain) * grain;
  return divideRounded(rounded, BigInt(factor));
}

export function leastCommonMultiple(a: number, b: number): number {
  return (a / greatestCommonDivisor(a, b)) * b;
}

export function greatestCommonDivisor(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}
