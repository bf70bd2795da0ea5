/** What the house wants to be known of a customer, and which of it has to be true to its standard. */
import { z } from 'zod';

export const customerDataPolicy = z.object({
  name: z.literal('customerData'),
  /** ISO 3166-1 alpha-2: whose tax ids are taken, and whose phone numbers are written without a country code. */
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .nullable(),
  /** A tax id must be one of that country, check digits and all. */
  checkTaxId: z.boolean(),
  /** A phone number must be one that can be called. */
  checkPhone: z.boolean(),
  /** Must be there. */
  required: z.array(z.enum(['phone', 'taxId', 'addresses', 'contacts', 'salesperson'])).max(5),
});
export type CustomerDataPolicy = Omit<z.infer<typeof customerDataPolicy>, 'name'>;

/** In a house that has decided nothing, everything is taken as it is written. */
export const DEFAULT_CUSTOMER_DATA: CustomerDataPolicy = {
  country: null,
  checkTaxId: false,
  checkPhone: false,
  required: [],
};

export type CustomerDataField = CustomerDataPolicy['required'][number];
export interface CustomerDataFault {
  field: CustomerDataField;
  why: 'missing' | 'notTaxId' | 'notPhone';
  /** What is written there; '' where nothing is. */
  value: string;
}
