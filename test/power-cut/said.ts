/**
 * What the writer says, one JSON line each, as soon as the desk's call has returned: a promise from here on. Every
 * commit after the first line has its line, so that the n-th line stands for the n-th state of the file.
 */
/** What the desk places in its first run, before anything is settled. */
export const FIRST_ORDERS = 3;

export type Said = SaidOrder | { said: 'step'; what: string };

/** The desk has answered a command about an order. */
export interface SaidOrder {
  said: 'order';
  /** The mutation's name. */
  what: string;
  orderId: string;
  number: string;
  status: string;
  totalMinor: number;
  /** As they were given; none of a cancelling. */
  lines: SaidLine[];
}

export interface SaidLine {
  productId: string;
  unit: string;
  /** Thousandths of the unit. */
  quantity: number;
}

export function readSaid(line: string): Said {
  return JSON.parse(line) as Said;
}
