import { expect, test } from 'vitest';
import { mapColumns } from './columns.ts';
import { CUSTOMER_FIELDS, ORDER_FIELDS, PRICE_FIELDS, PRODUCT_FIELDS, STOCK_FIELDS } from './field-specs.ts';
import { ImportError } from './import-error.ts';

const NONE = new Map<string, string>();

function faultOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ImportError) return error.message;
    throw error;
  }
  return 'none';
}

test('headers are known in English and Chinese, whatever their case, width and spaces', () => {
  const { columns, unused } = mapColumns(['Stock Code', '品名', 'ＱＴＹ', 'colour'], PRODUCT_FIELDS, NONE);
  expect([...columns]).toEqual([
    ['code', 0],
    ['name', 1],
  ]);
  expect(unused).toEqual(['ＱＴＹ', 'colour']);
});

test('what is named goes before what is known', () => {
  const given = new Map([['name', 'Label']]);
  expect(mapColumns(['code', 'name', 'label'], PRODUCT_FIELDS, given).columns.get('name')).toBe(2);
});

test('a guess between two columns is refused, and so is a missing or a wrong one', () => {
  expect(faultOf(() => mapColumns(['code', 'sku', 'name'], PRODUCT_FIELDS, NONE))).toContain('columnAmbiguous');
  expect(faultOf(() => mapColumns(['code', 'quantity'], ORDER_FIELDS, NONE))).toContain(
    'number, price, date, customer',
  );
  expect(faultOf(() => mapColumns(['code', 'name'], PRODUCT_FIELDS, new Map([['name', 'x']])))).toContain(
    'columnUnknown',
  );
  expect(faultOf(() => mapColumns(['code', 'name'], PRODUCT_FIELDS, new Map([['nam', 'name']])))).toContain(
    'fieldUnknown',
  );
});

test.each([
  [PRODUCT_FIELDS, ['编码', '品名', '税率', '起订量', '订货倍数'], ['code', 'name', 'taxRate', 'minimum', 'multiple']],
  [PRODUCT_FIELDS, ['SKU', 'Name', 'VAT rate', 'MOQ', 'Multiple'], ['code', 'name', 'taxRate', 'minimum', 'multiple']],
  [PRODUCT_FIELDS, ['货号', '名称', '税率（%）'], ['code', 'name', 'taxRate']],
  [CUSTOMER_FIELDS, ['客户编码', '客户组'], ['code', 'group']],
  [CUSTOMER_FIELDS, ['code', 'customer group'], ['code', 'group']],
  [
    PRICE_FIELDS,
    ['编码', '单价', '客户组', '起订量', '含税'],
    ['code', 'price', 'group', 'minQuantity', 'taxIncluded'],
  ],
  [
    PRICE_FIELDS,
    ['code', 'price', 'group', 'min-quantity', 'Tax included'],
    ['code', 'price', 'group', 'minQuantity', 'taxIncluded'],
  ],
])('rates, quantities, groups and tax are known by their usual headers %#', (fields, header, expected) => {
  const { columns, unused } = mapColumns(header, fields, NONE);
  const inOrder = [...columns].toSorted(([, a], [, b]) => a - b).map(([field]) => field);
  expect([inOrder, unused]).toEqual([expected, []]);
});

test.each([[PRODUCT_FIELDS], [CUSTOMER_FIELDS], [PRICE_FIELDS], [STOCK_FIELDS], [ORDER_FIELDS]])(
  'no header is the name of two fields of one kind %#',
  (fields) => {
    const aliases = fields.flatMap((field) => field.aliases);
    expect(aliases).toEqual([...new Set(aliases)]);
  },
);
