/**
 * Price lists. A customer's own list goes before the base list; within a list the price that is valid on the order's
 * business date counts, the one that began last where several do.
 */
import { z } from 'zod';
import { customerId, priceId, priceListId, productId } from './ids.ts';
import { currency, MAX_UNIT_PRICE } from './money.ts';
import { ONE } from './quantity.ts';
import { divideRounded } from './rounding.ts';
import { unitCode, type ProductUnit, factorOf } from './unit.ts';

export const priceList = z.object({
  priceListId,
  code: z.string().min(1).max(40),
  name: z.string().min(1).max(100),
  currency,
  /** Whose own list this is; null for the base list. */
  customerId: customerId.nullable(),
});
export type PriceList = z.infer<typeof priceList>;

/** A calendar day of the branch, `YYYY-MM-DD`; days compare as text. */
export const calendarDate = z.iso.date();

export const price = z.object({
  priceId,
  priceListId,
  productId,
  /** The unit that this price is for. A price of the base unit also prices every pack, by its factor. */
  unit: unitCode,
  /** Ten-thousandths of the major unit, for one `unit`. */
  unitPrice: z.int().nonnegative().max(MAX_UNIT_PRICE),
  validFrom: calendarDate,
  /** The last day it is valid, or null. */
  validTo: calendarDate.nullable(),
});
export type Price = z.infer<typeof price>;

/** A price as the rulebook looks at it: with whose list it stands on. */
export interface PriceCandidate extends Omit<Price, 'productId' | 'priceListId'> {
  currency: z.infer<typeof currency>;
  /** True on the customer's own list. */
  own: boolean;
}

export interface PriceQuote {
  priceId: Price['priceId'];
  /** Ten-thousandths of the major unit, for one unit that was asked for. */
  unitPrice: number;
  currency: z.infer<typeof currency>;
  own: boolean;
}

/**
 * The price of one unit of a product on a day: own list before base list; on each list a price for this very unit
 * before the base unit's price times the factor; the latest `validFrom` first, then the greatest id, so that the
 * desk and central choose alike.
 */
export function quotePrice(
  candidates: readonly PriceCandidate[],
  of: { unit: string; baseUnit: string; units: readonly ProductUnit[]; date: string },
): PriceQuote | undefined {
  let best: PriceCandidate | undefined;
  for (const candidate of candidates) {
    if (candidate.unit !== of.unit && candidate.unit !== of.baseUnit) continue;
    if (candidate.validFrom > of.date || (candidate.validTo !== null && candidate.validTo < of.date)) continue;
    if (best === undefined || goesBefore(candidate, best, of.unit)) best = candidate;
  }
  if (best === undefined) return undefined;
  const { priceId: id, currency: money, own } = best;
  if (best.unit === of.unit) return { priceId: id, unitPrice: best.unitPrice, currency: money, own };
  const factor = factorOf(of.units, of.unit);
  if (factor === undefined) return undefined;
  const scaled = divideRounded(BigInt(best.unitPrice) * BigInt(factor), BigInt(ONE));
  return scaled > MAX_UNIT_PRICE ? undefined : { priceId: id, unitPrice: scaled, currency: money, own };
}

function goesBefore(a: PriceCandidate, b: PriceCandidate, unit: string): boolean {
  if (a.own !== b.own) return a.own;
  if ((a.unit === unit) !== (b.unit === unit)) return a.unit === unit;
  if (a.validFrom !== b.validFrom) return a.validFrom > b.validFrom;
  return a.priceId > b.priceId;
}
