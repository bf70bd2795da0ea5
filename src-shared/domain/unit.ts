/** Units of measure: the base unit and its packs. */
import { z } from 'zod';
import { ONE } from './quantity.ts';

/** A unit's code. `piece` (件) and `case` (箱) are translated everywhere; others show as they are written. */
export const unitCode = z.string().regex(/^[a-z][a-z0-9-]{0,15}$/);
export type UnitCode = z.infer<typeof unitCode>;

/** One unit a product is sold in. `factor`: thousandths of the base unit in one of it; the base unit's own is 1,000. */
export const productUnit = z.object({
  unit: unitCode,
  factor: z
    .int()
    .positive()
    .max(1_000_000 * ONE),
});
export type ProductUnit = z.infer<typeof productUnit>;

/** The factor of a unit of this product, or `undefined` when the product isn't sold in it. */
export function factorOf(units: readonly ProductUnit[], unit: UnitCode): number | undefined {
  for (const candidate of units) if (candidate.unit === unit) return candidate.factor;
  return undefined;
}
