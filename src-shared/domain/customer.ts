import { z } from 'zod';
import { branchId, customerId, groupId } from './ids.ts';
import { saidOf } from './said.ts';

/** Customers who are priced alike: a list may be a group's, a promotion for one. */
export const customerGroup = z.object({
  groupId,
  code: z.string().min(1).max(40),
  name: z.string().min(1).max(100),
});
export type CustomerGroup = z.infer<typeof customerGroup>;

const phone = z.string().min(1).max(40);

const customerAddress = z.object({
  use: z.enum(['delivery', 'billing']),
  /** As it is written on a parcel; lines are kept. */
  text: z.string().min(1).max(400),
  contact: z.string().min(1).max(100).optional(),
  phone: phone.optional(),
});

const customerContact = z.object({
  name: z.string().min(1).max(100),
  /** What they are asked about. */
  duty: z.string().min(1).max(60).optional(),
  phone: phone.optional(),
  email: z.string().min(3).max(200).optional(),
});

/** Goods before money: until when what has left is to be paid, and how much may be open. */
const creditTerms = z.object({
  /** From the day on which the goods leave. */
  days: z.int().min(0).max(365),
  /** Minor units of the house's currency; null: as much as they like. */
  limitMinor: z.int().nonnegative().nullable(),
});
export type CreditTerms = z.infer<typeof creditTerms>;

/** `blocked`: no orders are taken. `onHold`: they are taken, and somebody has to look at each. */
const customerHold = z.object({
  kind: z.enum(['blocked', 'onHold']),
  reason: z.string().min(1).max(200),
});
export type CustomerHold = z.infer<typeof customerHold>;

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
  addresses: z.array(customerAddress).min(1).max(20).optional(),
  contacts: z.array(customerContact).min(1).max(20).optional(),
  /** Of the country that the house says (policy `customerData`). */
  taxId: z.string().min(1).max(40).optional(),
  /** Who looks after them. */
  salesperson: z.string().min(1).max(100).optional(),
  /** Absent: they pay as they buy, and no account is kept. */
  terms: creditTerms.optional(),
  hold: customerHold.optional(),
});
export type Customer = z.infer<typeof customer>;

/** What a customer's row may say besides. */
export const CUSTOMER_MORE = [
  'addresses',
  'contacts',
  'taxId',
  'salesperson',
  'terms',
  'hold',
] as const satisfies (keyof Customer)[];
export type CustomerMore = Pick<Customer, (typeof CUSTOMER_MORE)[number]>;

/** `undefined` of one of whom there is nothing more to say. */
export function customerMoreOf(of: Customer): CustomerMore | undefined {
  return saidOf(of, CUSTOMER_MORE);
}
