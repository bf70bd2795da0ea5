import { z } from 'zod';
import { branchId, customerId, groupId } from './ids.ts';

/** Customers who are priced alike: a list may be a group's, a promotion for one. */
export const customerGroup = z.object({
  groupId,
  code: z.string().min(1).max(40),
  name: z.string().min(1).max(100),
});
export type CustomerGroup = z.infer<typeof customerGroup>;

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
  /** The customer group whose price lists count for them after their own. */
  groupId: groupId.optional(),
});
export type Customer = z.infer<typeof customer>;
