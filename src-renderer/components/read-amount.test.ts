import { expect, test } from 'vitest';
import { readAmount } from './read-amount.ts';

test.each([
  ['12', 1_200],
  ['12.5', 1_250],
  ['1,234.56', 123_456],
  [' 0.01 ', 1],
  ['7.', 700],
])('"%s" is an amount', (typed, minor) => {
  expect(readAmount(typed, 'CNY')).toBe(minor);
});

test.each(['', '.5', '1.234', '-1', '1e3', '12 34', '99999999999999', 'abc'])('"%s" is none', (typed) => {
  expect(readAmount(typed, 'CNY')).toBeUndefined();
});

test('a currency without a minor unit has no decimals', () => {
  expect(readAmount('120', 'JPY')).toBe(120);
  expect(readAmount('120.5', 'JPY')).toBeUndefined();
});
