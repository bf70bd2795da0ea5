// Goal: an order is mended as the person chose and not otherwise, and no amount that was said for other goods or another
// price outlives them. Method: one line for each repair, then several together.
import { describe, expect, it } from 'vitest';
import type { ProductId } from '../domain/ids.ts';
import type { Repair } from '../domain/issue.ts';
import type { OrderContent } from './order-place.ts';
import { repairedLines } from './repaired-content.ts';

type Line = OrderContent['lines'][number];

/** Three lamps at 8.00 by hand, 27.12 with the tax. */
const LAMP: Line = {
  productId: 'lamp' as ProductId,
  unit: 'piece',
  quantity: 3_000,
  quotedUnitPrice: 100_000,
  quotedGrossMinor: 2_712,
  manual: { unitPrice: 80_000, reason: 'dented' },
};
const TEA: Line = {
  productId: 'tea' as ProductId,
  unit: 'case',
  quantity: 1_000,
  quotedUnitPrice: 50_000,
  quotedGrossMinor: 500,
};

function mended(...repairs: Repair[]): Line[] {
  return repairedLines([LAMP, TEA], repairs);
}

/** Without the amount that was told. */
function untold(line: Line): Line {
  const told = { ...line };
  delete told.quotedGrossMinor;
  return told;
}

describe('an order', () => {
  it('is as it was without repairs, and is never changed in place', () => {
    const lines = [Object.freeze({ ...LAMP }), Object.freeze({ ...TEA })];
    expect(repairedLines(lines, [])).toStrictEqual(lines);
    repairedLines(lines, [{ kind: 'setQuantity', line: 0, quantity: 1_000 }]);
    expect(lines).toStrictEqual([LAMP, TEA]);
  });

  it.each(['setQuantity', 'takeAvailable'] as const)(
    'takes another quantity (%s), and nobody was told what that costs',
    (kind) => {
      expect(mended({ kind, line: 0, quantity: 2_000 })).toStrictEqual([{ ...untold(LAMP), quantity: 2_000 }, TEA]);
      expect(mended({ kind, line: 1, quantity: 2_000 })).toStrictEqual([LAMP, { ...untold(TEA), quantity: 2_000 }]);
    },
  );

  it('accepts the price of the list, keeps one that was agreed, and nobody was told the amount', () => {
    expect(mended({ kind: 'acceptPrice', line: 0, unitPrice: 90_000 })).toStrictEqual([
      { ...untold(LAMP), quotedUnitPrice: 90_000 },
      TEA,
    ]);
  });

  it('accepts an amount, and nothing else changes', () => {
    expect(mended({ kind: 'acceptAmount', line: 0, grossMinor: 2_700 })).toStrictEqual([
      { ...LAMP, quotedGrossMinor: 2_700 },
      TEA,
    ]);
    expect(mended({ kind: 'acceptAmount', line: 1, grossMinor: 0 })).toStrictEqual([
      LAMP,
      { ...TEA, quotedGrossMinor: 0 },
    ]);
  });

  it('takes the price of the list in place of the one agreed by hand', () => {
    const without = untold(LAMP);
    delete without.manual;
    expect(mended({ kind: 'takeListPrice', line: 0, unitPrice: 90_000 })).toStrictEqual([
      { ...without, quotedUnitPrice: 90_000 },
      TEA,
    ]);
  });

  it('loses a line, whatever else was to be done to it', () => {
    expect(mended({ kind: 'removeLine', line: 0 })).toStrictEqual([TEA]);
    const both: Repair[] = [
      { kind: 'setQuantity', line: 0, quantity: 1_000 },
      { kind: 'removeLine', line: 0 },
    ];
    expect(mended(...both)).toStrictEqual([TEA]);
    expect(mended(...both.toReversed())).toStrictEqual([TEA]);
  });

  it('counts its lines as they stood before any repair', () => {
    expect(mended({ kind: 'removeLine', line: 0 }, { kind: 'setQuantity', line: 1, quantity: 2_000 })).toStrictEqual([
      { ...untold(TEA), quantity: 2_000 },
    ]);
  });

  it('is left alone by what is no repair of a line, or of one that is not there', () => {
    const none: Repair[] = [
      { kind: 'editOrder' },
      { kind: 'cancelOrder' },
      { kind: 'setQuantity', line: 2, quantity: 1_000 },
      { kind: 'removeLine', line: 2 },
    ];
    expect(mended(...none)).toStrictEqual([LAMP, TEA]);
  });
});
