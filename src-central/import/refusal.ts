/** Why one row was not taken, as data. The sentence is made from it in the reader's language (import-text.ts). */
export interface Refusals {
  /** The row has more or fewer values than the header has names. */
  columnCount: { found: number; expected: number };
  faultyCell: { field: string; value: string };
  required: { field: string };
  tooLong: { field: string; length: number; max: number };
  notNumber: { field: string; value: string };
  notPositive: { field: string; value: string };
  negative: { field: string; value: string };
  tooPrecise: { field: string; value: string };
  tooLarge: { field: string; value: string };
  notPrice: { field: string; value: string };
  notDate: { field: string; value: string };
  notTaxId: { field: string; value: string };
  notPhone: { field: string; value: string };
  notDays: { field: string; value: string };
  notAmount: { field: string; value: string };
  /** A limit without days until which to pay is no terms. */
  limitWithoutDays: { field: string; value: string };
  notYesNo: { field: string; value: string };
  notUnit: { field: string; value: string };
  notBarcode: { field: string; value: string };
  notRate: { field: string; value: string };
  /** A rate below 1 without a percent sign: that much percent, or a share of 1? `percent`: the share as percent. */
  rateOrShare: { field: string; value: string; percent: string };
  notValid: { field: string; value: string };
  endsBeforeStart: { from: string; to: string };
  codePattern: { value: string; pattern: string };
  /** An earlier row of the same file says something else about the same thing. */
  contradictsRow: { row: number; field: string; here: string; there: string };
  productUnknown: { value: string };
  customerUnknown: { value: string };
  branchUnknown: { value: string };
  groupUnknown: { value: string };
  unitNotOfProduct: { value: string; units: string };
  notStep: { value: string; step: string };
  /** A minimum or a multiple that no order can have, for the product is sold in steps. */
  offStep: { field: string; value: string; step: string };
  baseUnitFixed: { value: string; unit: string };
  barcodeTaken: { value: string; code: string };
  branchFixed: { value: string; branch: string };
  currencyOther: { value: string; currency: string };
  twoOwners: { customer: string; group: string };
  /** The row says that its price is without tax (with tax), and the list that it goes on is with tax (without). */
  listWithTax: { field: string; list: string };
  listWithoutTax: { field: string; list: string };
  belowAllocated: { value: string; allocated: string };
  orderDiffers: { number: string };
  orderTooLong: { number: string; lines: number; max: number };
  orderTooLarge: { number: string };
}
export type RefusalCode = keyof Refusals;
export type Refusal = { [C in RefusalCode]: { code: C; params: Refusals[C] } }[RefusalCode];

export function refusal<C extends RefusalCode>(code: C, params: Refusals[C]): Refusal {
  // The signature pairs the code with its parameters, which the compiler can't follow into the union.
  return { code, params } as Refusal;
}

/** What became of a row. `changed`: it was there, and now says what the row says. */
export type Verdict = 'new' | 'changed' | 'unchanged' | Refusal;

export function isRefusal(verdict: Verdict): verdict is Refusal {
  return typeof verdict === 'object';
}
