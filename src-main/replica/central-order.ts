/** Central's row of an order, and nothing of this desk's own. */
import type { Selectable } from 'kysely';
import type { Order } from '../../src-shared/domain/order.ts';
import type { StoreSchema } from '../store/schema.ts';
import { perStore, type StoreReader } from '../store/store.ts';

const reading = perStore((store: StoreReader) =>
  store.query<{ orderId: string }, Selectable<StoreSchema['sales_order']>>((db, p) =>
    db.selectFrom('sales_order').selectAll().where('order_id', '=', p.orderId),
  ),
);

export function readCentralOrder(store: StoreReader, orderId: string): Order | undefined {
  const row = reading(store).get({ orderId });
  return row && orderOfRow(row);
}

/** The order exactly as central sent it: its digest is taken of this. */
export function orderOfRow(row: Selectable<StoreSchema['sales_order']>): Order {
  // Central's rows were checked as they came in; nothing else writes this table.
  return {
    orderId: row.order_id,
    number: row.number,
    branchId: row.branch_id,
    warehouseId: row.warehouse_id,
    customerId: row.customer_id,
    status: row.status,
    note: row.note,
    businessDate: row.business_date,
    madeAt: row.made_at,
    version: row.version,
    currency: row.currency,
    totalMinor: row.total_minor,
    ...(row.tax_minor === null ? {} : { taxMinor: row.tax_minor }),
    ...(row.state === null ? {} : { state: row.state }),
    ...(row.hold === null ? {} : { hold: JSON.parse(row.hold) as Order['hold'] }),
    ...(row.credited_minor === null ? {} : { creditedMinor: row.credited_minor }),
    ...(row.paid_minor === null ? {} : { paidMinor: row.paid_minor }),
    ...(row.credit_review === null ? {} : { creditReview: true }),
    ...(row.old_facts === null ? {} : { oldFacts: true }),
    lines: JSON.parse(row.lines) as Order['lines'],
    history: JSON.parse(row.history) as Order['history'],
  } as Order;
}
