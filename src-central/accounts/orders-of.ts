/** Orders with all that they say, some at a time: a customer or a branch may have had hundreds of thousands. */
import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type { Order } from '../../src-shared/domain/order.ts';
import type { CentralDb, CentralTransaction } from '../db/schema.ts';
import { loadOrders } from '../orders/load-orders.ts';

const ORDERS_AT_A_TIME = 500;

/** In the order of their ids. On one snapshot where `db` is a transaction that has one. */
export async function* ordersOf(
  db: CentralDb | CentralTransaction,
  which: RawBuilder<SqlBool>,
): AsyncGenerator<Order[]> {
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const { rows } = await sql<{ order_id: string }>`
      select order_id from sales_order where ${which} and order_id > ${after} order by order_id limit ${ORDERS_AT_A_TIME}
    `.execute(db);
    const ids = rows.map((row) => row.order_id);
    if (ids.length > 0) yield [...(await loadOrders(db, ids)).values()].map(({ order }) => order);
    const last = ids.at(-1);
    if (ids.length < ORDERS_AT_A_TIME || last === undefined) return;
    after = last;
  }
}
