/**
 * Scopes: the parts of the data that a desk may see. Which rows belong to which scope is decided here and nowhere else;
 * the recorder writes by it, and a token is answered by it.
 *
 * - `catalogue`: branches, products, the base price list and its prices. Every desk.
 * - `branch:<branchId>`: the branch's customers with their own price lists and prices, the stock of its warehouse, its
 *   orders. The desks of the branch.
 * - `device:<deviceId>`: receipts. That desk.
 */
import type { BranchId, DeviceId } from '../../src-shared/domain/ids.ts';

export type Scope = 'catalogue' | `branch:${string}` | `device:${string}`;

export const CATALOGUE_SCOPE: Scope = 'catalogue';

export function branchScope(branch: string): Scope {
  return `branch:${branch}`;
}

export function deviceScope(device: string): Scope {
  return `device:${device}`;
}

/** A price list's scope, and that of its prices. `ownersBranch`: the branch of the customer whose list it is, or null. */
export function priceListScope(ownersBranch: string | null): Scope {
  return ownersBranch === null ? CATALOGUE_SCOPE : branchScope(ownersBranch);
}

/** What a desk's token opens. */
export function scopesOfDevice(of: { deviceId: DeviceId; branchId: BranchId }): Scope[] {
  return [CATALOGUE_SCOPE, branchScope(of.branchId), deviceScope(of.deviceId)];
}
