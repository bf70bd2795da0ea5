import { expect, test } from 'vitest';
import { matchUnit, nextUnit, readQuantity } from './read-quantity.ts';

const units = [
  { unit: 'piece', factor: 1_000 },
  { unit: 'case', factor: 12_000 },
];

test.each([
  ['12', 12],
  [' 12 ', 12],
  ['１２', 12],
  ['2。5', 2.5],
  ['-3', -3],
  ['1e9', 1e9],
  ['1.2345', 1.2345],
])('%j is read as a number', (typed, quantity) => {
  expect(readQuantity(typed, units)).toEqual({ quantity });
});

test.each(['12a', '1,5', '3 palettes', 'x'])('%j is handed on as it was typed', (typed) => {
  expect(readQuantity(typed, units)).toEqual({ quantity: typed });
});

test('an empty quantity is none, not zero', () => {
  expect(readQuantity('', units)).toEqual({ quantity: null });
});

test.each(['3箱', '3c', '3 case', '３箱'])('%j is three cases', (typed) => {
  expect(readQuantity(typed, units)).toEqual({ quantity: 3, unit: 'case' });
});

test('a unit is found by its code, its word or its first letter', () => {
  expect(['件', 'p', 'piece', 'C', '箱', 'z'].map((word) => matchUnit(word, units))).toEqual([
    'piece',
    'piece',
    'piece',
    'case',
    'case',
    undefined,
  ]);
});

test('units go round', () => {
  expect(nextUnit('piece', units)).toBe('case');
  expect(nextUnit('case', units)).toBe('piece');
});
