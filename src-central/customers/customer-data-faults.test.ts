// Goal: what the house wants of a customer's data is asked for, and a slip of the pen is found. Method: real ids of the
// countries' own examples, and every single wrong character of one.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Customer } from '../../src-shared/domain/customer.ts';
import { DEFAULT_CUSTOMER_DATA, type CustomerDataPolicy } from '../../src-shared/domain/customer-data.ts';
import { customerDataCheck, isKnownCountry } from './customer-data-faults.ts';

/** From the standard's own text, GB 32100-2015. */
const CREDIT_CODE = '91350100M000100Y43';
const LETTERS = '0123456789ABCDEFGHJKLMNPQRTUWXY';

const nobody = {
  customerId: 'c' as Customer['customerId'],
  branchId: 'b' as Customer['branchId'],
  code: 'C1',
  name: 'One',
  initials: 'O',
  phone: null,
  active: true,
} satisfies Customer;
const faults = async (policy: Partial<CustomerDataPolicy>, more: Partial<Customer>) =>
  (await customerDataCheck({ ...DEFAULT_CUSTOMER_DATA, ...policy }))({ ...nobody, ...more });
const taxId = async (country: string, id: string) =>
  (await faults({ country, checkTaxId: true }, { taxId: id })).map(({ why }) => why);
const phone = (country: string, number: string) => faults({ country, checkPhone: true }, { phone: number });

describe('a tax id', () => {
  test('is one of the country, however it is spaced', async () => {
    expect(await taxId('CN', CREDIT_CODE)).toEqual([]);
    expect(await taxId('GB', 'GB 980 7806 84')).toEqual([]);
    expect(await taxId('DE', 'DE136695976')).toEqual([]);
    expect(await taxId('GB', CREDIT_CODE)).toEqual(['notTaxId']);
  });

  test('with one wrong letter or digit is none', async () => {
    const check = await customerDataCheck({ ...DEFAULT_CUSTOMER_DATA, country: 'CN', checkTaxId: true });
    const wrong = fc
      .tuple(fc.nat(CREDIT_CODE.length - 1), fc.constantFrom(...LETTERS.split('')))
      .filter(([at, letter]) => CREDIT_CODE[at] !== letter);
    fc.assert(
      fc.property(wrong, ([at, letter]) => {
        const typed = CREDIT_CODE.slice(0, at) + letter + CREDIT_CODE.slice(at + 1);
        expect(check({ ...nobody, taxId: typed })).toMatchObject([{ why: 'notTaxId' }]);
      }),
    );
  });
});

describe('a phone number', () => {
  test('is one that can be called, here or abroad', async () => {
    for (const number of ['13800138000', '021-5888 1234', '+44 20 7946 0958'])
      expect(await phone('CN', number)).toEqual([]);
    expect(await phone('GB', '020 7946 0958')).toEqual([]);
  });

  test('that is too short, or of nowhere, is none; also that of an address or a contact', async () => {
    for (const number of ['12345', '1380013800', '+999 1', 'ask Wang']) {
      expect(await phone('CN', number)).toEqual([{ field: 'phone', why: 'notPhone', value: number }]);
    }
    const contacts = [{ name: 'Wang', phone: '12' }];
    expect(await faults({ country: 'CN', checkPhone: true }, { contacts })).toMatchObject([
      { field: 'contacts', value: '12' },
    ]);
  });
});

test('what is wanted and not there is named, field by field; where nothing is wanted, nothing is', async () => {
  const required = ['taxId', 'addresses', 'phone'] as const;
  const missing = await faults({ required: [...required] }, { phone: '1' });
  expect(missing.map(({ field, why }) => [field, why])).toEqual([
    ['taxId', 'missing'],
    ['addresses', 'missing'],
  ]);
  expect(await faults({}, { taxId: 'anything', phone: 'at all' })).toEqual([]);
});

test('countries are those whose ids and numbers can be checked', async () => {
  for (const country of ['CN', 'GB', 'DE', 'US']) expect(await isKnownCountry(country)).toBe(true);
  for (const country of ['XX', 'ZZ', 'constructor']) expect(await isKnownCountry(country)).toBe(false);
});
