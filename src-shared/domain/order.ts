/** An order as central keeps it and as every desk in its branch sees it: one document, one version at a time. */
import { z } from 'zod';
import { branchId, customerId, deviceId, mutationId, orderId, priceId, productId, userId, warehouseId } from './ids.ts';
import { currency } from './money.ts';
import { calendarDate } from './price-list.ts';
import { unitCode } from './unit.ts';

/** The longest order that is taken. Bounds a mutation's size and the time a rule run may take. */
export const MAX_ORDER_LINES = 2_000;

/** In UTF-16 code units, as every text box counts. An emoji is kept as it was typed. */
export const MAX_NOTE_LENGTH = 2_000;

/** A NUL or half a surrogate pair: no typed text has one, and PostgreSQL can't keep it. Replacing it would be silent. */
export function isStorableText(text: string): boolean {
  return !/\0|\p{Surrogate}/u.test(text);
}

export const orderStatus = z.enum(['placed', 'cancelled', 'completed']);
export type OrderStatus = z.infer<typeof orderStatus>;

export const orderLine = z.object({
  productId,
  unit: unitCode,
  /** Thousandths of `unit`. */
  quantity: z.int().positive(),
  /** Thousandths of the product's base unit. */
  quantityBase: z.int().positive(),
  /** Ten-thousandths of the major unit, for one `unit`. */
  unitPrice: z.int().nonnegative(),
  amountMinor: z.int(),
  /** Where the price came from; `past` for an order taken over from another system. */
  priceKind: z.enum(['own', 'list', 'past']),
  priceId: priceId.nullable(),
});
export type OrderLine = z.infer<typeof orderLine>;

/** One step of an order's history. The lines of earlier versions stay at central. */
export const orderEvent = z.object({
  version: z.int().positive(),
  what: z.enum(['placed', 'amended', 'cancelled', 'imported']),
  /** Unix milliseconds, central's clock once it has settled; the desk's, a hint, until then. */
  at: z.int(),
  mutationId: mutationId.nullable(),
  userId: userId.nullable(),
  userName: z.string(),
  deviceId: deviceId.nullable(),
  deviceName: z.string(),
  totalMinor: z.int(),
  lineCount: z.int().nonnegative(),
  reason: z.string().nullable(),
});
export type OrderEvent = z.infer<typeof orderEvent>;

export const order = z.object({
  orderId,
  number: z.string().min(1).max(40),
  branchId,
  warehouseId,
  customerId,
  status: orderStatus,
  note: z.string().max(MAX_NOTE_LENGTH),
  /** The branch's calendar day on which it was placed. */
  businessDate: calendarDate,
  /** Unix milliseconds by the desk's clock. A hint. */
  madeAt: z.int(),
  /** 1 for the order as placed, one more with each amendment and with the cancellation. */
  version: z.int().positive(),
  currency,
  totalMinor: z.int(),
  lines: z.array(orderLine).max(MAX_ORDER_LINES),
  history: z.array(orderEvent),
});
export type Order = z.infer<typeof order>;
