import { describe, expect, it, test } from 'vitest';
import { RowReader } from './row-reader.ts';

function reading(value: string): RowReader {
  const mapping = { header: ['x'], columns: new Map([['x', 0]]), unused: [] };
  return new RowReader({ row: 2, cells: [value] }, mapping);
}

/** What a value is read as, or the code of its refusal. */
function rateOf(value: string): number | string | null {
  const reader = reading(value);
  const rate = reader.rate('x');
  return reader.refusal?.code ?? rate;
}

describe('a rate', () => {
  it.each([
    ['13', 1_300],
    ['13%', 1_300],
    ['13 %', 1_300],
    ['１３％', 1_300],
    ['9.5', 950],
    ['6.25%', 625],
    ['1', 100],
    ['0', 0],
    ['0.00', 0],
    ['100', 10_000],
    ['0.5%', 50],
  ])('of "%s" is read in percent', (text, basisPoints) => {
    expect(rateOf(text)).toBe(basisPoints);
  });

  it.each(['none', 'None', '无', '不计税'])('of "%s" is none, which is another thing than 0', (text) => {
    expect(rateOf(text)).toBeNull();
  });

  it.each(['13.125', '100.01', '101', '-1', '13,0', 'abc', '1e1', '13%%', '0.065'])(
    'of "%s" is refused, not rounded and not cut',
    (text) => {
      expect(rateOf(text)).toBe('notRate');
    },
  );

  it.each([
    ['0.13', '13'],
    ['0.06', '6'],
    ['0.5', '50'],
  ])('of "%s" is asked about: a program writes %s percent so', (text, percent) => {
    const reader = reading(text);
    reader.rate('x');
    expect(reader.refusal).toEqual({ code: 'rateOrShare', params: { field: 'x', value: text, percent } });
  });
});

test.each([
  ['12', 12_000],
  ['0.5', 500],
  ['none', null],
  ['无', null],
  ['0', 'notPositive'],
  ['-3', 'notPositive'],
  ['1.0001', 'tooPrecise'],
  ['1001', 'tooLarge'],
  ['many', 'notNumber'],
])('a quantity of at most 1,000, or none: "%s" is %s', (text, expected) => {
  const reader = reading(text);
  const quantity = reader.quantityOrNone('x', 1_000_000);
  expect(reader.refusal?.code ?? quantity).toBe(expected);
});

test('a group code that is too long is refused, and a word for none is none', () => {
  const long = reading('g'.repeat(41));
  long.groupCode('x');
  expect(long.refusal).toEqual({ code: 'tooLong', params: { field: 'x', length: 41, max: 40 } });
  expect(reading('无').groupCode('x')).toBeNull();
  expect(reading('VIP').groupCode('x')).toBe('VIP');
});
