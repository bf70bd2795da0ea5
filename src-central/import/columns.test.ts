import { expect, test } from 'vitest';
import { mapColumns } from './columns.ts';
import { ORDER_FIELDS, PRODUCT_FIELDS } from './field-specs.ts';
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
