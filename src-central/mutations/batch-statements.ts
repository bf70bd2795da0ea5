/**
 * The statements by which a batch's rows get into their tables, set-wise. Those that return a builder are parts of one
 * statement; the others are seldom needed and go by themselves.
 */
import { sql, type RawBuilder } from 'kysely';
import { moreOf, type Order, type OrderLine } from '../../src-shared/domain/order.ts';
import { integerArray, JSON_SEPARATOR, jsonList, textArray, uuidArray } from '../db/array-literals.ts';
import type { CentralTransaction } from '../db/schema.ts';
import type { KnownReceipt, Movement, OrderEntry, StockEntry } from './batch-state.ts';

export interface WrittenOrder {
  entry: OrderEntry;
  now: Order;
  rev: number;
  replaced: Order[];
  /** Whether there is an earlier version of it in the database. */
  isStored: boolean;
}

export function insertOrders(orders: readonly WrittenOrder[]): RawBuilder<unknown> {
  const column = <T>(pick: (order: Order) => T): T[] => orders.map(({ now }) => pick(now));
  return sql`
    insert into sales_order (order_id, number, branch_id, warehouse_id, customer_id, status, note, business_date,
      made_at, version, currency, total_minor, tax_minor, state, hold, credited_minor, paid_minor,
      credit_review, old_facts, history, rev)
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
      ${integerArray(column((order) => order.taxMinor ?? null))}::bigint[],
      ${textArray(column((order) => order.state ?? null))}::text[],
      ${textArray(column((order) => (order.hold ? JSON.stringify(order.hold) : null)))}::jsonb[],
      ${integerArray(column((order) => order.creditedMinor ?? null))}::bigint[],
      ${integerArray(column((order) => order.paidMinor ?? null))}::bigint[],
      ${textArray(column((order) => (order.creditReview ? 'true' : null)))}::boolean[],
      ${textArray(column((order) => (order.oldFacts ? 'true' : null)))}::boolean[],
      ${textArray(column((order) => JSON.stringify(order.history)))}::jsonb[],
      ${integerArray(orders.map((order) => order.rev))}::bigint[]
    )
    on conflict (order_id) do update set
      customer_id = excluded.customer_id, status = excluded.status, note = excluded.note, version = excluded.version,
      currency = excluded.currency, total_minor = excluded.total_minor, tax_minor = excluded.tax_minor,
      state = excluded.state, hold = excluded.hold, credited_minor = excluded.credited_minor,
      paid_minor = excluded.paid_minor, credit_review = excluded.credit_review,
      old_facts = excluded.old_facts, history = excluded.history, rev = excluded.rev`;
}

export async function writeReplacedVersions(tx: CentralTransaction, orders: readonly WrittenOrder[]): Promise<void> {
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

export function insertLines(orders: readonly WrittenOrder[]): RawBuilder<unknown> {
  const lines = orders.flatMap(({ now }) => now.lines.map((line, index) => ({ orderId: now.orderId, index, line })));
  const column = <T>(pick: (line: OrderLine) => T): T[] => lines.map(({ line }) => pick(line));
  return sql`
    insert into sales_order_line (order_id, line_no, product_id, unit, quantity, quantity_base, unit_price,
      amount_minor, price_kind, price_id, more)
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
      ${uuidArray(column((line) => line.priceId))}::uuid[],
      string_to_array(${jsonList(column(moreText))}::text, ${JSON_SEPARATOR}::text, '')::jsonb[]
    )`;
}

function moreText(line: OrderLine): string | null {
  const more = moreOf(line);
  return more ? JSON.stringify(more) : null;
}

export function updateStock(
  warehouseId: string,
  stock: readonly (readonly [string, StockEntry])[],
): RawBuilder<unknown> {
  return sql`
    update stock set on_hand = given.on_hand, allocated = given.allocated, rev = given.rev
    from unnest(
      ${uuidArray(stock.map(([productId]) => productId))}::uuid[],
      ${integerArray(stock.map(([, entry]) => entry.onHand))}::bigint[],
      ${integerArray(stock.map(([, entry]) => entry.allocated))}::bigint[],
      ${integerArray(stock.map(([, entry]) => entry.rev + 1))}::bigint[]
    ) as given (product_id, on_hand, allocated, rev)
    where stock.warehouse_id = ${warehouseId} and stock.product_id = given.product_id
    returning stock.product_id`;
}

/** What left the shelves of a warehouse, or came back onto them. */
export async function writeMovements(
  tx: CentralTransaction,
  warehouseId: string,
  movements: readonly Movement[],
): Promise<void> {
  if (movements.length === 0) return;
  const column = <T>(pick: (of: Movement) => T): T[] => movements.map(pick);
  await sql`
    insert into stock_movement (warehouse_id, product_id, quantity_base, kind, order_id, order_version, mutation_id,
      user_id, moved_at)
    select ${warehouseId}::uuid, * from unnest(
      ${uuidArray(column((of) => of.productId))}::uuid[],
      ${integerArray(column((of) => of.quantityBase))}::bigint[],
      ${textArray(column((of) => of.kind))}::text[],
      ${uuidArray(column((of) => of.orderId))}::uuid[],
      ${integerArray(column((of) => of.version))}::integer[],
      ${uuidArray(column((of) => of.mutationId))}::uuid[],
      ${uuidArray(column((of) => of.userId))}::uuid[],
      ${integerArray(column((of) => of.at))}::bigint[]
    )
  `.execute(tx);
}

export function insertReceipts(receipts: readonly KnownReceipt[]): RawBuilder<unknown> {
  const column = <T>(pick: (receipt: KnownReceipt) => T): T[] => receipts.map(pick);
  return sql`
    insert into receipt (mutation_id, device_id, incarnation_id, seq, lane, name, body_hash, refused_body, verdict,
      issues, superseded_by, judged_at, user_id, made_at)
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
      ${integerArray(column((receipt) => receipt.judgedAt))}::bigint[],
      ${uuidArray(column((receipt) => receipt.userId))}::uuid[],
      ${integerArray(column((receipt) => receipt.madeAt))}::bigint[]
    )`;
}

export async function writeSuperseded(tx: CentralTransaction, receipts: readonly KnownReceipt[]): Promise<void> {
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
