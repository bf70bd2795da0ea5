/**
 * How far each line of an order has come, in thousandths of the base unit: of what was ordered some waits for goods, some
 * has left, some was given up, some came back. What is neither is set aside in the warehouse.
 */
import type { ProductId } from '../ids.ts';
import type { Order, OrderLine } from '../order.ts';

type Followed = Pick<OrderLine, 'quantityBase' | 'backorderBase' | 'shippedBase' | 'closedBase'>;

/** What is set aside for the line and has not left. */
export function lineAllocatedBase({
  quantityBase,
  backorderBase = 0,
  shippedBase = 0,
  closedBase = 0,
}: Followed): number {
  return quantityBase - backorderBase - shippedBase - closedBase;
}

/** What may yet leave: set aside or waiting for goods. */
export function lineOpenBase({ quantityBase, shippedBase = 0, closedBase = 0 }: Followed): number {
  return quantityBase - shippedBase - closedBase;
}

/** What may yet come back. */
export function lineReturnableBase({
  shippedBase = 0,
  returnedBase = 0,
}: Pick<OrderLine, 'shippedBase' | 'returnedBase'>): number {
  return shippedBase - returnedBase;
}

/** What an order does to the stock of its warehouse, by product. */
export interface StockShare {
  /** Set aside and not left. */
  allocated: number;
  /** Left, less what came back onto the shelves. */
  gone: number;
}

/** Of an order that ended nothing is set aside; what left has left. */
export function stockSharesOf(order: Pick<Order, 'status' | 'lines'> | undefined): Map<ProductId, StockShare> {
  const shares = new Map<ProductId, StockShare>();
  for (const line of order?.lines ?? []) {
    const share = shares.get(line.productId) ?? { allocated: 0, gone: 0 };
    if (order?.status === 'placed') share.allocated += lineAllocatedBase(line);
    share.gone += (line.shippedBase ?? 0) - (line.restockedBase ?? 0);
    shares.set(line.productId, share);
  }
  return shares;
}

/** What must be added to each product's allocated and on hand to go from one version of an order to the next. */
export interface StockMove {
  allocated: number;
  onHand: number;
}

/** Products of which nothing moves are left out. */
export function stockMoves(
  before: Pick<Order, 'status' | 'lines'> | undefined,
  after: Pick<Order, 'status' | 'lines'> | undefined,
): Map<ProductId, StockMove> {
  const moves = new Map<ProductId, StockMove>();
  const [was, is] = [stockSharesOf(before), stockSharesOf(after)];
  for (const product of new Set([...was.keys(), ...is.keys()])) {
    const [from, to] = [was.get(product) ?? NOTHING, is.get(product) ?? NOTHING];
    const move = { allocated: to.allocated - from.allocated, onHand: from.gone - to.gone };
    if (move.allocated !== 0 || move.onHand !== 0) moves.set(product, move);
  }
  return moves;
}

const NOTHING: StockShare = { allocated: 0, gone: 0 };

/** Whether nothing of the order may leave any more. */
export function isAllOut(lines: readonly OrderLine[]): boolean {
  return lines.every((line) => lineOpenBase(line) === 0);
}
