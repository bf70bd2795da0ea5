/** The house's policies: what the rules leave to the house to decide. One row each, set at central, known to every desk. */
import { z } from 'zod';
import { creditPolicy } from './credit-rules.ts';
import { customerDataPolicy } from './customer-data.ts';
import { factAgePolicy } from './fact-age.ts';
import { reviewPolicy } from './lifecycle/reviews.ts';
import { WHOLE_RATE } from './pricing/tax.ts';

const share = z.int().min(0).max(WHOLE_RATE);

/** How far below the list each role may go by hand, in basis points of the list's price. Above it nobody is stopped. */
const manualPrices = z.object({ name: z.literal('manualPrices'), clerk: share, manager: share, admin: share });
export type ManualPricePolicy = Pick<z.infer<typeof manualPrices>, 'clerk' | 'manager' | 'admin'>;

export const policy = z.discriminatedUnion('name', [
  manualPrices,
  reviewPolicy,
  creditPolicy,
  factAgePolicy,
  customerDataPolicy,
]);
export type Policy = z.infer<typeof policy>;
export type PolicyName = Policy['name'];

/** What holds in a house that has decided nothing. */
export const DEFAULT_MANUAL_PRICES: ManualPricePolicy = { clerk: 0, manager: WHOLE_RATE, admin: WHOLE_RATE };
