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
    grossMinor: 100,
    story: {
      of: 'base',
      listName: '',
      rev: null,
      validFrom: null,
      listUnitPrice: 10_000,
      tierQuantity: null,
      tierUnit: null,
      manualReason: null,
      manualBy: null,
      discounts: [],
      taxBasisPoints: null,
      taxMinor: null,
      taxIncluded: false,
    },
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

/** Agreed at 0.80 where the list says 1.00. */
function byHand(productId: string, quantity: number): OrderLineRow {
  return { ...line(productId, quantity), unitPrice: 8_000, manual: { listUnitPrice: 10_000, reason: 'old customer' } };
}

test('a price by hand is kept on every line but the one that takes the list price', () => {
  const agreed = [byHand('a', 1), line('b', 2), byHand('c', 3)];
  const manual = { unitPrice: 8_000, reason: 'old customer' };
  expect(mendedLines(agreed, [{ kind: 'takeAvailable', line: 1, quantity: 1_000 }])).toEqual([
    { productId: 'a', unit: 'piece', quantity: 1, manual },
    { productId: 'b', unit: 'piece', quantity: 1 },
    { productId: 'c', unit: 'piece', quantity: 3, manual },
  ]);
  expect(mendedLines(agreed, [{ kind: 'takeListPrice', line: 2, unitPrice: 10_000 }])).toEqual([
    { productId: 'a', unit: 'piece', quantity: 1, manual },
    { productId: 'b', unit: 'piece', quantity: 2 },
    { productId: 'c', unit: 'piece', quantity: 3 },
  ]);
});

test('accepting a price changes no line', () => {
  expect(
    mendedLines(lines, [{ kind: 'acceptPrice', line: 1, unitPrice: 20_000 }]).map(({ quantity }) => quantity),
  ).toEqual([5, 1.5, 2]);
});
