/** Stock of one product in one warehouse, in thousandths of the base unit. */
import { z } from 'zod';
import { productId, warehouseId } from './ids.ts';

export const stock = z.object({
  warehouseId,
  productId,
  /** What is on the shelves. */
  onHand: z.int(),
  /** What settled orders have taken of it and not yet left with. */
  allocated: z.int(),
});
export type Stock = z.infer<typeof stock>;
