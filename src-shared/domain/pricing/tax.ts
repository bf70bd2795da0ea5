/**
 * Tax on one line. Rounded per line, half away from zero: an invoice prints the tax of each line, and its foot must be
 * their sum. Rates are in basis points (1,300 for 13 %).
 */
import { shareRounded } from '../rounding.ts';

/** 100 %, as a rate. */
export const WHOLE_RATE = 10_000;

/**
 * @param amountMinor the line's amount after every discount.
 * @param included    whether the price list's prices have the tax in them.
 * @returns minor units: on top of the amount, or the part of it that is tax.
 */
export function lineTax(amountMinor: number, rate: number, included: boolean): number {
  if (!included) return shareRounded(amountMinor, rate, WHOLE_RATE);
  // The tax is what is left when the net amount is rounded to the unit: net and tax add up to what the price list says.
  const netMinor = shareRounded(amountMinor, WHOLE_RATE, WHOLE_RATE + rate);
  return amountMinor - netMinor;
}
