/**
 * Past orders, from a file with one row a line. Rows of one number make one order, in the order of the file.
 *
 * Guarantees: an imported order is `completed`, at the file's prices, and takes no stock: the goods have gone. Its id
 * comes from its number, so a second run finds it. What is there is never overwritten: an order whose number exists
 * with other content is refused, all its lines.
 *
 * A line that can't be taken is refused with its reason and the rest of its order is taken: files have postage and fees
 * among the goods. The order's customer and day are those of its first good line; its time is that line's, because
 * tills split an order over two minutes.
 */
import type { Selectable } from 'kysely';
import type { Currency } from '../../../src-shared/domain/money.ts';
import { moreOf, order as orderSchema, type Order, type OrderLine } from '../../../src-shared/domain/order.ts';
import { putOf, recordChanges } from '../../change-feed/record-changes.ts';
import { ordersScope } from '../../../src-shared/protocol/scope.ts';
import { orderOf } from '../../db/rows.ts';
import type { CentralTransaction, SalesOrderLineTable, SalesOrderTable } from '../../db/schema.ts';
import { refusal, type Verdict } from '../refusal.ts';
import { putRows } from '../write-rows.ts';
import { buildOrder, type BuiltOrder } from './build-order.ts';
import { customersByCode, productsByCode } from './known-rows.ts';
import type { OrderRows } from './read-order-row.ts';
import type { ImportSetting, Plan } from './row-kind.ts';
import { schemaRefusal } from './schema-refusal.ts';

export interface OrderTally {
  /** Orders that were made now. */
  created: number;
  /** Orders that were there already, the same. */
  unchanged: number;
  /** The sum of the totals of both, in minor units: exact, past 2^53 too. */
  totalMinor: bigint;
  currency: Currency;
}

export interface OrderPlan extends Plan {
  /** What the batch adds to the tally. */
  orders: Omit<OrderTally, 'currency'>;
}

/** Plans a batch of orders; the verdicts are those of their rows, order by order. */
export async function planOrders(
  tx: CentralTransaction,
  batch: readonly OrderRows[],
  setting: ImportSetting,
): Promise<OrderPlan> {
  const drafts = batch.flatMap(({ rows }) => rows.map(({ draft }) => draft));
  const customers = await customersByCode(
    tx,
    drafts.map((draft) => draft.customer),
  );
  const products = await productsByCode(
    tx,
    drafts.map((draft) => draft.code),
  );
  const known = await knownOrders(
    tx,
    batch.map(({ number }) => number),
  );
  const written: Order[] = [];
  const orders = { created: 0, unchanged: 0, totalMinor: 0n };
  const verdicts = batch.flatMap((group): Verdict[] => {
    const built = buildOrder(group, { customers, products }, setting);
    const verdict = verdictOn(built, known.get(group.number));
    if (built.order && (verdict === 'new' || verdict === 'unchanged')) {
      if (verdict === 'new') written.push(built.order);
      orders[verdict === 'new' ? 'created' : 'unchanged'] += 1;
      orders.totalMinor += BigInt(built.order.totalMinor);
    }
    return built.refusals.map((refused) => refused ?? verdict);
  });
  return { verdicts, orders, write: () => writeOrders(tx, written) };
}

/** On the order as a whole: what its good lines share. */
function verdictOn(built: BuiltOrder, before: Order | undefined): Verdict {
  const { order } = built;
  // Without a good line there is no order, and no line that asks for this verdict.
  if (!order) return built.fault ?? 'unchanged';
  if (before) return sameOrder(before, order) ? 'unchanged' : refusal('orderDiffers', { number: order.number });
  return schemaRefusal(orderSchema, order) ?? 'new';
}

function sameOrder(a: Order, b: Order): boolean {
  const content = ({ status, customerId, businessDate, currency, lines }: Order): string =>
    JSON.stringify([
      status,
      customerId,
      businessDate,
      currency,
      lines.map((line) => [line.productId, line.unit, line.quantity, line.unitPrice]),
    ]);
  return content(a) === content(b);
}

async function knownOrders(tx: CentralTransaction, numbers: readonly string[]): Promise<Map<string, Order>> {
  const rows = await tx
    .selectFrom('sales_order')
    .selectAll()
    .where('number', 'in', [...numbers])
    .execute();
  if (rows.length === 0) return new Map();
  const lines = await tx
    .selectFrom('sales_order_line')
    .selectAll()
    .where(
      'order_id',
      'in',
      rows.map((row) => row.order_id),
    )
    .orderBy('order_id')
    .orderBy('line_no')
    .execute();
  const byOrder = new Map(rows.map((row) => [row.order_id, [] as Selectable<SalesOrderLineTable>[]]));
  for (const line of lines) byOrder.get(line.order_id)?.push(line);
  return new Map(rows.map((row) => [row.number, orderOf(row, byOrder.get(row.order_id) ?? [])]));
}

async function writeOrders(tx: CentralTransaction, orders: readonly Order[]): Promise<void> {
  await putRows(tx, { table: 'sales_order', key: ['order_id'] }, orders.map(orderRow));
  const lines = orders.flatMap((order) => order.lines.map((line, at) => lineRow(order, line, at)));
  await putRows(tx, { table: 'sales_order_line', key: ['order_id', 'line_no'] }, lines);
  const changes = orders.map((order) => putOf(ordersScope(order.branchId, order.businessDate), 'order', order, 1));
  await recordChanges(tx, changes);
}

function orderRow(order: Order): Selectable<SalesOrderTable> {
  return {
    order_id: order.orderId,
    number: order.number,
    branch_id: order.branchId,
    warehouse_id: order.warehouseId,
    customer_id: order.customerId,
    status: order.status,
    note: order.note,
    business_date: order.businessDate,
    made_at: order.madeAt,
    version: order.version,
    currency: order.currency,
    total_minor: order.totalMinor,
    tax_minor: order.taxMinor ?? null,
    state: order.state ?? null,
    hold: order.hold ?? null,
    credited_minor: order.creditedMinor ?? null,
    credit_review: order.creditReview ?? null,
    old_facts: order.oldFacts ?? null,
    paid_minor: order.paidMinor ?? null,
    history: order.history,
    rev: 1,
  };
}

function lineRow(order: Order, line: OrderLine, at: number): Selectable<SalesOrderLineTable> {
  return {
    order_id: order.orderId,
    line_no: at,
    product_id: line.productId,
    unit: line.unit,
    quantity: line.quantity,
    quantity_base: line.quantityBase,
    unit_price: line.unitPrice,
    amount_minor: line.amountMinor,
    price_kind: line.priceKind,
    price_id: line.priceId,
    more: moreOf(line) ?? null,
  };
}
