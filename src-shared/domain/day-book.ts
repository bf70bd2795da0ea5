/** What the orders of one business day of a branch come to, on one side. Pure. */
import { z } from 'zod';
import { currency, type Currency } from './money.ts';

export const dayBook = z.object({
  /** Those that stand; cancelled ones are counted apart, and add nothing. */
  orders: z.int().nonnegative(),
  cancelled: z.int().nonnegative(),
  /** What customers pay for those that stand: minor units, by currency. */
  totals: z.array(z.object({ currency, minor: z.int() })),
});
export type DayBook = z.infer<typeof dayBook>;

export interface DayOrder {
  status: string;
  currency: Currency;
  totalMinor: number;
}

/** In whatever order they come. */
export function dayBookOf(orders: Iterable<DayOrder>): DayBook {
  const totals = new Map<DayOrder['currency'], number>();
  let [standing, cancelled] = [0, 0];
  for (const { status, currency: of, totalMinor } of orders) {
    if (status === 'cancelled') cancelled += 1;
    else {
      standing += 1;
      totals.set(of, (totals.get(of) ?? 0) + totalMinor);
    }
  }
  const sorted = [...totals].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { orders: standing, cancelled, totals: sorted.map(([of, minor]) => ({ currency: of, minor })) };
}

/** One order that is not the same here and at central. */
export interface DayDifference {
  orderId: string;
  number: string;
  /** missing: here. extra: here and not at central. */
  fault: 'missing' | 'extra' | 'different';
  currency: Currency;
  hereMinor: number | null;
  centralMinor: number | null;
}

export interface DayComparison {
  day: string;
  /** Unix milliseconds by central's clock. */
  at: number;
  here: DayBook;
  central: DayBook;
  /** Whether every single order is the same on both sides. */
  equal: boolean;
  /** Those that are not; null where they are too many to be named. */
  differing: DayDifference[] | null;
  /** Of this day, made here and not settled: no part of what was compared. */
  unsettled: DayBook;
}
