/** What a mutation makes of an order: pure, so that a desk shows at once what central will keep. */
import type { ProductId } from '../domain/ids.ts';
import type { Currency } from '../domain/money.ts';
import type { Order, OrderEvent } from '../domain/order.ts';
import type { Judgement } from '../domain/order-rules.ts';
import type { Actor } from './actor.ts';
import type { OrderCancelArgs } from './order-cancel.ts';
import type { OrderContent } from './order-place.ts';

/** What the rules, or whoever knew better, made of the lines. */
export type Priced = Pick<Judgement, 'lines' | 'currency' | 'totalMinor' | 'taxMinor'>;

export function placed(content: OrderContent, judged: Priced, by: Actor): Order {
  return written(undefined, content, judged, by, 'placed');
}

export function amended(current: Order | undefined, content: OrderContent, judged: Priced, by: Actor): Order {
  return written(current, content, judged, by, 'amended');
}

export function cancelled(current: Order | undefined, args: OrderCancelArgs, currency: Currency, by: Actor): Order {
  const version = (current?.version ?? 0) + 1;
  const { orderId, number, branchId, warehouseId, customerId, businessDate } = args;
  const base = current ?? {
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
  const happened = event({ ...base, version }, 'cancelled', by, args.reason);
  return { ...base, status: 'cancelled', version, history: [...base.history, happened] };
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
    status: 'placed' as const,
    note,
    businessDate: current?.businessDate ?? businessDate,
    madeAt: current?.madeAt ?? by.madeAt,
    version: (current?.version ?? 0) + 1,
    currency: judged.currency,
    totalMinor: judged.totalMinor,
    ...(judged.taxMinor === undefined ? {} : { taxMinor: judged.taxMinor }),
    lines: judged.lines,
  };
  return { ...next, history: [...(current?.history ?? []), event(next, what, by, null)] };
}

function event(
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

/** What an order holds of each product, in thousandths of the base unit. Only an open order holds anything. */
export function allocationOf(of: Pick<Order, 'status' | 'lines'> | undefined): Map<ProductId, number> {
  const held = new Map<ProductId, number>();
  if (of?.status !== 'placed') return held;
  for (const line of of.lines) held.set(line.productId, (held.get(line.productId) ?? 0) + line.quantityBase);
  return held;
}

/** What must be added to each product's allocated quantity to go from one version of an order to the next. */
export function allocationDelta(before: Order | undefined, after: Order | undefined): Map<ProductId, number> {
  const delta = allocationOf(after);
  for (const [product, quantity] of allocationOf(before)) {
    const change = (delta.get(product) ?? 0) - quantity;
    if (change === 0) delta.delete(product);
    else delta.set(product, change);
  }
  return delta;
}
