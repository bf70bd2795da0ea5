import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareOut, type Part } from './share-out.ts';

const parts = fc.array(fc.record({ weight: fc.nat({ max: 1_000_000 }), name: fc.constantFrom('a', 'b', 'c') }), {
  maxLength: 8,
});

function weighs(of: readonly Part[]): boolean {
  return of.some(({ weight }) => weight > 0);
}

describe('an amount that is shared out', () => {
  it('goes by weight: ten on three equal lines is four, three and three', () => {
    const equal = ['c', 'a', 'b'].map((name) => ({ weight: 100, name }));
    expect(shareOut(10, equal)).toEqual([3, 4, 3]);
  });

  it('leaves the odd unit to the largest fraction, not to the largest part: 2 on five and three is one each', () => {
    const two = [
      { weight: 5, name: 'a' },
      { weight: 3, name: 'b' },
    ];
    expect(shareOut(2, two)).toEqual([1, 1]);
  });

  it('is not lost and not made more of', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10_000_000 }), parts.filter(weighs), (amount, of) => {
        expect(shareOut(amount, of).reduce((sum, share) => sum + share, 0)).toBe(amount);
      }),
    );
  });

  it('is within one unit of the exact share, and nothing where nothing weighs', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10_000_000 }), parts, (amount, of) => {
        const sum = of.reduce((total, { weight }) => total + weight, 0);
        for (const [index, share] of shareOut(amount, of).entries()) {
          const exact = sum === 0 ? 0 : (amount * (of[index]?.weight ?? 0)) / sum;
          expect(Math.abs(share - exact)).toBeLessThan(1);
        }
      }),
    );
  });

  it('gives each part the same wherever it stands', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10_000_000 }), parts, (amount, of) => {
        const said = (shares: number[], at: readonly Part[]): string[] =>
          shares.map((share, index) => `${at[index]?.name} ${at[index]?.weight} ${share}`).toSorted();
        const reversed = of.toReversed();
        expect(said(shareOut(amount, reversed), reversed)).toEqual(said(shareOut(amount, of), of));
      }),
    );
  });
});
