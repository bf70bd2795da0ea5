import { CURRENCY_DIGITS, type Currency } from '../../src-shared/domain/money.ts';

/** What was typed as an amount, in minor units; `undefined` of what is none, or has more decimals than the currency. */
export function readAmount(typed: string, currency: Currency): number | undefined {
  const text = typed.trim().replaceAll(',', '');
  const [, whole, fraction = ''] = /^(\d{1,13})(?:\.(\d*))?$/.exec(text) ?? [];
  const digits = CURRENCY_DIGITS[currency];
  if (whole === undefined || fraction.length > digits) return undefined;
  const minor = Number(whole + fraction.padEnd(digits, '0'));
  return Number.isSafeInteger(minor) ? minor : undefined;
}
