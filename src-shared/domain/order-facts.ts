/** What the rules need to know, and from whom: the desk answers from its replica, central from its locked rows. */
import type { CreditFacts, CreditPolicy } from './credit-rules.ts';
import type { Customer } from './customer.ts';
import type { CustomerId, ProductId } from './ids.ts';
import type { ReviewPolicy } from './lifecycle/reviews.ts';
import type { ManualPricePolicy } from './policy.ts';
import type { PriceCandidate } from './pricing/choose-price.ts';
import type { Promotion } from './pricing/promotion.ts';
import type { Product } from './product.ts';

export type CustomerFacts = Pick<Customer, 'customerId' | 'branchId' | 'active' | 'groupId' | 'terms' | 'hold'>;
export type ProductFacts = Pick<
  Product,
  'productId' | 'baseUnit' | 'units' | 'step' | 'active' | 'taxBasisPoints' | 'minimumBase' | 'multipleBase'
>;

export interface OrderFacts {
  customer(id: CustomerId): CustomerFacts | undefined;
  product(id: ProductId): ProductFacts | undefined;
  /** Every price that could count: on the customer's own lists, on their group's, on the base list. */
  prices(product: ProductId, customer: CustomerId): readonly PriceCandidate[];
  /** All that may run on some day for somebody. */
  promotions(): readonly Promotion[];
  /** Which orders somebody has to look at before goods are given out. */
  reviews(): ReviewPolicy;
  /** How far from the list a person may go by hand. */
  manualPrices(): ManualPricePolicy;
  /** Of a customer on terms. */
  credit(id: CustomerId): CreditFacts | undefined;
  creditPolicy(): CreditPolicy;
  /**
   * What this order may take, in thousandths of the base unit: available to promise, plus what the order's own
   * earlier version holds. 0 where the warehouse has never had the product.
   */
  available(product: ProductId): number;
}
