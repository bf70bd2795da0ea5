/** A lease's row, and what its desk is told of it. */
import type { Selectable } from 'kysely';
import { deviceScope } from '../../src-shared/protocol/scope.ts';
import { putOf, type RecordedChange } from '../change-feed/record-changes.ts';
import { leaseOf } from '../db/rows.ts';
import type { StockLeaseTable } from '../db/schema.ts';

export type LeaseRow = Selectable<StockLeaseTable>;

/** What the desk is told of the row as it now is: gone, when it is live no more. */
export function leaseChange(row: LeaseRow): RecordedChange {
  const put = putOf(deviceScope(row.device_id), 'lease', leaseOf(row), row.rev);
  return row.live ? put : { ...put, rowJson: null };
}
