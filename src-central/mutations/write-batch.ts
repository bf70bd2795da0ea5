/**
 * Writes what a batch came to, set-wise: orders, lines, replaced versions, stock, receipts, and the changes that tell
 * the desks. All in the transaction that read the rows: effect and receipt commit together.
 */
import { sql } from 'kysely';
import type { Order, OrderLine } from '../../src-shared/domain/order.ts';
import type { Receipt } from '../../src-shared/protocol/receipt.ts';
import type { Stock } from '../../src-shared/domain/stock.ts';
import { branchScope, deviceScope, ordersScope } from '../../src-shared/protocol/scope.ts';
import { putOf, recordChanges, type RecordedChange } from '../change-feed/record-changes.ts';
import { integerArray, textArray, uuidArray } from '../db/array-literals.ts';
import type { CentralTransaction } from '../db/schema.ts';
import { leaseChange, type LeaseRow } from '../leases/lease-rows.ts';
import type { Device } from '../identity/device.ts';
import type { BatchState, KnownReceipt, OrderEntry, StockEntry } from './batch-state.ts';

interface WrittenOrder extends OrderEntry {
  now: Order;
  rev: number;
}

/** @returns the transaction's id when anything was written. */
export async function writeBatch(
  tx: CentralTransaction,
  state: BatchState,
  device: Device,
): Promise<string | undefined> {
  const orders = writtenOrders(state);
  const stock = [...state.stock].filter(([, entry]) => entry.touched);
  const receipts = [...state.receipts.values()].filter((receipt) => receipt.state !== 'stored');
  await writeOrders(tx, orders);
  await writeReplacedVersions(tx, orders);
  await writeLines(tx, orders);
  await writeStock(tx, device.branch.warehouseId, stock);
  const leases = await writeUsedLeases(tx, state);
  await writeReceipts(
    tx,
    receipts.filter((receipt) => receipt.state === 'new'),
  );
  await writeSuperseded(
    tx,
    receipts.filter((receipt) => receipt.state === 'superseded'),
  );
  return recordChanges(tx, [
    ...stock.map(([productId, entry]) => stockChange(device, productId, entry)),
    ...leases.map(leaseChange),
    ...orders.map(({ now, rev }) => putOf(ordersScope(now.branchId, now.businessDate), 'order', now, rev)),
    ...receipts.map((receipt) => putOf(deviceScope(receipt.deviceId), 'receipt', receiptRow(receipt), receipt.rev)),
  ]);
}

function writtenOrders(state: BatchState): WrittenOrder[] {
  const written: WrittenOrder[] = [];
  for (const entry of state.orders.values()) {
    if (!entry.now || entry.now === entry.stored?.order) continue;
    written.push({ ...entry, now: entry.now, rev: (entry.stored?.rev ?? 0) + 1 });
  }
  return written;
}

function stockChange(device: Device, productId: string, entry: StockEntry): RecordedChange {
  const row: Stock = {
    warehouseId: device.branch.warehouseId,
    productId: productId as Stock['productId'],
    onHand: entry.onHand,
    allocated: entry.allocated,
  };
  return putOf(branchScope(device.branch.branchId), 'stock', row, entry.rev + 1);
}

function receiptRow(of: KnownReceipt): Receipt {
  return {
    mutationId: of.mutationId as Receipt['mutationId'],
    lane: of.lane,
    name: of.name,
    verdict: of.verdict,
    issues: of.issues,
    supersededBy: of.supersededBy as Receipt['supersededBy'],
    bodyHash: of.bodyHash,
    judgedAt: of.judgedAt,
  };
}

async function writeOrders(tx: CentralTransaction, orders: readonly WrittenOrder[]): Promise<void> {
  if (orders.length === 0) return;
  const column = <T>(pick: (order: Order) => T): T[] => orders.map(({ now }) => pick(now));
  await sql`
    insert into sales_order (order_id, number, branch_id, warehouse_id, customer_id, status, note, business_date,
      made_at, version, currency, total_minor, history, rev)
    select * from unnest(
      ${uuidArray(column((order) => order.orderId))}::uuid[],
      ${textArray(column((order) => order.number))}::text[],
      ${uuidArray(column((order) => order.branchId))}::uuid[],
      ${uuidArray(column((order) => order.warehouseId))}::uuid[],
      ${uuidArray(column((order) => order.customerId))}::uuid[],
      ${textArray(column((order) => order.status))}::text[],
      ${textArray(column((order) => order.note))}::text[],
      ${textArray(column((order) => order.businessDate))}::date[],
      ${integerArray(column((order) => order.madeAt))}::bigint[],
      ${integerArray(column((order) => order.version))}::integer[],
      ${textArray(column((order) => order.currency))}::text[],
      ${integerArray(column((order) => order.totalMinor))}::bigint[],
      ${textArray(column((order) => JSON.stringify(order.history)))}::jsonb[],
      ${integerArray(orders.map((order) => order.rev))}::bigint[]
    )
    on conflict (order_id) do update set
      customer_id = excluded.customer_id, status = excluded.status, note = excluded.note, version = excluded.version,
      currency = excluded.currency, total_minor = excluded.total_minor, history = excluded.history, rev = excluded.rev
  `.execute(tx);
}

async function writeReplacedVersions(tx: CentralTransaction, orders: readonly WrittenOrder[]): Promise<void> {
  const replaced = orders.flatMap((order) => order.replaced);
  if (replaced.length === 0) return;
  await sql`
    insert into sales_order_version (order_id, version, document)
    select * from unnest(
      ${uuidArray(replaced.map((order) => order.orderId))}::uuid[],
      ${integerArray(replaced.map((order) => order.version))}::integer[],
      ${textArray(replaced.map((order) => JSON.stringify(order)))}::jsonb[]
    )
  `.execute(tx);
}

async function writeLines(tx: CentralTransaction, orders: readonly WrittenOrder[]): Promise<void> {
  const amended = orders.filter((order) => order.stored).map(({ now }) => now.orderId);
  if (amended.length > 0)
    await sql`delete from sales_order_line where order_id = any(${uuidArray(amended)}::uuid[])`.execute(tx);
  const lines = orders.flatMap(({ now }) => now.lines.map((line, index) => ({ orderId: now.orderId, index, line })));
  if (lines.length === 0) return;
  const column = <T>(pick: (line: OrderLine) => T): T[] => lines.map(({ line }) => pick(line));
  await sql`
    insert into sales_order_line (order_id, line_no, product_id, unit, quantity, quantity_base, unit_price,
      amount_minor, price_kind, price_id)
    select * from unnest(
      ${uuidArray(lines.map(({ orderId }) => orderId))}::uuid[],
      ${integerArray(lines.map(({ index }) => index + 1))}::integer[],
      ${uuidArray(column((line) => line.productId))}::uuid[],
      ${textArray(column((line) => line.unit))}::text[],
      ${integerArray(column((line) => line.quantity))}::bigint[],
      ${integerArray(column((line) => line.quantityBase))}::bigint[],
      ${integerArray(column((line) => line.unitPrice))}::bigint[],
      ${integerArray(column((line) => line.amountMinor))}::bigint[],
      ${textArray(column((line) => line.priceKind))}::text[],
      ${uuidArray(column((line) => line.priceId))}::uuid[]
    )
  `.execute(tx);
}

async function writeStock(
  tx: CentralTransaction,
  warehouseId: string,
  stock: readonly (readonly [string, StockEntry])[],
): Promise<void> {
  if (stock.length === 0) return;
  const result = await sql`
    update stock set allocated = given.allocated, rev = given.rev
    from unnest(
      ${uuidArray(stock.map(([productId]) => productId))}::uuid[],
      ${integerArray(stock.map(([, entry]) => entry.allocated))}::bigint[],
      ${integerArray(stock.map(([, entry]) => entry.rev + 1))}::bigint[]
    ) as given (product_id, allocated, rev)
    where stock.warehouse_id = ${warehouseId} and stock.product_id = given.product_id
  `.execute(tx);
  if (Number(result.numAffectedRows) !== stock.length) {
    throw new Error(`${stock.length} stock rows to write, ${String(result.numAffectedRows)} there`);
  }
}

async function writeReceipts(tx: CentralTransaction, receipts: readonly KnownReceipt[]): Promise<void> {
  if (receipts.length === 0) return;
  const column = <T>(pick: (receipt: KnownReceipt) => T): T[] => receipts.map(pick);
  await sql`
    insert into receipt (mutation_id, device_id, incarnation_id, seq, lane, name, body_hash, refused_body, verdict,
      issues, superseded_by, judged_at)
    select * from unnest(
      ${uuidArray(column((receipt) => receipt.mutationId))}::uuid[],
      ${uuidArray(column((receipt) => receipt.deviceId))}::uuid[],
      ${uuidArray(column((receipt) => receipt.incarnationId))}::uuid[],
      ${integerArray(column((receipt) => receipt.seq))}::bigint[],
      ${textArray(column((receipt) => receipt.lane))}::text[],
      ${textArray(column((receipt) => receipt.name))}::text[],
      ${textArray(column((receipt) => receipt.bodyHash))}::text[],
      ${textArray(column((receipt) => receipt.refusedBody))}::text[],
      ${textArray(column((receipt) => receipt.verdict))}::text[],
      ${textArray(column((receipt) => JSON.stringify(receipt.issues)))}::jsonb[],
      ${uuidArray(column((receipt) => receipt.supersededBy))}::uuid[],
      ${integerArray(column((receipt) => receipt.judgedAt))}::bigint[]
    )
  `.execute(tx);
}

async function writeSuperseded(tx: CentralTransaction, receipts: readonly KnownReceipt[]): Promise<void> {
  if (receipts.length === 0) return;
  await sql`
    update receipt set superseded_by = given.superseded_by, rev = given.rev
    from unnest(
      ${uuidArray(receipts.map((receipt) => receipt.mutationId))}::uuid[],
      ${uuidArray(receipts.map((receipt) => receipt.supersededBy))}::uuid[],
      ${integerArray(receipts.map((receipt) => receipt.rev))}::bigint[]
    ) as given (mutation_id, superseded_by, rev)
    where receipt.mutation_id = given.mutation_id
  `.execute(tx);
}

/** One that is used up has ended. */
async function writeUsedLeases(tx: CentralTransaction, state: BatchState): Promise<LeaseRow[]> {
  const used = [...state.leases.values()].flat().filter(({ row, usedBase }) => usedBase !== row.used_base);
  if (used.length === 0) return [];
  const { rows } = await sql<LeaseRow>`
    update stock_lease l
    set used_base = given.used_base, live = given.used_base < l.quantity_base, rev = l.rev + 1
    from unnest(
      ${uuidArray(used.map(({ row }) => row.lease_id))}::uuid[],
      ${integerArray(used.map(({ usedBase }) => usedBase))}::bigint[]
    ) as given (lease_id, used_base)
    where l.lease_id = given.lease_id
    returning l.*
  `.execute(tx);
  return rows;
}
