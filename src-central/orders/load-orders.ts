/** Orders with their lines, many at once. */
import { sql, type Selectable } from 'kysely';
import type { Order } from '../../src-shared/domain/order.ts';
import { orderOf } from '../db/rows.ts';
import type { CentralDb, CentralTransaction, SalesOrderLineTable } from '../db/schema.ts';

type LineRow = Selectable<SalesOrderLineTable>;

/** By order, each in the order of its lines. */
export async function linesByOrder(
  db: CentralDb | CentralTransaction,
  orderIds: readonly string[],
): Promise<Map<string, LineRow[]>> {
  const lines = new Map<string, LineRow[]>();
  if (orderIds.length === 0) return lines;
  const rows = await db
    .selectFrom('sales_order_line')
    .selectAll()
    .where('order_id', '=', sql<string>`any(${orderIds}::uuid[])`)
    .orderBy('order_id')
    .orderBy('line_no')
    .execute();
  for (const row of rows) {
    const of = lines.get(row.order_id);
    if (of) of.push(row);
    else lines.set(row.order_id, [row]);
  }
  return lines;
}

export interface StoredOrder {
  order: Order;
  rev: number;
}

/** Those of the ids that there are. */
export async function loadOrders(
  db: CentralDb | CentralTransaction,
  orderIds: readonly string[],
): Promise<Map<string, StoredOrder>> {
  const rows = await db
    .selectFrom('sales_order')
    .selectAll()
    .where('order_id', '=', sql<string>`any(${orderIds}::uuid[])`)
    .execute();
  const lines = await linesByOrder(
    db,
    rows.map((row) => row.order_id),
  );
  return new Map(
    rows.map((row) => [row.order_id, { order: orderOf(row, lines.get(row.order_id) ?? []), rev: row.rev }]),
  );
}
