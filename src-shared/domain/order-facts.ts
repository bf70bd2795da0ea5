/** What the rules need to know, and from whom: the desk answers from its replica, central from its locked rows. */
import type { Customer } from './customer.ts';
import type { CustomerId, ProductId } from './ids.ts';
import type { PriceCandidate } from './price-list.ts';
import type { Product } from './product.ts';

export type CustomerFacts = Pick<Customer, 'customerId' | 'branchId' | 'active'>;
export type ProductFacts = Pick<Product, 'productId' | 'baseUnit' | 'units' | 'step' | 'active'>;

export interface OrderFacts {
  customer(id: CustomerId): CustomerFacts | undefined;
  product(id: ProductId): ProductFacts | undefined;
  /** Every price that could count: the customer's own lists and the base list. */
  prices(product: ProductId, customer: CustomerId): readonly PriceCandidate[];
  /**
   * What this order may take, in thousandths of the base unit: available to promise, plus what the order's own
   * earlier version holds. 0 where the warehouse has never had the product.
   */
  available(product: ProductId): number;
}
