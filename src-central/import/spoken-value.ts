/** A value of a draft as people write it. */
import { PRICE_SCALE } from '../../src-shared/domain/money.ts';
import { thousandthsToText } from '../../src-shared/domain/quantity.ts';
import type { ProductUnit } from '../../src-shared/domain/unit.ts';

export function spokenValue(field: string, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (field === 'price') return unitPriceToText(Number(value));
  if (field === 'onHand' || field === 'step') return thousandthsToText(Number(value));
  if (field === 'pack') {
    const { unit, factor } = value as ProductUnit;
    return `${unit} ${thousandthsToText(factor)}`;
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Ten-thousandths as decimal text with at least two places: 25500 is "2.55". */
export function unitPriceToText(unitPrice: number): string {
  const fraction = String(unitPrice % PRICE_SCALE).padStart(4, '0');
  return `${Math.trunc(unitPrice / PRICE_SCALE)}.${fraction.slice(0, 2)}${fraction.slice(2).replace(/0+$/, '')}`;
}
