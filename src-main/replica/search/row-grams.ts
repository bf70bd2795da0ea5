/** What the search index is given of a product or a customer. Pure: a fill makes it on a thread of its own. */
import type { Customer } from '../../../src-shared/domain/customer.ts';
import type { Product } from '../../../src-shared/domain/product.ts';
import { gramsOf } from './grams.ts';

export function productGrams(row: Pick<Product, 'name' | 'nameAlt' | 'code' | 'barcode' | 'initials'>): string {
  return gramsOf({ names: [row.name, row.nameAlt], codes: [row.code, row.barcode, row.initials] });
}

export function customerGrams(row: Pick<Customer, 'name' | 'code' | 'phone' | 'initials'>): string {
  return gramsOf({ names: [row.name], codes: [row.code, row.phone, row.initials] });
}
