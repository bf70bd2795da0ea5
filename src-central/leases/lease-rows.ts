/** Leases as they are kept and as desks know them. */
import type { Selectable } from 'kysely';
import type { Lease } from '../../src-shared/protocol/lease.ts';
import { deviceScope } from '../../src-shared/protocol/scope.ts';
import { putOf, type RecordedChange } from '../change-feed/record-changes.ts';
import type { StockLeaseTable } from '../db/schema.ts';

export type LeaseRow = Selectable<StockLeaseTable>;

export function leaseOf(row: LeaseRow): Lease {
  return {
    leaseId: row.lease_id,
    incarnationId: row.incarnation_id as Lease['incarnationId'],
    warehouseId: row.warehouse_id as Lease['warehouseId'],
    productId: row.product_id as Lease['productId'],
    quantityBase: row.quantity_base,
    usedBase: row.used_base,
    expiresAt: row.expires_at,
  };
}

/** What the desk is told of the row as it now is: gone, when it is live no more. */
export function leaseChange(row: LeaseRow): RecordedChange {
  const put = putOf(deviceScope(row.device_id), 'lease', leaseOf(row), row.rev);
  return row.live ? put : { ...put, rowJson: null };
}
