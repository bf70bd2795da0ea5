import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDigest, canonicalJson } from './digest.ts';

describe('canonical JSON', () => {
  it('is one text per value, whatever the order of keys, and the value again', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reordered = Object.fromEntries(Object.entries(value).toReversed());
        expect(canonicalJson(reordered)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { examples: [[{ '': { ['__proto__']: null } }]] },
    );
  });
});

describe('digests', () => {
  const hash = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

  it('do not depend on the order of rows and are undone by subtracting', () => {
    fc.assert(
      fc.property(fc.array(hash), hash, (hashes, extra) => {
        const sum = hashes.reduce(addDigest, 0n);
        expect(hashes.toReversed().reduce(addDigest, 0n)).toBe(sum);
        expect(addDigest(addDigest(sum, extra), -extra)).toBe(sum);
      }),
    );
  });
});
