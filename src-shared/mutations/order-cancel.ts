/**
 * `order.cancel`: gives the stock back and ends the order. Of an order that central has refused, it leaves a cancelled
 * order without lines, so that its number is accounted for.
 */
import { z } from 'zod';
import { baseVersion } from './order-amend.ts';
import { orderContent } from './order-place.ts';
import { firstVersion } from './versions.ts';

export const orderCancel = firstVersion(
  'order.cancel',
  orderContent
    .omit({ lines: true, note: true, approval: true, oldFacts: true })
    .extend({ baseVersion, reason: z.string().max(2_000) }),
);
export type OrderCancelArgs = z.infer<typeof orderCancel.args>;
