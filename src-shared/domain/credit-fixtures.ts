/** What tests of orders build on where nobody is on terms. */
import { DEFAULT_CREDIT } from './credit-rules.ts';
import type { OrderFacts } from './order-facts.ts';

export const NO_CREDIT: Pick<OrderFacts, 'credit' | 'creditPolicy'> = {
  credit: () => undefined,
  creditPolicy: () => DEFAULT_CREDIT,
};
