/**
 * The steps of an order through the house, from its review to its return. Each says of which order, and on which version
 * of it somebody took the step; what that makes of the order is in step-effects.ts.
 */
import { z } from 'zod';
import { mutationId } from '../domain/ids.ts';
import { calendarDate } from '../domain/calendar-date.ts';
import { MAX_ORDER_LINES, PAYMENT_METHODS } from '../domain/order.ts';
import { baseVersion } from './order-amend.ts';
import { orderContent } from './order-place.ts';
import { firstVersion } from './versions.ts';

const head = orderContent.omit({ lines: true, note: true, approval: true, oldFacts: true }).extend({ baseVersion });
export type OrderHead = z.infer<typeof head>;

// Longer than the rules allow: the limits are the rulebook's to explain.
const reason = z.string().max(20_000);

/** How much of which line, from 0, thousandths of the base unit. */
const moved = z.array(z.object({ line: z.int().nonnegative(), quantityBase: z.int() })).max(MAX_ORDER_LINES);
export type MovedLines = z.infer<typeof moved>;

export const orderApprove = firstVersion('order.approve', head.extend({ review: z.enum(['order', 'finance']) }));
export const orderReject = firstVersion('order.reject', head.extend({ reason }));
export const orderHold = firstVersion('order.hold', head.extend({ reason }));
export const orderRelease = firstVersion('order.release', head);
/** Sets goods aside for what waits for some, as far as there are any. */
export const orderAllocate = firstVersion('order.allocate', head);
export const orderPick = firstVersion('order.pick', head);
export const orderShip = firstVersion(
  'order.ship',
  head.extend({ moved, tracking: z.string().max(20_000).nullable() }),
);
/** Gives up what has not left. */
export const orderCloseRest = firstVersion('order.closeRest', head.extend({ reason }));
export const orderReceive = firstVersion('order.receive', head);
export const orderComplete = firstVersion('order.complete', head);
/** `restock`: the goods go back onto the shelves. The credit is what the lines came to, or less. */
export const orderReturn = firstVersion(
  'order.return',
  head.extend({ moved, reason, restock: z.boolean(), creditMinor: z.int().nullable() }),
);

const money = {
  /** Minor units of the order's currency. */
  minor: z.int(),
  method: z.enum(PAYMENT_METHODS),
  reference: z.string().max(20_000),
  on: calendarDate,
};
/**
 * Leaves the order as it stands: what of it was refused, and what can't be judged, this is the last word on. It ends what it
 * depends on and supersedes, and changes nothing.
 */
export const orderLetGo = firstVersion('order.letGo', head);
/** Money that came in for the order, and money that went back. */
export const orderPay = firstVersion('order.pay', head.extend(money));
export const orderRefund = firstVersion('order.refund', head.extend(money));
/**
 * Takes back what was written down by mistake; `ofPayment`: the mutation that wrote it. Not its version: beside other changes
 * of the order that meet at central, a payment has the one that is free there.
 */
export const orderVoidPayment = firstVersion('order.voidPayment', head.extend({ ofPayment: mutationId, reason }));
