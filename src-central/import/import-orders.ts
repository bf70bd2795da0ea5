/**
 * Takes a file of order lines. The rows are grouped by order number before anything is written, so that an order whose
 * rows stand far apart is one order; then orders are written whole, some hundreds in a transaction.
 */
import { warehouseLock } from '../db/lock-keys.ts';
import type { ColumnMapping } from './columns.ts';
import { planOrders, type OrderPlan, type OrderTally } from './kinds/orders.ts';
import { readOrderRow, type OrderRows } from './kinds/read-order-row.ts';
import type { ImportSetting } from './kinds/row-kind.ts';
import { BATCH_ORDER_LINES, BATCH_ORDERS } from './limits.ts';
import { Outcomes } from './outcomes.ts';
import { refusal } from './refusal.ts';
import { RowReader } from './row-reader.ts';
import type { RowSource } from './source/row-source.ts';
import type { Transact } from './transact.ts';

export async function importOrders(
  { source, mapping, setting }: { source: RowSource; mapping: ColumnMapping; setting: ImportSetting },
  transact: Transact,
): Promise<{ outcomes: Outcomes; orders: OrderTally }> {
  const outcomes = new Outcomes();
  const groups = new Map<string, OrderRows>();
  for await (const cells of source.rows()) {
    const reader = new RowReader(cells, mapping);
    const draft = reader.refusal ? undefined : readOrderRow(reader, setting);
    if (!draft) {
      outcomes.record(cells.row, reader.refusal ?? refusal('notValid', { field: '', value: '' }));
      continue;
    }
    const group = groups.get(draft.number) ?? { number: draft.number, rows: [] };
    group.rows.push({ row: cells.row, draft });
    groups.set(draft.number, group);
  }
  const orders: OrderTally = { created: 0, unchanged: 0, totalMinor: 0n, currency: setting.house.currency };
  const lockKeys = setting.house.branches.map((branch) => warehouseLock(branch.warehouseId));
  for (const batch of batches(groups.values())) {
    let plan: OrderPlan | undefined;
    const verdicts = await transact(lockKeys, async (tx) => {
      plan = await planOrders(tx, batch, setting);
      return plan;
    });
    const rows = batch.flatMap((group) => group.rows);
    for (const [at, { row }] of rows.entries()) outcomes.record(row, verdicts[at] ?? 'unchanged');
    orders.created += plan?.orders.created ?? 0;
    orders.unchanged += plan?.orders.unchanged ?? 0;
    orders.totalMinor += plan?.orders.totalMinor ?? 0n;
  }
  return { outcomes, orders };
}

function* batches(groups: Iterable<OrderRows>): Iterable<OrderRows[]> {
  let batch: OrderRows[] = [];
  let lines = 0;
  for (const group of groups) {
    if (batch.length >= BATCH_ORDERS || (batch.length > 0 && lines + group.rows.length > BATCH_ORDER_LINES)) {
      yield batch;
      batch = [];
      lines = 0;
    }
    batch.push(group);
    lines += group.rows.length;
  }
  if (batch.length > 0) yield batch;
}
