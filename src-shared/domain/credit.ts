/**
 * What one order adds to its customer's account: pure, and a sum over lines, so that an account is the sum over a
 * customer's orders, whatever happened to them in which order.
 */
import type { Order, OrderEvent, OrderLine } from './order.ts';
import { lineGrossMinor } from './order-totals.ts';
import { shareRounded } from './rounding.ts';

/** In the order's currency, minor units. */
export interface OrderClaim {
  /** Of goods that may yet leave. */
  onOrderMinor: number;
  /** Of goods that left, less what came back and what was paid, by the day until which it is to be paid. None is zero. */
  due: ReadonlyMap<string, number>;
}

/**
 * What so much of a line costs, minor units. All of it is rounded as one, so that a line that goes piece by piece comes
 * to what it comes to as a whole, to the unit.
 */
export function lineWorthMinor(line: OrderLine, quantityBase: number): number {
  const grossMinor = lineGrossMinor(line);
  if (quantityBase === line.quantityBase) return grossMinor;
  return shareRounded(grossMinor, quantityBase, line.quantityBase);
}

type Claiming = Pick<Order, 'status' | 'businessDate' | 'lines' | 'history' | 'creditedMinor' | 'paidMinor'>;

/** What counts against the customer's limit before anything is paid, minor units. */
export function claimedMinor({
  status,
  lines,
  creditedMinor = 0,
}: Pick<Claiming, 'status' | 'lines' | 'creditedMinor'>): number {
  return lines.reduce((sum, line) => sum + lineWorthMinor(line, claimedBase(line, status)), -creditedMinor);
}

function claimedBase({ quantityBase, closedBase = 0, shippedBase = 0 }: OrderLine, status: Order['status']): number {
  return status === 'placed' ? quantityBase - closedBase : shippedBase;
}

/** What is still to be paid of an order, whether it has left or not; less than nothing where too much was paid. */
export function openMinor(order: Pick<Claiming, 'status' | 'lines' | 'creditedMinor' | 'paidMinor'>): number {
  return claimedMinor(order) - (order.paidMinor ?? 0);
}

/** What is paid or credited goes to what is due first. */
export function claimOf(order: Claiming): OrderClaim {
  const due = new Map<string, number>();
  let left = (order.paidMinor ?? 0) + (order.creditedMinor ?? 0);
  let [shippedMinor, last] = [0, order.businessDate];
  for (const { event, minor } of shipmentsOf(order)) {
    shippedMinor += minor;
    last = event.dueDate ?? order.businessDate;
    const covered = Math.min(left, minor);
    left -= covered;
    add(due, last, minor - covered);
  }
  // Paid before it left, or came back after it was paid.
  add(due, last, -left);
  return { onOrderMinor: claimedMinor({ ...order, creditedMinor: 0 }) - shippedMinor, due };
}

/** Goods that left or came back together. */
export interface Movement {
  event: OrderEvent;
  /** What they came to, minor units. */
  minor: number;
  parts: { line: OrderLine; quantityBase: number; minor: number }[];
}

/** Each time that goods left. */
export function shipmentsOf(order: Pick<Claiming, 'lines' | 'history'>): Movement[] {
  return movementsOf(order, 'shipped');
}

/** In parts that come to what the whole comes to, whichever of the two it is. */
export function movementsOf(
  { lines, history }: Pick<Claiming, 'lines' | 'history'>,
  what: 'shipped' | 'returned',
): Movement[] {
  const before = lines.map(() => 0);
  return history.flatMap((event) => {
    if (event.what !== what || !event.moved) return [];
    const parts = event.moved.flatMap(({ line: index, quantityBase }) => {
      const line = lines[index];
      if (!line) return [];
      const from = before[index] ?? 0;
      before[index] = from + quantityBase;
      return [{ line, quantityBase, minor: lineWorthMinor(line, from + quantityBase) - lineWorthMinor(line, from) }];
    });
    return [{ event, minor: parts.reduce((sum, part) => sum + part.minor, 0), parts }];
  });
}

function add(due: Map<string, number>, date: string, minor: number): void {
  const sum = (due.get(date) ?? 0) + minor;
  if (sum === 0) due.delete(date);
  else due.set(date, sum);
}

/** An account's due days with one order's claim taken from them and another added, in the order of days. */
export function withClaim(
  due: readonly (readonly [string, number])[],
  { less, more }: { less?: OrderClaim | undefined; more?: OrderClaim | undefined },
): [string, number][] {
  const sums = new Map(due);
  for (const [date, minor] of less?.due ?? []) add(sums, date, -minor);
  for (const [date, minor] of more?.due ?? []) add(sums, date, minor);
  return [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
