import { expect, test } from 'vitest';
import { readPrice } from './read-price.ts';

test.each([
  ['2.4', 24_000],
  [' 2.40 ', 24_000],
  ['２。４０', 24_000],
  ['2.', 20_000],
  ['.5', 5_000],
  ['0', 0],
  ['0.0425', 425],
  ['1,234.50', 12_345_000],
  ['１，２３４．５', 12_345_000],
  ['10000000', 100_000_000_000],
])('%j is a price', (typed, unitPrice) => {
  expect(readPrice(typed)).toBe(unitPrice);
});

test.each([
  '',
  ' ',
  '.',
  '-1',
  '+1',
  '2.4a',
  '2,4',
  '1,23',
  '12,34.5',
  '2.00001',
  '1e3',
  '10000000.0001',
  '￥2',
  '2 4',
])('%j is none', (typed) => {
  expect(readPrice(typed)).toBeUndefined();
});
