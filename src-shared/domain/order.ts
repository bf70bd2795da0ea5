/** An order as central keeps it and as every desk in its branch sees it: one document, one version at a time. */
import { z } from 'zod';
import {
  branchId,
  customerId,
  deviceId,
  mutationId,
  orderId,
  priceId,
  productId,
  promotionId,
  userId,
  warehouseId,
} from './ids.ts';
import { openState, orderStatus } from './lifecycle/order-state.ts';
import { currency } from './money.ts';
import { calendarDate } from './calendar-date.ts';
import { saidOf } from './said.ts';
import { unitCode } from './unit.ts';

/** The longest order that is taken. Bounds a mutation's size and the time a rule run may take. */
export const MAX_ORDER_LINES = 2_000;

/** In UTF-16 code units, as every text box counts. An emoji is kept as it was typed. */
export const MAX_NOTE_LENGTH = 2_000;

/** Of the reason for a manual price, in UTF-16 code units. */
export const MAX_REASON_LENGTH = 200;

/** Promotions that may take part in one line. */
export const MAX_LINE_DISCOUNTS = 20;

/** Of a carrier's tracking number. */
export const MAX_TRACKING_LENGTH = 100;

/** A NUL or half a surrogate pair: no typed text has one, and PostgreSQL can't keep it. Replacing it would be silent. */
export function isStorableText(text: string): boolean {
  return !/\0|\p{Surrogate}/u.test(text);
}

export const orderHold = z.object({
  reason: z.string().max(MAX_REASON_LENGTH),
  review: z.literal(true).optional(),
});
export type OrderHold = z.infer<typeof orderHold>;

export const orderLine = z.object({
  productId,
  unit: unitCode,
  /** Thousandths of `unit`. */
  quantity: z.int().positive(),
  /** Thousandths of the product's base unit. */
  quantityBase: z.int().positive(),
  /** Ten-thousandths of the major unit, for one `unit`. */
  unitPrice: z.int().nonnegative(),
  /** Minor units, after every discount; with the tax in it where `taxIncluded`. */
  amountMinor: z.int(),
  /** Where the price came from; `past` for an order taken over from another system. */
  priceKind: z.enum(['own', 'list', 'past']),
  priceId: priceId.nullable(),
  /** The version of that price. */
  priceRev: z.int().positive().optional(),
  /** Of a quantity tier: from how much on it counts, in thousandths of the price's unit. */
  tierQuantity: z.int().positive().optional(),
  /** Agreed by hand: what the list said for one `unit`, and why it was left. */
  manual: z.object({ listUnitPrice: z.int().nonnegative(), reason: z.string().max(MAX_REASON_LENGTH) }).optional(),
  /** What promotions took off, minor units, one after another. */
  discounts: z
    .array(z.object({ promotionId, minor: z.int().positive() }))
    .max(MAX_LINE_DISCOUNTS)
    .optional(),
  /** All three of a line that is taxed, rate and tax at least: basis points, minor units. */
  taxBasisPoints: z.int().min(0).max(10_000).optional(),
  taxMinor: z.int().optional(),
  taxIncluded: z.literal(true).optional(),
  /** How far it has come (lifecycle/fulfilment.ts), thousandths of the base unit: waits for goods, has left, given up. */
  backorderBase: z.int().positive().optional(),
  shippedBase: z.int().positive().optional(),
  closedBase: z.int().positive().optional(),
  /** Of what left: came back, and of that went back onto the shelves. */
  returnedBase: z.int().positive().optional(),
  restockedBase: z.int().positive().optional(),
});
export type OrderLine = z.infer<typeof orderLine>;

/** What a line may say besides: the price's story, discounts, tax. */
export const LINE_MORE = [
  'priceRev',
  'tierQuantity',
  'manual',
  'discounts',
  'taxBasisPoints',
  'taxMinor',
  'taxIncluded',
  'backorderBase',
  'shippedBase',
  'closedBase',
  'returnedBase',
  'restockedBase',
] as const satisfies (keyof OrderLine)[];
export type OrderLineMore = Pick<OrderLine, (typeof LINE_MORE)[number]>;

/** `undefined` of a line that says nothing besides. */
export function moreOf(line: OrderLine): OrderLineMore | undefined {
  return saidOf(line, LINE_MORE);
}

export const PAYMENT_METHODS = ['cash', 'transfer', 'card', 'cheque', 'other'] as const;

export const payment = z.object({
  /** Minor units of the order's currency. */
  minor: z.int().positive(),
  method: z.enum(PAYMENT_METHODS),
  /** Under which it stands on a bank statement or a slip; may be empty. */
  reference: z.string().max(MAX_TRACKING_LENGTH),
  /** The day on which it was received, or paid back. */
  on: calendarDate,
});
export type Payment = z.infer<typeof payment>;

/** One step of an order's history. The lines of earlier versions stay at central. */
export const orderEvent = z.object({
  version: z.int().positive(),
  what: z.enum([
    'placed',
    'amended',
    'cancelled',
    'imported',
    'approved',
    'rejected',
    'held',
    'released',
    'allocated',
    'picking',
    'shipped',
    'restClosed',
    'received',
    'completed',
    'returned',
    'paid',
    'refunded',
    'paymentVoided',
    'letGo',
  ]),
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
  /** Of goods that left or came back: how much of which line, from 0, thousandths of the base unit. */
  moved: z
    .array(z.object({ line: z.int().nonnegative(), quantityBase: z.int().positive() }))
    .max(MAX_ORDER_LINES)
    .optional(),
  /** Under which the carrier knows what left. */
  tracking: z.string().max(MAX_TRACKING_LENGTH).optional(),
  /** Of a return: minor units that the customer gets back. */
  creditMinor: z.int().nonnegative().optional(),
  /** Of goods that left for a customer on terms: until when they are to be paid. */
  dueDate: calendarDate.optional(),
  /** Of money that came in, went back, or was said to have. */
  payment: payment.optional(),
  /** Of what was written down by mistake: the mutation that wrote it. */
  ofPayment: mutationId.optional(),
});
export type OrderEvent = z.infer<typeof orderEvent>;

export const order = z.object({
  orderId,
  number: z.string().min(1).max(40),
  branchId,
  warehouseId,
  customerId,
  status: orderStatus,
  /** Where it stands in the house's work, where `status` doesn't say it (lifecycle/order-state.ts). */
  state: openState.optional(),
  /** Nothing is given out while it is held back, and why. `review`: it was sent back, and amending it ends that. */
  hold: orderHold.optional(),
  note: z.string().max(MAX_NOTE_LENGTH),
  /** The branch's calendar day on which it was placed. */
  businessDate: calendarDate,
  /** Unix milliseconds by the desk's clock. A hint. */
  madeAt: z.int(),
  /** 1 for the order as placed, one more with each amendment and with the cancellation. */
  version: z.int().positive(),
  currency,
  /** What the customer pays, tax and all: the sum over the lines (order-totals.ts). */
  totalMinor: z.int(),
  /** The tax in it; absent where no line is taxed. */
  taxMinor: z.int().optional(),
  /** Of returns so far: what the customer has got back of it. */
  creditedMinor: z.int().positive().optional(),
  /** What was paid of it, less what was paid back. */
  paidMinor: z.int().positive().optional(),
  /** It was taken for somebody to look at: past what the customer may owe, or while the customer is on hold. */
  creditReview: z.literal(true).optional(),
  /** It was taken by prices, stock or debts so old that somebody has to confirm it. */
  oldFacts: z.literal(true).optional(),
  lines: z.array(orderLine).max(MAX_ORDER_LINES),
  history: z.array(orderEvent),
});
export type Order = z.infer<typeof order>;
