/**
 * What differs between two versions of one order, and how one becomes the other. Pure.
 *
 * Compared is what a person decides: customer, note, and of each line how much of it, and a price agreed by hand. What
 * follows from that, or happens to it later (list prices, amounts, discounts, tax, how far a line has come), is not. Lines
 * are matched by product and unit; where an order has several of the same, the first of one with the first of the other.
 */
import type { Order, OrderEvent } from './order.ts';

export interface ComparedLine {
  productId: string;
  unit: string;
  /** Any measure, the same in all that is compared; or what was typed and is no quantity. */
  quantity: number | string;
  /** Agreed by hand: ten-thousandths of the major unit for one `unit`, or what was typed and is no price. */
  manual?: { unitPrice: number | string; reason: string } | undefined;
}

export interface ComparedOrder<Line extends ComparedLine = ComparedLine> {
  customerId: string;
  note: string;
  lines: readonly Line[];
}

export type OrderDifference<Line extends ComparedLine = ComparedLine> =
  | { what: 'customerId' | 'note'; from: string; to: string }
  /** Added where there is no `from`, removed where there is no `to`. */
  | { what: 'line'; key: string; from: Line | undefined; to: Line | undefined };

/** Of an order, what is compared. */
export function comparedOrder({
  customerId,
  note,
  lines,
}: Pick<Order, 'customerId' | 'note' | 'lines'>): ComparedOrder {
  return {
    customerId,
    note,
    lines: lines.map(({ productId, unit, quantity, unitPrice, manual }) => ({
      productId,
      unit,
      quantity,
      ...(manual ? { manual: { unitPrice, reason: manual.reason } } : {}),
    })),
  };
}

const SAYS_ANEW: ReadonlySet<OrderEvent['what']> = new Set(['placed', 'amended', 'cancelled', 'imported']);

/** What made the order say what it says: steps and payments since are no change of that. `undefined` of no history. */
export function lastSaid(history: readonly OrderEvent[]): OrderEvent | undefined {
  return history.findLast(({ what }) => SAYS_ANEW.has(what)) ?? history.at(-1);
}

/** Head fields first, then lines in the order of `from`, then the added ones. Empty where nothing differs. */
export function orderDifference<Line extends ComparedLine>(
  from: ComparedOrder<Line>,
  to: ComparedOrder<Line>,
): OrderDifference<Line>[] {
  const found: OrderDifference<Line>[] = [];
  for (const what of ['customerId', 'note'] as const) {
    if (from[what] !== to[what]) found.push({ what, from: from[what], to: to[what] });
  }
  const [before, after] = [keyedLines(from.lines), keyedLines(to.lines)];
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const line = { from: before.get(key), to: after.get(key) };
    if (!isSameLine(line.from, line.to)) found.push({ what: 'line', key, ...line });
  }
  return found;
}

/** The order with those differences made: lines keep their places, added ones come last. */
export function withDifferences<Line extends ComparedLine>(
  order: ComparedOrder<Line>,
  differences: readonly OrderDifference<Line>[],
): ComparedOrder<Line> {
  const { customerId, note } = order;
  const head = { customerId, note };
  const lines = keyedLines(order.lines);
  for (const difference of differences) {
    if (difference.what !== 'line') head[difference.what] = difference.to;
    else if (difference.to) lines.set(difference.key, difference.to);
    else lines.delete(difference.key);
  }
  return { ...head, lines: [...lines.values()] };
}

/**
 * Who made a difference between `theirs` and `ours` (which it leads from and to), both having begun at `base`: the one
 * whose side is no longer as it was. `both` is for a person to decide.
 */
export function madeBy(base: ComparedOrder, difference: OrderDifference): 'theirs' | 'ours' | 'both' {
  if (difference.what !== 'line') {
    const was = base[difference.what];
    return difference.to === was ? 'theirs' : difference.from === was ? 'ours' : 'both';
  }
  const was = keyedLines(base.lines).get(difference.key);
  return isSameLine(was, difference.to) ? 'theirs' : isSameLine(was, difference.from) ? 'ours' : 'both';
}

/** Lines by what they are matched by, in their order. */
export function keyedLines<Line extends ComparedLine>(lines: readonly Line[]): Map<string, Line> {
  const counts = new Map<string, number>();
  const keyed = new Map<string, Line>();
  for (const line of lines) {
    const goods = JSON.stringify([line.productId, line.unit]);
    const count = counts.get(goods) ?? 0;
    counts.set(goods, count + 1);
    keyed.set(`${goods}${count}`, line);
  }
  return keyed;
}

function isSameLine(one: ComparedLine | undefined, other: ComparedLine | undefined): boolean {
  if (!one || !other) return one === other;
  const sameManual = one.manual?.unitPrice === other.manual?.unitPrice && one.manual?.reason === other.manual?.reason;
  return one.quantity === other.quantity && sameManual;
}
