/**
 * Where an order stands in the house's work. It is not its sync state, and finer than its status: a desk that knows only
 * the status sees an order as placed until it is completed or cancelled.
 */
import { z } from 'zod';

/** The coarse one, which every desk knows. */
export const orderStatus = z.enum(['placed', 'cancelled', 'completed']);
export type OrderStatus = z.infer<typeof orderStatus>;

/** In the order in which an order goes through them, but for the last. */
export const ORDER_STATES = [
  /** Taken; no goods are set aside for it yet. */
  'submitted',
  /** Somebody has to look at it before goods are given out. */
  'orderReview',
  'financeReview',
  /** Goods are set aside: the warehouse may begin. */
  'allocated',
  'picking',
  /** All of it, or a part, has left. */
  'shipped',
  /** The customer has it. */
  'received',
  'completed',
  'cancelled',
] as const;
export const orderState = z.enum(ORDER_STATES);
export type OrderState = z.infer<typeof orderState>;

/** What an order's row says where the status doesn't say it already. */
export const openState = orderState.exclude(['completed', 'cancelled']);

export type OpenState = z.infer<typeof openState>;

const OF_STATUS: Record<OrderStatus, OrderState> = {
  placed: 'allocated',
  completed: 'completed',
  cancelled: 'cancelled',
};

/** A row without a state says by its status what there is to say: placed, its goods set aside. */
export function stateOf(order: { status: OrderStatus; state?: OpenState | undefined }): OrderState {
  return (order.status === 'placed' ? order.state : undefined) ?? OF_STATUS[order.status];
}

/** What the row says of a state: nothing where the status says it. */
export function rowStateOf(state: OrderState): { status: OrderStatus; state?: OpenState } {
  if (state === 'completed' || state === 'cancelled') return { status: state };
  return state === 'allocated' ? { status: 'placed' } : { status: 'placed', state };
}
