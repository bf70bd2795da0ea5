/**
 * The desk's own layer over central's rows: `local_order` and `reservation`, always what `replay` says. Whoever changes
 * one side of it, central's row or the lane's intents, rebuilds it in the same transaction.
 */
import { openMinor } from '../../src-shared/domain/credit.ts';
import { stockSharesOf } from '../../src-shared/domain/lifecycle/fulfilment.ts';
import type { Order } from '../../src-shared/domain/order.ts';
import { isStep } from '../../src-shared/mutations/registry.ts';
import { orderLane } from '../outbox/lane.ts';
import { readLane, type StoredIntent } from '../outbox/intent.ts';
import { perStore, type Store, type StoreReader, type WriteTx } from '../store/store.ts';
import { readCentralOrder } from './central-order.ts';
import { keptHead } from './kept-head.ts';
import { replay, type Replayed } from './replay.ts';

interface LocalOrderRow {
  order_id: string;
  number: string;
  customer_id: string;
  status: string;
  state: string | null;
  business_date: string;
  made_at: number;
  currency: string;
  total_minor: number;
  line_count: number;
  claim_minor: number;
}

interface Reservation {
  mutationId: string;
  warehouseId: string;
  productId: string;
  quantityBase: number;
}

const statements = perStore((store: Store) => ({
  put: store.command<LocalOrderRow, never>((db, p) =>
    db.replaceInto('local_order').values({
      order_id: p.order_id,
      number: p.number,
      customer_id: p.customer_id,
      status: p.status,
      state: p.state,
      business_date: p.business_date,
      made_at: p.made_at,
      currency: p.currency,
      total_minor: p.total_minor,
      line_count: p.line_count,
      claim_minor: p.claim_minor,
    }),
  ),
  remove: store.command<{ orderId: string }, never>((db, p) =>
    db.deleteFrom('local_order').where('order_id', '=', p.orderId),
  ),
  reserve: store.command<Reservation, never>((db, p) =>
    db.insertInto('reservation').values({
      mutation_id: p.mutationId,
      warehouse_id: p.warehouseId,
      product_id: p.productId,
      quantity_base: p.quantityBase,
    }),
  ),
  release: store.command<{ mutationId: string }, never>((db, p) =>
    db.deleteFrom('reservation').where('mutation_id', '=', p.mutationId),
  ),
}));

/** An order as it is shown, its central row apart. */
export function readReplayed(store: StoreReader, orderId: string): Replayed {
  const intents = readLane(store, orderLane(orderId));
  const replayed = replay(readCentralOrder(store, orderId), intents);
  if (replayed.shown || !needsHead(intents)) return replayed;
  return { ...replayed, shown: keptHead(store, orderId) };
}

/**
 * Whether some of it can't be replayed here, and must not make an order vanish: what can't be read, and a step of an order
 * that is not here, because central was set back and has yet to hear of it again.
 */
function needsHead(intents: readonly StoredIntent[]): boolean {
  return intents.some(({ content }) => content === undefined || isStep(content.intent));
}

/** Makes the overlay of one order anew; without unsettled mutations it has none. */
export function rebuildOverlay(store: Store, tx: WriteTx, orderId: string): void {
  const { remove, reserve, release } = statements(store);
  const intents = readLane(store, orderLane(orderId));
  if (intents.length === 0) {
    remove.run(tx, { orderId });
    return;
  }
  const central = readCentralOrder(store, orderId);
  const { shown, standing, reservations } = replay(central, intents);
  for (const { mutationId } of intents) release.run(tx, { mutationId });
  const warehouseId = standing?.warehouseId;
  if (warehouseId !== undefined) for (const taken of reservations) reserve.run(tx, { ...taken, warehouseId });
  if (shown) putLocalOrder(store, tx, shown, claimOn(shown.customerId, standing) - claimOn(shown.customerId, central));
  else if (!needsHead(intents)) remove.run(tx, { orderId });
}

/** The overlay of a new order: what `rebuildOverlay` would make of it, without reading back what was just written. */
export function putNewOverlay(store: Store, tx: WriteTx, placed: { mutationId: string; order: Order }): void {
  const { reserve } = statements(store);
  const { warehouseId } = placed.order;
  for (const [productId, { allocated }] of stockSharesOf(placed.order)) {
    if (allocated === 0) continue;
    reserve.run(tx, { mutationId: placed.mutationId, warehouseId, productId, quantityBase: allocated });
  }
  putLocalOrder(store, tx, placed.order, openMinor(placed.order));
}

/** What an order adds to what that customer owes, minor units. */
function claimOn(customerId: string, order: Order | undefined): number {
  return order?.customerId === customerId ? openMinor(order) : 0;
}

/** @param claimMinor what the desk's intents add to what the customer owes by central's account. */
function putLocalOrder(store: Store, tx: WriteTx, order: Order, claimMinor: number): void {
  statements(store).put.run(tx, {
    order_id: order.orderId,
    number: order.number,
    customer_id: order.customerId,
    status: order.status,
    state: order.state ?? null,
    business_date: order.businessDate,
    made_at: order.madeAt,
    currency: order.currency,
    total_minor: order.totalMinor,
    line_count: order.lines.length,
    claim_minor: claimMinor,
  });
}
