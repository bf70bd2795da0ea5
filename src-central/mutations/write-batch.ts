/**
 * Writes what a batch came to, set-wise: orders, lines, replaced versions, stock, receipts, and the changes that tell
 * the desks. All in the transaction that read the rows: effect and receipt commit together.
 */
import { sql, type RawBuilder } from 'kysely';
import type { Receipt } from '../../src-shared/protocol/receipt.ts';
import type { Stock } from '../../src-shared/domain/stock.ts';
import { branchScope, deviceScope, ordersScope } from '../../src-shared/protocol/scope.ts';
import { putOf, recording, type RecordedChange } from '../change-feed/record-changes.ts';
import { integerArray, uuidArray } from '../db/array-literals.ts';
import type { CentralTransaction } from '../db/schema.ts';
import { writeAccounts } from '../accounts/account-rows.ts';
import { leaseChange, type LeaseRow } from '../leases/lease-rows.ts';
import type { Device } from '../identity/device.ts';
import type { BatchState, KnownReceipt, StockEntry } from './batch-state.ts';
import {
  insertLines,
  insertOrders,
  insertReceipts,
  updateStock,
  writeMovements,
  writeReplacedVersions,
  writeSuperseded,
  type WrittenOrder,
} from './batch-statements.ts';

/** @returns the transaction's id when anything was written. */
export async function writeBatch(
  tx: CentralTransaction,
  state: BatchState,
  device: Device,
): Promise<string | undefined> {
  const writer = new BatchWriter(tx, state, device);
  try {
    return await writer.finish();
  } finally {
    await writer.still();
  }
}

/**
 * Puts what has been judged into the database in slices, one on its way while the next is judged. Stock and leases come
 * with the last: most slices change the same rows of them.
 *
 * Whoever makes one waits until it is `still` before the transaction ends, well or not.
 */
export class BatchWriter {
  readonly #tx: CentralTransaction;
  readonly #state: BatchState;
  readonly #device: Device;
  #underWay: Promise<string | undefined> = Promise.resolve(undefined);

  constructor(tx: CentralTransaction, state: BatchState, device: Device) {
    this.#tx = tx;
    this.#state = state;
    this.#device = device;
  }

  /** Sends what is not written yet, but for stock and leases; what was sent before has arrived when it resolves. */
  async slice(): Promise<void> {
    await this.#send(takeSlice(this.#state));
  }

  /** Sends the rest. @returns the transaction's id when anything was written. */
  async finish(): Promise<string | undefined> {
    const leases = await this.#writeUsedLeases();
    const accounts = await this.#writeAccounts();
    const stock = [...this.#state.stock].filter(([, entry]) => entry.touched);
    await this.#send({ ...takeSlice(this.#state), stock, leases, accounts });
    const xid = await this.#underWay;
    await writeMovements(this.#tx, this.#device.branch.warehouseId, this.#state.movements.splice(0));
    return xid;
  }

  /** Resolves when nothing of it is on its way. */
  async still(): Promise<void> {
    await this.#underWay.catch(() => undefined);
  }

  async #send(slice: Slice): Promise<void> {
    const prepared = prepareSlice(this.#tx, slice, this.#device);
    const before = await this.#underWay;
    this.#underWay = prepared
      ? writeSlice(this.#tx, slice, prepared).then((xid) => xid ?? before)
      : Promise.resolve(before);
    // It is heard of by whoever waits for it.
    this.#underWay.catch(() => undefined);
  }

  async #writeAccounts(): Promise<RecordedChange[]> {
    const touched = [...this.#state.accounts.values()].filter((entry) => entry.touched);
    if (touched.length === 0) return [];
    await this.#underWay;
    return writeAccounts(
      this.#tx,
      touched.map(({ row, rev, branchId }) => ({ row, rev: rev + 1, branchId })),
    );
  }

  /** One that is used up has ended. */
  async #writeUsedLeases(): Promise<LeaseRow[]> {
    const used = [...this.#state.leases.values()].flat().filter(({ row, usedBase }) => usedBase !== row.used_base);
    if (used.length === 0) return [];
    await this.#underWay;
    const { rows } = await sql<LeaseRow>`
      update stock_lease l
      set used_base = given.used_base, live = given.used_base < l.quantity_base, rev = l.rev + 1
      from unnest(
        ${uuidArray(used.map(({ row }) => row.lease_id))}::uuid[],
        ${integerArray(used.map(({ usedBase }) => usedBase))}::bigint[]
      ) as given (lease_id, used_base)
      where l.lease_id = given.lease_id
      returning l.*
    `.execute(this.#tx);
    return rows;
  }
}

interface Slice {
  orders: WrittenOrder[];
  receipts: { row: KnownReceipt; isNew: boolean }[];
  stock: (readonly [string, StockEntry])[];
  leases: LeaseRow[];
  accounts: RecordedChange[];
}

/** What is not stored yet, which counts as stored from then on. */
function takeSlice(state: BatchState): Slice {
  const orders = writtenOrders(state);
  for (const { entry, now, rev } of orders) {
    entry.stored = { order: now, rev };
    entry.replaced = [];
  }
  const receipts: Slice['receipts'] = [];
  for (const receipt of state.receipts.values()) {
    if (receipt.state === 'stored') continue;
    // A copy: a later mutation may supersede it while this is on its way.
    receipts.push({ row: { ...receipt }, isNew: receipt.state === 'new' });
    receipt.state = 'stored';
  }
  return { orders, receipts, stock: [], leases: [], accounts: [] };
}

function writtenOrders(state: BatchState): WrittenOrder[] {
  const written: WrittenOrder[] = [];
  for (const entry of state.orders.values()) {
    const { now, stored, replaced } = entry;
    if (!now || now === stored?.order) continue;
    written.push({ entry, now, rev: (stored?.rev ?? 0) + 1, replaced, isStored: stored !== undefined });
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

type SliceStatement = RawBuilder<{ xid: string; stocked: number }>;

/** The one statement that writes most of a slice; undefined of an empty one. Orders come before what names them. */
function prepareSlice(tx: CentralTransaction, slice: Slice, device: Device): SliceStatement | undefined {
  const { orders, receipts, stock, leases, accounts } = slice;
  const changes = [
    ...accounts,
    ...stock.map(([productId, entry]) => stockChange(device, productId, entry)),
    ...leases.map(leaseChange),
    ...orders.map(({ now, rev }) => putOf(ordersScope(now.branchId, now.businessDate), 'order', now, rev)),
    ...receipts.map(({ row }) => putOf(deviceScope(row.deviceId), 'receipt', receiptRow(row), row.rev)),
  ];
  if (changes.length === 0) return undefined;
  return sql`
    with ordered as (${insertOrders(orders)}),
      lined as (${insertLines(orders)}),
      judged as (${insertReceipts(receipts.filter(({ isNew }) => isNew).map(({ row }) => row))}),
      stocked as (${updateStock(device.branch.warehouseId, stock)}),
      recorded as (${recording(tx, changes)})
    select pg_current_xact_id()::text as xid, (select count(*) from stocked)::integer as stocked`;
}

async function writeSlice(
  tx: CentralTransaction,
  { orders, receipts, stock }: Slice,
  statement: SliceStatement,
): Promise<string | undefined> {
  const amended = orders.filter((order) => order.isStored).map(({ now }) => now.orderId);
  if (amended.length > 0) {
    await sql`delete from sales_order_line where order_id = any(${uuidArray(amended)}::uuid[])`.execute(tx);
  }
  const { rows } = await statement.execute(tx);
  const stocked = rows[0]?.stocked;
  if (stocked !== stock.length) throw new Error(`${stock.length} stock rows to write, ${stocked} there`);
  await writeReplacedVersions(tx, orders);
  await writeSuperseded(
    tx,
    receipts.filter(({ isNew }) => !isNew).map(({ row }) => row),
  );
  return rows[0]?.xid;
}
