// Goal: a number read back over the phone is either right or found out. Method: every single wrong character and every
// swap of two neighbours of generated numbers.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatOrderNumber, incarnationCodeOf, parseOrderNumber } from './order-number.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

const parts = fc.record({
  branchCode: fc.stringMatching(/^[A-Z][A-Z0-9]{1,3}$/),
  incarnationCode: fc.integer({ min: 0, max: 2_000_000 }).map(incarnationCodeOf),
  running: fc.integer({ min: 1, max: 999_999_999 }),
});

describe('order numbers', () => {
  it('are read back as they were made', () => {
    fc.assert(
      fc.property(parts, (of) => {
        expect({ ...parseOrderNumber(formatOrderNumber(of)) }).toEqual({ ...of });
      }),
    );
  });

  it('show any single wrong character', () => {
    fc.assert(
      fc.property(parts, fc.nat(), fc.nat(), (of, where, what) => {
        const number = formatOrderNumber(of);
        const at = where % number.length;
        const other = ALPHABET[what % ALPHABET.length] ?? '';
        fc.pre(number[at] !== '-' && number[at] !== other);
        expect(parseOrderNumber(number.slice(0, at) + other + number.slice(at + 1))).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
  });

  it('show a swap of two neighbouring digits in the running number', () => {
    fc.assert(
      fc.property(parts, fc.nat(), (of, where) => {
        const number = formatOrderNumber(of);
        const start = number.lastIndexOf('-', number.length - 4) + 1;
        const at = start + (where % (number.length - 4 - start));
        fc.pre(number[at] !== number[at + 1]);
        const swapped = number.slice(0, at) + number[at + 1] + number[at] + number.slice(at + 2);
        expect(parseOrderNumber(swapped)).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
  });

  it('of two incarnations never meet', () => {
    const codes = new Set(Array.from({ length: 50_000 }, (_, n) => incarnationCodeOf(n)));
    expect(codes.size).toBe(50_000);
  });

  it.each(['', 'PD-10-1-X4', 'pd-10-000001-X4', 'PD-10-000001', 'PD-10-000001-', 'PD-10-000001-X', ' PD-10-000001-X4'])(
    'refuse "%s", which has not their shape',
    (text) => expect(parseOrderNumber(text)).toBeUndefined(),
  );
});
