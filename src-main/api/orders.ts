/**
 * Orders. The input schemas are wide on purpose: a wrong quantity or an unknown product is an issue on its field, said
 * by the rulebook in the reader's language, and not a parser's complaint.
 */
import { z } from 'zod';
import { mutationId, orderId } from '../../src-shared/domain/ids.ts';
import { PAYMENT_METHODS } from '../../src-shared/domain/order.ts';
import { orderState, orderStatus } from '../../src-shared/domain/lifecycle/order-state.ts';
import { calendarDate } from '../../src-shared/domain/calendar-date.ts';
import { syncState } from '../../src-shared/protocol/sync-state.ts';
import { pageInput, procedure, router } from './trpc.ts';

const givenOrder = {
  customerId: z.string().max(100),
  lines: z
    .array(
      z.object({
        productId: z.string().max(100),
        unit: z.string().max(100),
        quantity: z.unknown(),
        manual: z.object({ unitPrice: z.unknown(), reason: z.string().max(20_000) }).optional(),
        backorder: z.boolean().optional(),
      }),
    )
    .max(20_000),
  note: z.string().max(1_000_000).default(''),
  approval: z.boolean().optional(),
};

const moved = z.array(z.object({ line: z.int(), quantityBase: z.int() })).max(2_000);
const reason = z.string().max(20_000);
const money = {
  minor: z.int(),
  method: z.enum(PAYMENT_METHODS),
  reference: z.string().max(20_000),
  on: calendarDate,
};
const givenStep = z.discriminatedUnion('do', [
  z.object({ do: z.literal('approve'), review: z.enum(['order', 'finance']) }),
  z.object({ do: z.enum(['reject', 'hold', 'closeRest']), reason }),
  z.object({ do: z.enum(['release', 'allocate', 'pick', 'receive', 'complete', 'letGo']) }),
  z.object({ do: z.literal('ship'), moved, tracking: z.string().max(20_000).optional() }),
  z.object({ do: z.literal('return'), moved, reason, restock: z.boolean(), creditMinor: z.int().optional() }),
  z.object({ do: z.enum(['pay', 'refund']), ...money }),
  z.object({ do: z.literal('voidPayment'), ofPayment: mutationId, reason }),
]);

export const orders = router({
  place: procedure
    .input(z.object({ orderId, ...givenOrder }))
    .mutation(({ ctx, input }) => ctx.services.orders.place(input, ctx.language)),
  amend: procedure
    .input(
      z.object({
        orderId,
        baseVersion: z.int().nonnegative().optional(),
        customerId: givenOrder.customerId.optional(),
        lines: givenOrder.lines,
        // Without a default: a note that was not given must not be taken for one that was deleted.
        note: z.string().max(1_000_000).optional(),
        approval: z.boolean().optional(),
      }),
    )
    .mutation(({ ctx, input }) => ctx.services.orders.amend(input, ctx.language)),
  cancel: procedure
    .input(z.object({ orderId, reason: z.string().max(2_000).default('') }))
    .mutation(({ ctx, input }) => ctx.services.orders.cancel(input, ctx.language)),
  /** Review, hold, picking, shipping, receipt, return, money. */
  step: procedure
    .input(z.object({ orderId, baseVersion: z.int().nonnegative().optional(), step: givenStep }))
    .mutation(({ ctx, input }) => ctx.services.orders.step(input, ctx.language)),
  /** Takes over what somebody did whose sign-in no longer counts: as it was said, in the manager's name. */
  approve: procedure
    .input(z.object({ orderId }))
    .mutation(({ ctx, input }) => ctx.services.orders.approve(input, ctx.language)),
  check: procedure
    .input(z.object({ orderId: orderId.optional(), ...givenOrder }))
    .query(({ ctx, input }) => ctx.services.orders.check(input, ctx.language)),
  get: procedure
    .input(z.object({ orderId: z.string() }))
    .query(({ ctx, input }) => ctx.services.orders.get(input.orderId, ctx.language)),
  list: procedure
    .input(
      z.object({
        text: z.string().max(200).optional(),
        customerId: z.string().optional(),
        status: orderStatus.optional(),
        state: orderState.optional(),
        sync: syncState.optional(),
        from: calendarDate.optional(),
        to: calendarDate.optional(),
        ...pageInput,
      }),
    )
    .query(({ ctx, input }) => ctx.services.orders.list(input)),
});
