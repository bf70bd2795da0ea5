/** A value of a draft as people write it. */
import { PRICE_SCALE } from '../../src-shared/domain/money.ts';
import { thousandthsToText } from '../../src-shared/domain/quantity.ts';
import type { ProductUnit } from '../../src-shared/domain/unit.ts';

/** Fields in which an empty value leaves what is there, and a word takes it away. */
const NULL_IS_NONE: ReadonlySet<string> = new Set(['taxRate', 'minimum', 'multiple', 'group']);
const THOUSANDTHS: ReadonlySet<string> = new Set(['onHand', 'step', 'minimum', 'multiple', 'minQuantity']);

export function spokenValue(field: string, value: unknown): string {
  if (value === undefined) return '';
  if (value === null) return NULL_IS_NONE.has(field) ? 'none' : '';
  if (field === 'price') return unitPriceToText(Number(value));
  if (THOUSANDTHS.has(field)) return thousandthsToText(Number(value));
  if (field === 'taxRate') return String(Number(value) / 100);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
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
