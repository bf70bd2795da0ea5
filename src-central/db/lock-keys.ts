/** What writers lock, by name. Everybody who writes the same rows must name the same keys. */

/** A warehouse's stock and the orders that take from it. */
export function warehouseLock(warehouseId: string): string {
  return `warehouse:${warehouseId}`;
}

/** Branches, products, price lists, prices and customers. */
export const CATALOGUE_LOCK = 'catalogue';

/** What desks may see. */
export const GRANTS_LOCK = 'grants';
