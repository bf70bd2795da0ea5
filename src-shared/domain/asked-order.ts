/** An order as it is asked for: what a person typed, or what a mutation says. Nothing of it has been looked at yet. */
import type { BranchId, CustomerId, ProductId } from './ids.ts';

export interface AskedLine {
  productId: ProductId;
  unit: string;
  /** Thousandths of the unit; `undefined` where what was typed is no number, `NaN` where it has too many decimals. */
  quantity: number | undefined;
  /** The list's unit price that the customer was told, in ten-thousandths; absent when nothing was said yet. */
  quotedUnitPrice?: number | undefined;
  /** What the customer was told to pay for the line, minor units, discounts and tax and all. */
  quotedGrossMinor?: number | undefined;
  /** A price agreed by hand, in ten-thousandths, with its reason. */
  manual?: { unitPrice: number; reason: string } | undefined;
  /** What there isn't enough of waits for goods. */
  backorder?: true | undefined;
}

export interface AskedOrder {
  branchId: BranchId;
  customerId: CustomerId;
  businessDate: string;
  note: string;
  /** Somebody is to look at it where it is past what the customer may owe. */
  approval?: true | undefined;
  lines: readonly AskedLine[];
}
