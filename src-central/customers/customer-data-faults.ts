/**
 * Whether what is known of a customer is complete and true, by the house's policy. Tax ids by their countries' own check
 * digits (stdnum), phone numbers by the numbering plans (libphonenumber): standards that change, and are others' to keep.
 */
import type { CountryCode } from 'libphonenumber-js';
import type { CustomerDataFault, CustomerDataPolicy } from '../../src-shared/domain/customer-data.ts';
import type { Customer } from '../../src-shared/domain/customer.ts';

/** The countries' rules: loaded when a house first wants them, for most ask for none. */
interface Standards {
  isKnownCountry: (country: string) => boolean;
  isTaxId: (text: string, country: string) => boolean;
  isPhone: (text: string, country: string) => boolean;
}
let standards: Promise<Standards> | undefined;

function loadStandards(): Promise<Standards> {
  standards ??= Promise.all([import('stdnum'), import('libphonenumber-js/max')]).then(
    ([{ stdnum }, { isSupportedCountry, parsePhoneNumberFromString }]): Standards => ({
      isKnownCountry: (country) => Object.hasOwn(stdnum, country) && isSupportedCountry(country),
      // Of a company, or of a person who trades: any of the numbers that the country gives them.
      isTaxId: (text, country) => Object.values(stdnum[country] ?? {}).some((kind) => kind.validate(text).isValid),
      isPhone: (text, country) => parsePhoneNumberFromString(text, country as CountryCode)?.isValid() === true,
    }),
  );
  return standards;
}

/** Whether tax ids and phone numbers of that country can be checked here. */
export async function isKnownCountry(country: string): Promise<boolean> {
  return (await loadStandards()).isKnownCountry(country);
}

/**
 * @returns what a customer's data would be wrong in after a change, and was not before: whoever puts a customer on hold is not
 *          to be asked for a phone number first. Of a new one, everything.
 */
export async function customerDataCheck(
  policy: CustomerDataPolicy,
): Promise<(after: Customer, before?: Customer) => CustomerDataFault[]> {
  const faultsOf = await allFaults(policy);
  return (after, before) => {
    const known = before ? faultsOf(before) : [];
    return faultsOf(after).filter(
      ({ field, why, value }) => !known.some((one) => one.field === field && one.why === why && one.value === value),
    );
  };
}

/** Missing fields first. */
async function allFaults(policy: CustomerDataPolicy): Promise<(customer: Customer) => CustomerDataFault[]> {
  const { country, required } = policy;
  const missing = (customer: Customer): CustomerDataFault[] =>
    required.filter((field) => isNothing(customer[field])).map((field) => ({ field, why: 'missing', value: '' }));
  if (country === null) return missing;
  const { isTaxId, isPhone } = await loadStandards();
  return (customer) => {
    const faults = missing(customer);
    const { taxId } = customer;
    if (policy.checkTaxId && taxId !== undefined && !isTaxId(taxId, country)) {
      faults.push({ field: 'taxId', why: 'notTaxId', value: taxId });
    }
    const wrong = policy.checkPhone ? phonesOf(customer).find(({ phone }) => !isPhone(phone, country)) : undefined;
    if (wrong) faults.push({ field: wrong.field, why: 'notPhone', value: wrong.phone });
    return faults;
  };
}

function isNothing(value: string | readonly unknown[] | null | undefined): boolean {
  return value == null || value.length === 0;
}

function phonesOf({
  phone,
  addresses = [],
  contacts = [],
}: Customer): { field: 'phone' | 'addresses' | 'contacts'; phone: string }[] {
  return [
    ...(phone ? [{ field: 'phone' as const, phone }] : []),
    ...addresses.flatMap((each) => (each.phone ? [{ field: 'addresses' as const, phone: each.phone }] : [])),
    ...contacts.flatMap((each) => (each.phone ? [{ field: 'contacts' as const, phone: each.phone }] : [])),
  ];
}
