/** Reads what was typed as a price, in the half-width or full-width forms that a Chinese keyboard gives. */
import { unitPriceFromText } from '../../../src-shared/domain/money.ts';

/** With its thousands set apart, as prices are shown; a comma anywhere else is none. */
const PRICE = /^(\d{1,3}(?:,\d{3})+|\d*)(?:\.(\d*))?$/;

/** Ten-thousandths of the major unit; `undefined` for what is no price, or has more than four decimals. */
export function readPrice(typed: string): number | undefined {
  const match = PRICE.exec(typed.normalize('NFKC').replaceAll('。', '.').trim());
  const [, whole = '', fraction = ''] = match ?? [];
  if (whole + fraction === '') return undefined;
  const plain = whole.replaceAll(',', '') || '0';
  return unitPriceFromText(fraction === '' ? plain : `${plain}.${fraction}`);
}
