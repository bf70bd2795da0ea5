/** Numbers as people read them here: grouped, with the unit's own decimals, never a currency sign on each row. */
import type { Currency } from '../../src-shared/domain/money.ts';
import { thousandthsToText } from '../../src-shared/domain/quantity.ts';
import { amountToText, priceToText } from '../../src-shared/text/issue-text.ts';

/** Minor units as "1,234.50". */
export function amountText(minor: number, currency: Currency | null): string {
  const [whole = '0', fraction] = amountToText(minor, currency ?? undefined).split('.');
  return grouped(whole) + (fraction === undefined ? '' : `.${fraction}`);
}

/** Ten-thousandths of the major unit as "2.55" or "0.0425", grouped. */
export function unitPriceText(unitPrice: number, currency: Currency | null): string {
  const [whole = '0', fraction] = priceToText(unitPrice, currency ?? undefined).split('.');
  return grouped(whole) + (fraction === undefined ? '' : `.${fraction}`);
}

/** Thousandths as "1,200" or "0.5". */
export function quantityText(thousandths: number): string {
  const [whole = '0', fraction] = thousandthsToText(thousandths).split('.');
  return grouped(whole) + (fraction === undefined ? '' : `.${fraction}`);
}

/** Basis points as "13" or "5.5": the percent sign is the sentence's. */
export function rateText(basisPoints: number): string {
  return String(basisPoints / 100);
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',');
}
