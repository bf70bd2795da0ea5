import { expect, test } from 'vitest';
import { placeAfter } from './grid-places.ts';
import type { ColumnId } from './grid-columns.ts';

const from = (column: ColumnId) => ({ row: 2, column, lines: 9, page: 5 });

test('Enter goes to the quantity, and from there and from the price to the next line', () => {
  for (const column of ['code', 'product', 'unit'] as const) {
    expect(placeAfter({ go: 'enter' }, from(column))).toEqual({ row: 2, column: 'quantity' });
  }
  for (const column of ['quantity', 'price', 'amount', 'notes'] as const) {
    expect(placeAfter({ go: 'enter' }, from(column))).toEqual({ row: 3, column: 'code' });
  }
});

test('Tab passes the price by, and comes back from it to the quantity', () => {
  expect(placeAfter({ go: 'tab', by: 1 }, from('quantity'))).toEqual({ row: 3, column: 'code' });
  expect(placeAfter({ go: 'tab', by: 1 }, from('price'))).toEqual({ row: 3, column: 'code' });
  expect(placeAfter({ go: 'tab', by: -1 }, from('price'))).toEqual({ row: 2, column: 'quantity' });
  expect(placeAfter({ go: 'tab', by: -1 }, from('code'))).toEqual({ row: 1, column: 'quantity' });
});

test('arrows reach the price from the quantity', () => {
  expect(placeAfter({ go: 'cell', rows: 0, columns: 1 }, from('quantity'))).toEqual({ row: 2, column: 'price' });
});
