/** What an order's lines come to. A total is the sum of rounded lines, never a rounded sum: invoices are added up. */
import { sumMinor } from './money.ts';
import type { OrderLine } from './order.ts';

export interface OrderTotals {
  /** What the customer pays, minor units. */
  totalMinor: number;
  /** Left out where no line is taxed. */
  taxMinor?: number;
}

type PaidLine = Pick<OrderLine, 'amountMinor' | 'taxMinor' | 'taxIncluded'>;

/** What the customer pays for a line: minor units, tax and all. */
export function lineGrossMinor({ amountMinor, taxMinor = 0, taxIncluded }: PaidLine): number {
  return taxIncluded ? amountMinor : amountMinor + taxMinor;
}

/** @returns `undefined` past 2^53, where a sum would no longer be exact. */
export function orderTotals(lines: readonly PaidLine[]): OrderTotals | undefined {
  const totalMinor = sumMinor(lines.map(lineGrossMinor));
  const taxed = lines.flatMap(({ taxMinor }) => taxMinor ?? []);
  const taxMinor = sumMinor(taxed);
  if (totalMinor === undefined || taxMinor === undefined) return undefined;
  return taxed.length === 0 ? { totalMinor } : { totalMinor, taxMinor };
}
