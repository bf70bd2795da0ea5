/** Finding by everything that people type, and which hit comes first. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProductId } from '../../../src-shared/domain/ids.ts';
import { initialsOf } from '../../../src-shared/domain/initials.ts';
import type { Product } from '../../../src-shared/domain/product.ts';
import { deskFixture, EPOCH, type DeskFixture } from '../../../test/support/desk-fixture.ts';
import { seededId } from '../../../test/support/seeded-catalogue.ts';
import { applyPage } from '../apply-page.ts';
import { gramsOf, searchQuery } from './grams.ts';

let at: DeskFixture;

const NAMED: [code: string, name: string, nameAlt: string | null, barcode: string | null, active?: boolean][] = [
  ['85123A', 'WHITE HANGING HEART T-LIGHT HOLDER', '白色心形烛台', '6901234567892'],
  ['85123B', 'RED HANGING HEART', '红色心形挂饰', null],
  ['HEART', 'Plain box', null, null],
  ['71053', '不锈钢保温杯 500ml', 'Steel thermos', '6900000000017'],
  ['71054', '陶瓷保温壶', null, null],
  ['22633', 'Hand warmer café', null, null],
  ['22634', 'Old heart', null, null, false],
  ['99999', 'Sweetheart mug', null, null],
];

beforeAll(() => {
  at = deskFixture({ products: 0, customers: 30 });
  const rows = NAMED.map(([code, name, nameAlt, barcode, active = true], n): Product => ({
    productId: seededId(3, 900_000 + n) as ProductId,
    code,
    name,
    nameAlt,
    barcode,
    initials: initialsOf(name),
    baseUnit: 'piece',
    units: [{ unit: 'piece', factor: 1_000 }],
    step: 1_000,
    active,
  }));
  applyPage(at.store, {
    epoch: EPOCH,
    now: 1,
    cursor: 'x',
    more: false,
    changes: rows.map((row) => ({ scope: 'catalogue', kind: 'product', op: 'put', key: row.productId, rev: 1, row })),
  });
});
afterAll(() => at.dispose());

function codes(text: string): string[] {
  return at.desk.products.search({ text, limit: 20 }).map((hit) => hit.code);
}

describe('a product is found by', () => {
  test.each([
    ['its code, whole', '71053', ['71053']],
    ['the beginning of its code, in either case', '85123', ['85123B', '85123A']],
    ['a code with a small letter', '85123a', ['85123A']],
    ['its barcode', '6901234567892', ['85123A']],
    ['the beginning of its barcode', '69000', ['71053']],
    ['its pinyin initials', 'bxg', ['71053']],
    ['one Chinese character', '壶', ['71054']],
    ['two Chinese characters from the middle', '保温', ['71053', '71054']],
    ['a Chinese name in the other language', '心形烛', ['85123A']],
    ['more Chinese than any piece of the index', '不锈钢保温杯', ['71053']],
    ['the beginning of a word', 'therm', ['71053']],
    ['a fragment of a word', 'armer', ['22633']],
    ['a letter with its accent left out', 'cafe', ['22633']],
    ['full-width letters', 'ＣＡＦＥ', ['22633']],
    ['words in any order, all of them', 'holder white', ['85123A']],
    ['Chinese and Latin together', '保温 500', ['71053']],
    ['a word and a code', 'red 85123', ['85123B']],
    ['a word with a sign in it', 't-light', ['85123A']],
  ])('%s', (_title, text, expected) => {
    expect(codes(text)).toEqual(expected);
  });

  test('one Latin letter', () => {
    expect(codes('s').toSorted()).toEqual(['71053', '99999']);
  });

  test.each([
    ['nothing', ''],
    ['signs alone', '"*()-'],
    ['words that are not all there', 'white thermos'],
    ['characters that are there, but not together', '不温'],
    ["an index's own words", 'AND OR NOT NEAR'],
  ])('not by %s', (_title, text) => {
    expect(codes(text)).toEqual([]);
  });
});

test('an exact code goes before names, a word before a fragment, and what is no longer sold comes last', () => {
  expect(codes('heart')).toEqual(['HEART', '85123B', '85123A', '99999', '22634']);
  expect(at.desk.products.search({ text: 'heart', limit: 20 }).at(-1)).toMatchObject({ active: false });
});

test('a customer is found by code, telephone, initials and any part of the name', () => {
  const customer = at.catalogue.customers[4];
  if (!customer) throw new Error('fixture');
  for (const text of [customer.code, customer.phone ?? '', customer.initials, customer.name.slice(1)]) {
    expect(at.desk.customers.search({ text, limit: 20 }).map((hit) => hit.customerId)).toContain(customer.customerId);
  }
});

test('a list of matches counts them all and pages through them by code', () => {
  const all = at.desk.products.list({ offset: 0, limit: 3 });
  expect(all).toMatchObject({ total: NAMED.length, rows: [{ code: '22633' }, { code: '22634' }, { code: '71053' }] });
  const hearts = at.desk.products.list({ text: 'heart', offset: 2, limit: 2 });
  expect(hearts).toMatchObject({ total: 5, rows: [{ code: '85123B' }, { code: '99999' }] });
});

test('an index entry holds each beginning and each fragment once', () => {
  const tokens = gramsOf({ names: ['big bag', 'big'], codes: ['AB-1', null] }).split(' ');
  expect(new Set(tokens).size).toBe(tokens.length);
  expect(tokens).toEqual(expect.arrayContaining(['big', 'bag', 'b', '\uE000ig', '\uE000ag', 'ab', '1', 'ab1']));
  expect(searchQuery('  ')).toBeUndefined();
});
