/**
 * Stock leases: stock that central has set aside for one life of one desk's file, so that what is sold there without a
 * line is there all the same. Central counts a live lease as allocated, used or not.
 *
 * A desk stops promising from a lease when it expires. Central gives nothing of it back to others by its own clock: only
 * the desk knows what it has promised. So the desk reports what it still needs, and from then on uses no more; or a
 * person, by name, takes the lease back.
 */
import { z } from 'zod';
import { incarnationId, productId, warehouseId } from '../domain/ids.ts';
import { MAX_LEASE_REPORTS } from './limits.ts';

export const lease = z.object({
  leaseId: z.uuid(),
  incarnationId,
  warehouseId,
  productId,
  /** Thousandths of the base unit: what was set aside, and what settled orders have taken of it. */
  quantityBase: z.int().positive(),
  usedBase: z.int().nonnegative(),
  /** Unix milliseconds by central's clock. */
  expiresAt: z.int(),
});
export type Lease = z.infer<typeof lease>;

export const leaseReportRequest = z.object({
  protocol: z.int(),
  incarnationId,
  life: z.uuid(),
  /** What this desk has renounced: of each, how much its unsettled orders may yet take. */
  reports: z
    .array(z.object({ leaseId: z.uuid(), outstandingBase: z.int().nonnegative() }))
    .min(1)
    .max(MAX_LEASE_REPORTS),
});
export type LeaseReportRequest = z.infer<typeof leaseReportRequest>;

/** What came of it is seen in the feed. */
export const leaseReportResponse = z.object({ epoch: z.string(), now: z.int() });
export type LeaseReportResponse = z.infer<typeof leaseReportResponse>;
