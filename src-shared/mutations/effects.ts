/** What a mutation makes of an order: pure, so that a desk shows at once what central will keep. */
import { rowStateOf, type OrderState } from '../domain/lifecycle/order-state.ts';
import type { Currency } from '../domain/money.ts';
import type { Order, OrderEvent } from '../domain/order.ts';
import type { Judgement } from '../domain/order-rules.ts';
import type { Actor } from './actor.ts';
import type { OrderCancelArgs } from './order-cancel.ts';
import type { OrderContent } from './order-place.ts';

/** What the rules, or whoever knew better, made of the lines. */
export type Priced = Pick<Judgement, 'lines' | 'currency' | 'totalMinor' | 'taxMinor' | 'creditReview'> & {
  /** It was taken by facts that somebody has to confirm. */
  oldFacts?: true | undefined;
  /** Where it stands by what the house wants looked at, and by the goods. */
  state: OrderState;
};

export function placed(content: OrderContent, judged: Priced, by: Actor): Order {
  return written(undefined, content, judged, by, 'placed');
}

export function amended(current: Order | undefined, content: OrderContent, judged: Priced, by: Actor): Order {
  return written(current, content, judged, by, 'amended');
}

export function cancelled(current: Order | undefined, args: OrderCancelArgs, currency: Currency, by: Actor): Order {
  const version = (current?.version ?? 0) + 1;
  const { orderId, number, branchId, warehouseId, customerId, businessDate } = args;
  const base: Omit<Order, 'status' | 'version'> = current ?? {
    orderId,
    number,
    branchId,
    warehouseId,
    customerId,
    note: '',
    businessDate,
    madeAt: by.madeAt,
    currency,
    totalMinor: 0,
    lines: [],
    history: [],
  };
  const happened = eventOf({ ...base, version }, 'cancelled', by, args.reason);
  const { state: _state, hold: _hold, ...rest } = base;
  return { ...rest, ...rowStateOf('cancelled'), version, history: [...base.history, happened] };
}

function written(
  current: Order | undefined,
  content: OrderContent,
  judged: Priced,
  by: Actor,
  what: 'placed' | 'amended',
): Order {
  if (judged.currency === null) throw new Error(`${what}: an order without a priced line`);
  const { orderId, number, branchId, warehouseId, customerId, businessDate, note } = content;
  const next = {
    orderId,
    number: current?.number ?? number,
    branchId,
    warehouseId: current?.warehouseId ?? warehouseId,
    customerId,
    ...rowStateOf(judged.state),
    // What a manager holds back stays so; what a review sent back is another order now.
    ...(current?.hold && !current.hold.review ? { hold: current.hold } : {}),
    note,
    businessDate: current?.businessDate ?? businessDate,
    madeAt: current?.madeAt ?? by.madeAt,
    version: (current?.version ?? 0) + 1,
    currency: judged.currency,
    totalMinor: judged.totalMinor,
    ...(judged.taxMinor === undefined ? {} : { taxMinor: judged.taxMinor }),
    ...(judged.creditReview ? { creditReview: judged.creditReview } : {}),
    ...(judged.oldFacts ? { oldFacts: judged.oldFacts } : {}),
    ...(current?.paidMinor === undefined ? {} : { paidMinor: current.paidMinor }),
    lines: judged.lines,
  };
  return { ...next, history: [...(current?.history ?? []), eventOf(next, what, by, null)] };
}

export function eventOf(
  of: Pick<Order, 'version' | 'totalMinor' | 'lines'>,
  what: OrderEvent['what'],
  by: Actor,
  reason: string | null,
): OrderEvent {
  return {
    version: of.version,
    what,
    at: by.at,
    mutationId: by.mutationId,
    userId: by.userId,
    userName: by.userName,
    deviceId: by.deviceId,
    deviceName: by.deviceName,
    totalMinor: of.totalMinor,
    lineCount: of.lines.length,
    reason,
  };
}
