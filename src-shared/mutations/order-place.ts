/** `order.place`: a new order, with the number that the desk gave it and the prices that the customer was told. */
import { z } from 'zod';
import { branchId, customerId, orderId, productId, warehouseId } from '../domain/ids.ts';
import { calendarDate } from '../domain/calendar-date.ts';
import { unitCode } from '../domain/unit.ts';
import { firstVersion } from './versions.ts';

/** A line as it was asked for: what the rules make of it is worked out on both sides and never sent. */
const askedLineV1 = z.object({
  productId,
  unit: unitCode,
  /** Thousandths of the unit. */
  quantity: z.int(),
  /**
   * Ten-thousandths of the major unit, for one unit: what the desk showed as the list's price. Central refuses when it
   * finds another.
   */
  quotedUnitPrice: z.int().nonnegative(),
});

export const askedLine = askedLineV1.extend({
  /**
   * What the customer was told to pay for the line, minor units, discounts and tax and all. Central refuses when it
   * finds another amount; absent in what desks of before wrote, which knew neither.
   */
  quotedGrossMinor: z.int().optional(),
  /** A price agreed by hand, ten-thousandths for one unit. Longer reasons than the rules allow are the rulebook's to refuse. */
  manual: z.object({ unitPrice: z.int(), reason: z.string().max(20_000) }).optional(),
  /** What there isn't enough of waits for goods. */
  backorder: z.literal(true).optional(),
});

const head = {
  orderId,
  number: z.string().max(40),
  branchId,
  warehouseId,
  customerId,
  /** The branch's day on which the order was first placed: prices are those of this day, also for an amendment. */
  businessDate: calendarDate,
  // Longer and more than the rules allow: the limits are the rulebook's to explain, not the parser's to choke on.
  note: z.string().max(200_000),
};

const MAX_ASKED_LINES = 20_000;

export const orderContentV1 = z.object({ ...head, lines: z.array(askedLineV1).max(MAX_ASKED_LINES) });

/** What an order says, in full; an amendment carries all of it again, so that it can stand for a refused placing. */
export const orderContent = z.object({
  ...head,
  /** Where the customer may not owe so much, the order is taken for a finance review. */
  approval: z.literal(true).optional(),
  /** It was taken by prices, stock or debts so old that the house wants it confirmed. */
  oldFacts: z.literal(true).optional(),
  lines: z.array(askedLine).max(MAX_ASKED_LINES),
});
export type OrderContent = z.infer<typeof orderContent>;

export const orderPlace = firstVersion('order.place', orderContentV1).nextVersion(orderContent, (before) => before);
