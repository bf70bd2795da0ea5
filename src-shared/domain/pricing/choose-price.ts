/**
 * Which price counts. The customer's own list goes before their group's, that before the base list; on each list a price
 * for this very unit before the base unit's price times the factor; of quantity tiers the highest that is reached; the
 * latest `validFrom` first, then the greatest id, so that the desk and central choose alike.
 *
 * A tier is reached by all that the order has of the product, in whatever units and on however many lines: a customer
 * who takes two cases and three pieces has bought twenty-seven.
 */
import type { Currency } from '../money.ts';
import { MAX_UNIT_PRICE } from '../money.ts';
import { ONE } from '../quantity.ts';
import { shareRounded } from '../rounding.ts';
import { factorOf, type ProductUnit } from '../unit.ts';
import type { Price } from './price-list.ts';

/** A price as the rulebook looks at it: with the list that it stands on. */
export interface PriceCandidate extends Omit<Price, 'productId' | 'priceListId'> {
  /** The row's version. */
  rev: number;
  currency: Currency;
  /** Whose list it is on: the customer's own, their group's, or everybody's. */
  of: 'own' | 'group' | 'base';
  taxIncluded: boolean;
}

export interface PriceQuote {
  price: PriceCandidate;
  /** Ten-thousandths of the major unit, for one unit that was asked for. */
  unitPrice: number;
}

export interface PriceQuestion {
  unit: string;
  baseUnit: string;
  units: readonly ProductUnit[];
  /** The order's business date. */
  date: string;
  /** What the whole order has of the product, in thousandths of the base unit. */
  totalBase: number;
}

export function choosePrice(candidates: readonly PriceCandidate[], asked: PriceQuestion): PriceQuote | undefined {
  let best: PriceCandidate | undefined;
  for (const candidate of candidates) {
    if (candidate.unit !== asked.unit && candidate.unit !== asked.baseUnit) continue;
    if (candidate.validFrom > asked.date || (candidate.validTo !== null && candidate.validTo < asked.date)) continue;
    if (!isReached(candidate, asked)) continue;
    if (best === undefined || goesBefore(candidate, best, asked)) best = candidate;
  }
  if (best === undefined) return undefined;
  if (best.unit === asked.unit) return { price: best, unitPrice: best.unitPrice };
  const factor = factorOf(asked.units, asked.unit);
  if (factor === undefined) return undefined;
  // Before it is rounded: what is far past the dearest price is no number that could be.
  if (BigInt(best.unitPrice) * BigInt(factor) > BigInt(MAX_UNIT_PRICE) * BigInt(ONE)) return undefined;
  return { price: best, unitPrice: shareRounded(best.unitPrice, factor, ONE) };
}

const RANKS = { own: 2, group: 1, base: 0 };

function goesBefore(a: PriceCandidate, b: PriceCandidate, { unit }: PriceQuestion): boolean {
  if (a.of !== b.of) return RANKS[a.of] > RANKS[b.of];
  if ((a.unit === unit) !== (b.unit === unit)) return a.unit === unit;
  const [tierOfA, tierOfB] = [a.minQuantity ?? 0, b.minQuantity ?? 0];
  if (tierOfA !== tierOfB) return tierOfA > tierOfB;
  if (a.validFrom !== b.validFrom) return a.validFrom > b.validFrom;
  return a.priceId > b.priceId;
}

function isReached({ minQuantity, unit }: PriceCandidate, { units, totalBase }: PriceQuestion): boolean {
  if (minQuantity === undefined) return true;
  const factor = factorOf(units, unit);
  return factor !== undefined && BigInt(totalBase) * BigInt(ONE) >= BigInt(minQuantity) * BigInt(factor);
}
