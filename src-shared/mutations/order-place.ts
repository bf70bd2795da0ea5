/** `order.place`: a new order, with the number that the desk gave it and the prices that the customer was told. */
import { z } from 'zod';
import { branchId, customerId, orderId, productId, warehouseId } from '../domain/ids.ts';
import { calendarDate } from '../domain/price-list.ts';
import { unitCode } from '../domain/unit.ts';
import { firstVersion } from './versions.ts';

/** A line as it was asked for: what the rules make of it is worked out on both sides and never sent. */
export const askedLine = z.object({
  productId,
  unit: unitCode,
  /** Thousandths of the unit. */
  quantity: z.int(),
  /** Ten-thousandths of the major unit, for one unit: what the desk showed. Central refuses when it finds another. */
  quotedUnitPrice: z.int().nonnegative(),
});

/** What an order says, in full; an amendment carries all of it again, so that it can stand for a refused placing. */
export const orderContent = z.object({
  orderId,
  number: z.string().max(40),
  branchId,
  warehouseId,
  customerId,
  /** The branch's day on which the order was first placed: prices are those of this day, also for an amendment. */
  businessDate: calendarDate,
  // Longer and more than the rules allow: the limits are the rulebook's to explain, not the parser's to choke on.
  note: z.string().max(200_000),
  lines: z.array(askedLine).max(20_000),
});
export type OrderContent = z.infer<typeof orderContent>;

export const orderPlace = firstVersion('order.place', orderContent);
export type OrderPlaceArgs = z.infer<typeof orderPlace.args>;
