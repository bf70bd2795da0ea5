/**
 * A business day's orders on central's side, as of a desk's cursor, for the daily comparison: what they come to, and each
 * with the digest of its row, so that a difference has a name.
 */
import { z } from 'zod';
import { calendarDate } from '../domain/calendar-date.ts';
import { dayBook } from '../domain/day-book.ts';
import { currency } from '../domain/money.ts';
import { orderStatus } from '../domain/lifecycle/order-state.ts';
import { cursor } from './change.ts';
import { MAX_DAY_ORDERS } from './limits.ts';

/** Of the desk's own branch. */
export const dayBookRequest = z.object({ protocol: z.int(), cursor, day: calendarDate });
export type DayBookRequest = z.infer<typeof dayBookRequest>;

const dayOrder = z.object({
  orderId: z.string(),
  number: z.string(),
  status: orderStatus,
  currency,
  totalMinor: z.int(),
  /** As of digests: 16 hex digits. */
  digest: z.string(),
});

export const dayBookResponse = z.object({
  epoch: z.string(),
  /** Unix milliseconds by central's clock. */
  now: z.int(),
  book: dayBook,
  /** The sum of the orders' digests. */
  digest: z.string(),
  /** Null where they are too many to be named. */
  orders: z.array(dayOrder).max(MAX_DAY_ORDERS).nullable(),
});
export type DayBookResponse = z.infer<typeof dayBookResponse>;
