/** Two people's changes of one order, side by side as people read them. */
import type { ComparedLine, ComparedOrder } from '../../src-shared/domain/order-difference.ts';
import type { Order } from '../../src-shared/domain/order.ts';
import { comparedOrder, lastSaid } from '../../src-shared/domain/order-difference.ts';
import { ONE } from '../../src-shared/domain/quantity.ts';
import type { OrderConflict, OrderSide } from '../api/desk-services.ts';
import { readLane } from '../outbox/intent.ts';
import { orderLane } from '../outbox/lane.ts';
import type { StoreReader } from '../store/store.ts';
import { conflictOf } from './conflict.ts';
import { customerNameOf } from './customer-name.ts';
import { namedProducts, type NamedProduct } from './named-products.ts';

/** Null where nobody else's change would be written over by the refused one. */
export function readConflict(
  store: StoreReader,
  { orderId, standing }: { orderId: string; standing: Order | undefined },
): OrderConflict | null {
  const conflict = conflictOf(standing, readLane(store, orderLane(orderId)).at(-1));
  if (!conflict) return null;
  const { theirs, base } = conflict;
  const lines = [...theirs.lines, ...(base?.lines ?? [])];
  const products = namedProducts(store, { warehouseId: theirs.warehouseId, lines });
  return {
    version: theirs.version,
    by: lastSaid(theirs.history) ?? null,
    theirs: sideOf(store, comparedOrder(theirs), products),
    base: base ? sideOf(store, base, products) : null,
  };
}

function sideOf(
  store: StoreReader,
  { customerId, note, lines }: ComparedOrder,
  products: ReadonlyMap<string, NamedProduct>,
): OrderSide {
  return {
    customerId,
    customerName: customerNameOf(store, customerId),
    note,
    lines: lines.map((line) => sideLine(line, products.get(line.productId))),
  };
}

function sideLine(
  { productId, unit, quantity, manual }: ComparedLine,
  product: NamedProduct | undefined,
): OrderSide['lines'][number] {
  return {
    productId,
    productCode: product?.code ?? '',
    productName: product?.name ?? '',
    unit,
    quantity: Number(quantity) / ONE,
    manual: manual ? { unitPrice: Number(manual.unitPrice), reason: manual.reason } : null,
  };
}
