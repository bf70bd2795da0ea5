import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderId } from './ids.ts';
import { uuidV7 } from './uuid-v7.ts';

const random = fc.uint8Array({ minLength: 10, maxLength: 10 });

describe('UUIDv7', () => {
  it('is well-formed for any time and any randomness, and sorts by time', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 31 }), random, random, (time, a, b) => {
        const first = uuidV7(time * 1_000, a);
        expect(orderId.safeParse(first).success).toBe(true);
        expect(first < uuidV7(time * 1_000 + 1, b)).toBe(true);
      }),
    );
  });

  it('is refused from a time or a randomness that it has no room for', () => {
    expect(() => uuidV7(-1, new Uint8Array(10))).toThrow(RangeError);
    expect(() => uuidV7(0, new Uint8Array(9))).toThrow(RangeError);
  });
});
