/**
 * What is left to show of an order whose only mutations can't be read any more: its head, as the list has had it since
 * it was saved. The lines are in bytes that somebody must look at; the order must not vanish with them.
 */
import type { Order } from '../../src-shared/domain/order.ts';
import { perStore, type StoreReader } from '../store/store.ts';

interface HeadRow {
  order_id: string;
  number: string;
  customer_id: string;
  status: string;
  business_date: string;
  made_at: number;
  currency: string;
  total_minor: number;
  branch_id: string | null;
  warehouse_id: string | null;
}

const statements = perStore((store: StoreReader) => ({
  head: store.query<{ orderId: string }, HeadRow>((db, p) =>
    db
      .selectFrom('local_order')
      .leftJoin('customer', 'customer.customer_id', 'local_order.customer_id')
      .leftJoin('branch', 'branch.branch_id', 'customer.branch_id')
      .select(['order_id', 'number', 'local_order.customer_id', 'status', 'business_date', 'made_at', 'currency'])
      .select(['total_minor', 'branch.branch_id', 'branch.warehouse_id'])
      .where('order_id', '=', p.orderId),
  ),
}));

export function keptHead(store: StoreReader, orderId: string): Order | undefined {
  const row = statements(store).head.get({ orderId });
  if (!row) return undefined;
  // This desk wrote the row from an order of its own; nothing else writes this table.
  return {
    orderId: row.order_id,
    number: row.number,
    branchId: row.branch_id ?? '',
    warehouseId: row.warehouse_id ?? '',
    customerId: row.customer_id,
    status: row.status,
    note: '',
    businessDate: row.business_date,
    madeAt: row.made_at,
    version: 1,
    currency: row.currency,
    totalMinor: row.total_minor,
    lines: [],
    history: [],
  } as unknown as Order;
}
