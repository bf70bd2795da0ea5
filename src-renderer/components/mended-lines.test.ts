import { expect, test } from 'vitest';
import type { OrderLineRow } from '../../src-main/api/desk-services.ts';
import { mendedLines } from './mended-lines.ts';

function line(productId: string, quantity: number): OrderLineRow {
  return {
    productId: productId as OrderLineRow['productId'],
    unit: 'piece',
    quantity,
    quantityBase: quantity * 1_000,
    unitPrice: 10_000,
    amountMinor: 100,
    priceKind: 'list',
    priceId: null,
    productCode: productId,
    productName: productId,
    availableBase: 0,
  };
}

const lines = [line('a', 5), line('b', 1.5), line('c', 2)];

test('a line is removed by its place in the order as it was, whatever else is removed', () => {
  const mended = mendedLines(lines, [
    { kind: 'removeLine', line: 0 },
    { kind: 'takeAvailable', line: 2, quantity: 1_000 },
  ]);
  expect(mended).toEqual([
    { productId: 'b', unit: 'piece', quantity: 1.5 },
    { productId: 'c', unit: 'piece', quantity: 1 },
  ]);
});

test('accepting a price changes no line', () => {
  expect(
    mendedLines(lines, [{ kind: 'acceptPrice', line: 1, unitPrice: 20_000 }]).map(({ quantity }) => quantity),
  ).toEqual([5, 1.5, 2]);
});
