/** What an order's total is made of, in words that add up whatever its lists do with the tax. Pure. */
import type { LineSums } from '../../src-main/api/desk-services.ts';

/** Minor units. */
export interface SummedOrder {
  totalMinor: number;
  /** Null where no line is taxed. */
  taxMinor: number | null;
  sums: LineSums;
}

export interface SumPart {
  name: 'promotions' | 'goods' | 'beforeTax' | 'tax' | 'taxIn';
  minor: number;
}

export function sumParts({ totalMinor, taxMinor, sums }: SummedOrder): SumPart[] {
  const { goodsMinor, discountMinor } = sums;
  const off: SumPart[] = discountMinor === 0 ? [] : [{ name: 'promotions', minor: -discountMinor }];
  if (taxMinor === null) return off;
  const tax: SumPart = { name: 'tax', minor: taxMinor };
  // On top of every line: what the lines show is the goods, and with the tax it is the total.
  if (goodsMinor + taxMinor === totalMinor) return [...off, { name: 'goods', minor: goodsMinor }, tax];
  // In every line's price: what the lines show is the total.
  if (goodsMinor === totalMinor) return [...off, { name: 'taxIn', minor: taxMinor }];
  // In some: the lines add up to neither.
  return [...off, { name: 'beforeTax', minor: totalMinor - taxMinor }, tax];
}
