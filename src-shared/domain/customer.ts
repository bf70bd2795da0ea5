import { z } from 'zod';
import { branchId, customerId } from './ids.ts';

export const customer = z.object({
  customerId,
  /** The branch that serves this customer. */
  branchId,
  /** The code that people type; unique without regard to case. */
  code: z.string().min(1).max(40),
  name: z.string().min(1).max(200),
  /** First letters of the name's words, pinyin for Chinese. */
  initials: z.string().max(200),
  phone: z.string().max(40).nullable(),
  active: z.boolean(),
});
export type Customer = z.infer<typeof customer>;
