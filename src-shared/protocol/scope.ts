/**
 * Scopes: the parts of the data that a desk may see. Central alone decides which a desk has; on both sides a row belongs
 * to one scope at a time.
 *
 * - `catalogue`: branches, products, the base price list and its prices. Every desk.
 * - `branch:<branchId>`: the branch's customers with their own price lists and prices, the stock of its warehouse.
 * - `orders:<branchId>:<YYYY-MM>`: the branch's orders of one month, by business date.
 * - `device:<deviceId>`: what is one desk's own: its receipts, and which scopes it has.
 */
import { z } from 'zod';

export type Scope = 'catalogue' | `branch:${string}` | `orders:${string}:${string}` | `device:${string}`;

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const SCOPE = new RegExp(`^(?:catalogue|branch:${UUID}|device:${UUID}|orders:${UUID}:\\d{4}-(?:0[1-9]|1[0-2]))$`);

export const scope = z
  .custom<Scope>((value) => typeof value === 'string' && SCOPE.test(value), 'no scope')
  // What is checked by code, JSON Schema can't tell by itself (test/fixtures/wire).
  .meta({ type: 'string', pattern: SCOPE.source });

export const CATALOGUE_SCOPE: Scope = 'catalogue';

export function branchScope(branch: string): Scope {
  return `branch:${branch}`;
}

/** `businessDate`: any day of the month, `YYYY-MM-DD`. */
export function ordersScope(branch: string, businessDate: string): Scope {
  return `orders:${branch}:${businessDate.slice(0, 7)}`;
}

export function deviceScope(device: string): Scope {
  return `device:${device}`;
}

/** A row of the device's own scope that says: this scope is yours. Its `remove` takes the scope away. */
export const grant = z.object({ scope });
