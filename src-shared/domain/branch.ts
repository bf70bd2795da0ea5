import { z } from 'zod';
import { branchId, warehouseId } from './ids.ts';

export const branch = z.object({
  branchId,
  /** Two to four letters or digits; the first part of every order number of the branch. */
  code: z.string().regex(/^[A-Z][A-Z0-9]{1,3}$/),
  name: z.string().min(1).max(100),
  /** The warehouse its orders are delivered from. */
  warehouseId,
  /** IANA name. The business day is the day here. */
  timeZone: z.string().min(1).max(60),
});
export type Branch = z.infer<typeof branch>;
