/** Lines as a caller gives them, in the rulebook's measures. Nothing is corrected: what is no number stays none. */
import { ONE, thousandthsFromNumber } from '../../src-shared/domain/quantity.ts';
import type { ProductId } from '../../src-shared/domain/ids.ts';
import type { AskedLine } from '../../src-shared/domain/asked-order.ts';
import type { GivenLine } from '../api/desk-services.ts';

export function askedLines(given: readonly GivenLine[]): AskedLine[] {
  return given.map(({ productId, unit, quantity, manual, backorder }) => ({
    productId: productId as ProductId,
    unit,
    quantity: askedQuantity(quantity),
    ...(backorder === true ? { backorder } : {}),
    ...(manual ? { manual: { unitPrice: askedPrice(manual.unitPrice), reason: manual.reason } } : {}),
  }));
}

/** Ten-thousandths; NaN, which is no price, for what is none. */
function askedPrice(given: unknown): number {
  return typeof given === 'number' ? given : NaN;
}

/** Thousandths; undefined for what is no number, NaN for one with more than three decimals. */
export function askedQuantity(given: unknown): number | undefined {
  if (typeof given !== 'number' || !Number.isFinite(given)) return undefined;
  const exact = thousandthsFromNumber(given);
  if (exact !== undefined) return exact;
  // Past 2^53 thousandths no decimals are left to be too many: it is too large, which the rules say.
  return Number.isSafeInteger(Math.round(given * ONE)) ? NaN : Math.trunc(given * ONE);
}
