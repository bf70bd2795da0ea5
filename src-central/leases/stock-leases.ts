/**
 * Setting stock aside for a desk, and giving it back.
 *
 * Guarantees: what a lease sets aside was available, and is nobody else's until the desk itself has reported that it
 * needs it no more, or a person has taken it back by name. An expiry alone releases nothing: the desk may have promised
 * goods of it that it could not tell of yet, and whose clock is right nobody knows.
 */
import { randomUUID } from 'node:crypto';
import { branchScope } from '../../src-shared/protocol/scope.ts';
import { putOf, recordChanges } from '../change-feed/record-changes.ts';
import { warehouseLock } from '../db/lock-keys.ts';
import { stockOf } from '../db/rows.ts';
import type { CentralDb, CentralTransaction } from '../db/schema.ts';
import { writeTransaction } from '../db/write-transaction.ts';
import type { Device } from '../identity/device.ts';
import { leaseChange, type LeaseRow } from './lease-rows.ts';

export type Leased =
  | { outcome: 'leased'; leaseId: string; xid: string | undefined }
  | { outcome: 'short'; availableBase: number }
  /** An earlier life of the desk's file may be promising from it: it has to be released first. */
  | { outcome: 'held'; leaseId: string };

/**
 * Sets stock aside for a desk as its file now lives, or sets more aside, and for longer, where it has a lease.
 *
 * @param of.quantityBase thousandths of the base unit, besides what is left of the lease that there is.
 * @param of.expiresAt Unix milliseconds by central's clock.
 */
export async function leaseStock(
  db: CentralDb,
  device: Pick<Device, 'deviceId' | 'branch'>,
  of: { productId: string; quantityBase: number; expiresAt: number },
): Promise<Leased> {
  const { branchId, warehouseId } = device.branch;
  // Made before, so that a second run after a lost commit finds that it was done.
  const leaseId = randomUUID();
  return writeTransaction(db, [warehouseLock(warehouseId)], async (tx): Promise<Leased> => {
    const incarnation = await tx
      .selectFrom('incarnation')
      .select('incarnation_id')
      .where('device_id', '=', device.deviceId)
      .orderBy('created_at', 'desc')
      .executeTakeFirstOrThrow();
    const before = await liveLease(tx, { deviceId: device.deviceId, productId: of.productId });
    if (before?.lease_id === leaseId) return { outcome: 'leased', leaseId, xid: undefined };
    if (before && before.incarnation_id !== incarnation.incarnation_id) {
      return { outcome: 'held', leaseId: before.lease_id };
    }
    const availableBase = await availableOf(tx, { warehouseId, productId: of.productId });
    if (availableBase < of.quantityBase) return { outcome: 'short', availableBase };
    if (before) await endLease(tx, before);
    const row = await tx
      .insertInto('stock_lease')
      .values({
        lease_id: leaseId,
        device_id: device.deviceId,
        incarnation_id: incarnation.incarnation_id,
        warehouse_id: warehouseId,
        product_id: of.productId,
        quantity_base: of.quantityBase + (before ? before.quantity_base - before.used_base : 0),
        expires_at: of.expiresAt,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    const moved = await moveAllocation(tx, { row, branchId, deltaBase: of.quantityBase });
    const ended = before ? [leaseChange({ ...before, live: false, rev: before.rev + 1 })] : [];
    return { outcome: 'leased', leaseId, xid: await recordChanges(tx, [moved, ...ended, leaseChange(row)]) };
  });
}

/** Its remainder goes over to the lease that takes its place; a late report of it lowers nothing any more. */
async function endLease(tx: CentralTransaction, row: LeaseRow): Promise<void> {
  await tx
    .updateTable('stock_lease')
    .set({ live: false, rev: row.rev + 1 })
    .where('lease_id', '=', row.lease_id)
    .execute();
}

async function liveLease(
  tx: CentralTransaction,
  of: { deviceId: string; productId: string },
): Promise<LeaseRow | undefined> {
  return tx
    .selectFrom('stock_lease')
    .selectAll()
    .where('device_id', '=', of.deviceId)
    .where('product_id', '=', of.productId)
    .where('live', '=', true)
    .executeTakeFirst();
}

async function availableOf(tx: CentralTransaction, of: { warehouseId: string; productId: string }): Promise<number> {
  const stock = await tx
    .selectFrom('stock')
    .select(['on_hand', 'allocated'])
    .where('warehouse_id', '=', of.warehouseId)
    .where('product_id', '=', of.productId)
    .executeTakeFirst();
  return stock ? stock.on_hand - stock.allocated : 0;
}

/**
 * Takes in what a desk still needs of leases that it has renounced. Reports of leases that are not this very
 * incarnation's are passed over: another file may be promising from them.
 */
export async function takeReports(
  db: CentralDb,
  device: Pick<Device, 'deviceId' | 'branch'>,
  of: { incarnationId: string; reports: readonly { leaseId: string; outstandingBase: number }[] },
): Promise<string | undefined> {
  const { branchId, warehouseId } = device.branch;
  return writeTransaction(db, [warehouseLock(warehouseId)], async (tx) => {
    const changes = [];
    for (const { leaseId, outstandingBase } of of.reports) {
      const row = await tx
        .selectFrom('stock_lease')
        .selectAll()
        .where('lease_id', '=', leaseId)
        .where('device_id', '=', device.deviceId)
        .where('incarnation_id', '=', of.incarnationId)
        .where('live', '=', true)
        .executeTakeFirst();
      if (!row) continue;
      const needed = Math.min(row.quantity_base, row.used_base + outstandingBase);
      if (needed === row.quantity_base && needed > row.used_base) continue;
      changes.push(...(await lower(tx, { row, branchId, quantityBase: needed })));
    }
    return recordChanges(tx, changes);
  });
}

/** Gives what is left of a lease back to everybody: for a desk that will not come back. */
export async function forceRelease(
  db: CentralDb,
  of: { leaseId: string; branchId: string; warehouseId: string; userId: string; reason: string },
): Promise<{ released: boolean; xid: string | undefined }> {
  return writeTransaction(db, [warehouseLock(of.warehouseId)], async (tx) => {
    const row = await tx
      .selectFrom('stock_lease')
      .selectAll()
      .where('lease_id', '=', of.leaseId)
      .where('live', '=', true)
      .executeTakeFirst();
    if (!row) return { released: false, xid: undefined };
    const changes = await lower(tx, { row, branchId: of.branchId, quantityBase: row.used_base });
    await tx
      .updateTable('stock_lease')
      .set({ released_by: of.userId, release_reason: of.reason })
      .where('lease_id', '=', of.leaseId)
      .execute();
    return { released: true, xid: await recordChanges(tx, changes) };
  });
}

/** A lease that sets no more aside than was used has ended. */
async function lower(tx: CentralTransaction, of: { row: LeaseRow; branchId: string; quantityBase: number }) {
  const { row, branchId, quantityBase } = of;
  const live = quantityBase > row.used_base;
  const lowered = await tx
    .updateTable('stock_lease')
    .set({ quantity_base: Math.max(quantityBase, 1), live, rev: row.rev + 1 })
    .where('lease_id', '=', row.lease_id)
    .returningAll()
    .executeTakeFirstOrThrow();
  const deltaBase = quantityBase - row.quantity_base;
  const changes = [leaseChange(lowered)];
  if (deltaBase !== 0) changes.push(await moveAllocation(tx, { row, branchId, deltaBase }));
  return changes;
}

async function moveAllocation(tx: CentralTransaction, of: { row: LeaseRow; branchId: string; deltaBase: number }) {
  const stock = await tx
    .updateTable('stock')
    .set((current) => ({ allocated: current('allocated', '+', of.deltaBase), rev: current('rev', '+', 1) }))
    .where('warehouse_id', '=', of.row.warehouse_id)
    .where('product_id', '=', of.row.product_id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return putOf(branchScope(of.branchId), 'stock', stockOf(stock), stock.rev);
}
