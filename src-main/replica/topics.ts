/** What those who look at the desk are told when rows of a kind have changed. */
import type { Topic } from '../api/desk-services.ts';
import type { RowKind } from '../../src-shared/protocol/change.ts';

export const TOPICS_OF_KINDS: Record<RowKind, readonly Topic[]> = {
  branch: ['session'],
  product: ['products'],
  priceList: ['prices'],
  price: ['prices'],
  customerGroup: ['customers'],
  promotion: ['prices'],
  policy: ['prices'],
  customer: ['customers'],
  account: ['customers'],
  stock: ['stock'],
  order: ['orders'],
  receipt: ['orders', 'sync'],
  lease: ['stock'],
  grant: ['orders', 'customers', 'stock', 'prices', 'sync'],
};
