/**
 * Money. Amounts are integers in the currency's minor unit (pence, 分); unit prices are integers in ten-thousandths of
 * the major unit, because a price of 0.0425 a piece is a real price. Products are taken in BigInt.
 */
import { z } from 'zod';
import { ONE } from './quantity.ts';
import { divideRounded } from './rounding.ts';

/** One major unit (a pound, a yuan) as a unit price. */
export const PRICE_SCALE = 10_000;

/** The dearest unit price: ten million major units. With MAX_LINE_QUANTITY_BASE it keeps a line's amount under 2^53. */
export const MAX_UNIT_PRICE = 10_000_000 * PRICE_SCALE;

/** ISO 4217 codes and their minor digits, for the currencies that price lists may be kept in. */
export const CURRENCY_DIGITS = { CNY: 2, EUR: 2, GBP: 2, HKD: 2, JPY: 0, USD: 2 } as const;

export const currency = z.enum(['CNY', 'EUR', 'GBP', 'HKD', 'JPY', 'USD']);
export type Currency = z.infer<typeof currency>;

/**
 * A line's amount in minor units, rounded half away from zero per line: the invoice prints lines that must add up, so
 * the total is the sum of rounded lines and never a rounded sum.
 *
 * @param quantity  thousandths of the unit that was sold.
 * @param unitPrice ten-thousandths of the major unit, for one such unit.
 */
export function lineAmountMinor(quantity: number, unitPrice: number, of: Currency): number {
  const scale = BigInt(ONE) * BigInt(PRICE_SCALE);
  return divideRounded(BigInt(quantity) * BigInt(unitPrice) * 10n ** BigInt(CURRENCY_DIGITS[of]), scale);
}

/**
 * The sum of line amounts in minor units.
 *
 * @returns `undefined` past 2^53, where a sum would no longer be exact.
 */
export function sumMinor(amounts: Iterable<number>): number | undefined {
  let total = 0;
  for (const amount of amounts) {
    total += amount;
    if (!Number.isSafeInteger(total)) return undefined;
  }
  return total;
}

/** "2.55" as a unit price in ten-thousandths; `undefined` when it isn't a plain decimal with at most four places. */
export function unitPriceFromText(text: string): number | undefined {
  const match = /^(\d{1,8})(?:\.(\d{1,4}))?$/.exec(text.trim());
  if (!match) return undefined;
  const price = Number(match[1]) * PRICE_SCALE + Number((match[2] ?? '').padEnd(4, '0'));
  return price <= MAX_UNIT_PRICE ? price : undefined;
}
