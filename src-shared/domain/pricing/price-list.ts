/** Price lists: everybody's (the base list), a customer group's, a customer's own. Which price counts: choose-price.ts. */
import { z } from 'zod';
import { calendarDate } from '../calendar-date.ts';
import { customerId, groupId, priceId, priceListId, productId } from '../ids.ts';
import { currency, MAX_UNIT_PRICE } from '../money.ts';
import { unitCode } from '../unit.ts';

export const priceList = z.object({
  priceListId,
  code: z.string().min(1).max(40),
  name: z.string().min(1).max(100),
  currency,
  /** Whose own list this is; null for a group's and for the base list. */
  customerId: customerId.nullable(),
  /** Whose customers' list this is. */
  groupId: groupId.optional(),
  /** Its prices have the tax in them. */
  taxIncluded: z.literal(true).optional(),
});
export type PriceList = z.infer<typeof priceList>;

export const price = z.object({
  priceId,
  priceListId,
  productId,
  /** The unit that this price is for. A price of the base unit also prices every pack, by its factor. */
  unit: unitCode,
  /** Ten-thousandths of the major unit, for one `unit`. */
  unitPrice: z.int().nonnegative().max(MAX_UNIT_PRICE),
  validFrom: calendarDate,
  /** The last day it is valid, or null. */
  validTo: calendarDate.nullable(),
  /** From how much on it counts, in thousandths of `unit`; absent: from the first. */
  minQuantity: z.int().positive().optional(),
});
export type Price = z.infer<typeof price>;
