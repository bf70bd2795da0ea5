// Goal: nobody pays what they were not told, and nobody gives a price away that is not theirs to give. Method: one
// priced line, and what may be said and agreed about it, on both sides of every bound.
import { describe, expect, it } from 'vitest';
import type { AskedLine } from '../asked-order.ts';
import type { Issue } from '../issue.ts';
import { MAX_UNIT_PRICE } from '../money.ts';
import { MAX_REASON_LENGTH } from '../order.ts';
import { DEFAULT_MANUAL_PRICES, type ManualPricePolicy } from '../policy.ts';
import type { Role } from '../role.ts';
import { isPossiblePrice, manualIssue, quoteIssue } from './price-issues.ts';
import { priceLines, type PricedLine } from './price-lines.ts';
import { listPrice, productFacts } from './pricing-fixtures.ts';

type Said = Pick<AskedLine, 'quotedUnitPrice' | 'quotedGrossMinor' | 'manual'>;

/** Two lamps at 100.00 with 13 % on top: 226.00, the third line of its order. */
function judged(said: Said) {
  const productId = productFacts('lamp').productId;
  const asked: AskedLine = { productId, unit: 'piece', quantity: 2_000, ...said };
  const product = productFacts('lamp', { taxBasisPoints: 1_300 });
  const manual = said.manual && isPossiblePrice(said.manual.unitPrice) ? said.manual : undefined;
  const [priced] = priceLines([{ productId, unit: 'piece', quantity: 2_000, quantityBase: 2_000, product, manual }], {
    prices: () => [listPrice({ unitPrice: 1_000_000 })],
    promotions: [],
    date: '2026-06-15',
  });
  if (!priced) throw new Error('the lamp has a price');
  return { index: 2, asked, priced } satisfies { index: number; asked: AskedLine; priced: PricedLine };
}

const quoted = (said: Said): Issue | undefined => quoteIssue(judged(said));

describe('what the customer was told', () => {
  it('holds, were it the unit price, the amount, both or nothing', () => {
    expect(quoted({})).toBeUndefined();
    expect(quoted({ quotedUnitPrice: 1_000_000 })).toBeUndefined();
    expect(quoted({ quotedGrossMinor: 22_600 })).toBeUndefined();
    expect(quoted({ quotedUnitPrice: 1_000_000, quotedGrossMinor: 22_600 })).toBeUndefined();
  });

  it.each([999_999, 1_000_001, 0])(
    'no longer holds where the list has another price than %d, and may be accepted',
    (told) => {
      expect(quoted({ quotedUnitPrice: told })).toEqual({
        code: 'price.changed',
        path: ['lines', 2, 'unitPrice'],
        params: { quoted: told, now: 1_000_000, currency: 'CNY' },
        severity: 'error',
        repairs: [{ kind: 'acceptPrice', line: 2, unitPrice: 1_000_000 }],
      });
    },
  );

  it.each([22_599, 22_601, 20_000, 0])('no longer holds where the line comes to another amount than %d', (told) => {
    expect(quoted({ quotedUnitPrice: 1_000_000, quotedGrossMinor: told })).toEqual({
      code: 'amount.changed',
      path: ['lines', 2, 'amountMinor'],
      params: { quoted: told, now: 22_600, currency: 'CNY' },
      severity: 'error',
      repairs: [{ kind: 'acceptAmount', line: 2, grossMinor: 22_600 }],
    });
  });

  it('is said of the unit price first, for the amount follows from it', () => {
    expect(quoted({ quotedUnitPrice: 900_000, quotedGrossMinor: 20_340 })?.code).toBe('price.changed');
  });

  it('of a price agreed by hand is its amount alone: the list may change as it will', () => {
    const manual = { unitPrice: 950_000, reason: 'dented' };
    expect(quoted({ manual, quotedUnitPrice: 1 })).toBeUndefined();
    expect(quoted({ manual, quotedUnitPrice: 1, quotedGrossMinor: 21_470 })).toBeUndefined();
    expect(quoted({ manual, quotedGrossMinor: 22_600 })).toMatchObject({
      code: 'amount.changed',
      params: { quoted: 22_600, now: 21_470 },
    });
  });

  it('is nothing for a line that nobody asked about', () => {
    expect(quoteIssue({ ...judged({}), asked: undefined })).toBeUndefined();
  });
});

/** A clerk may go 5 % below the list, a manager 20 %, an admin as far as they like. */
const POLICY: ManualPricePolicy = { clerk: 500, manager: 2_000, admin: 10_000 };

const CLERK = { role: 'clerk', agreed: false } as const;

function byHand(
  unitPrice: number,
  role: Role,
  more: { reason?: string; policy?: ManualPricePolicy; agreed?: boolean } = {},
): Issue | undefined {
  const { reason = 'dented', policy = POLICY, agreed = false } = more;
  return manualIssue(judged({ manual: { unitPrice, reason } }), policy, { role, agreed });
}

describe('a price agreed by hand', () => {
  it('may go as far below the list as the role reaches: a clerk 5 %, a manager 20 %, an admin all the way', () => {
    const stopped = (unitPrice: number): boolean[] =>
      (['clerk', 'manager', 'admin'] as const).map((role) => byHand(unitPrice, role) !== undefined);
    expect(stopped(950_000)).toEqual([false, false, false]);
    expect(stopped(949_999)).toEqual([true, false, false]);
    expect(stopped(800_000)).toEqual([true, false, false]);
    expect(stopped(799_999)).toEqual([true, true, false]);
    expect(stopped(0)).toEqual([true, true, false]);
  });

  it('may be above the list for everybody', () => {
    expect(byHand(1_000_000, 'clerk')).toBeUndefined();
    expect(byHand(MAX_UNIT_PRICE, 'clerk')).toBeUndefined();
  });

  it('that is too low says how low it may be and whom to ask, and offers the list price', () => {
    expect(byHand(900_000, 'clerk')).toEqual({
      code: 'price.notAllowed',
      path: ['lines', 2, 'unitPrice'],
      params: {
        unitPrice: 900_000,
        lowest: 950_000,
        listUnitPrice: 1_000_000,
        currency: 'CNY',
        role: 'clerk',
        ask: 'manager',
      },
      severity: 'error',
      repairs: [{ kind: 'takeListPrice', line: 2, unitPrice: 1_000_000 }],
    });
  });

  it('names the first role that may give it, or none where none may', () => {
    const ask = (unitPrice: number, role: Role, policy = POLICY): unknown =>
      byHand(unitPrice, role, { policy })?.params['ask'];
    expect(ask(800_000, 'clerk')).toBe('manager');
    expect(ask(799_999, 'clerk')).toBe('admin');
    expect(ask(799_999, 'manager')).toBe('admin');
    expect(ask(799_999, 'clerk', { ...POLICY, admin: 2_000 })).toBeNull();
  });

  it('has its bound rounded up: 5 % below a list price is never passed by a fraction', () => {
    const lowest = (listUnitPrice: number, clerk: number): unknown => {
      const line = judged({ manual: { unitPrice: 0, reason: 'dented' } });
      const found = manualIssue({ ...line, priced: { ...line.priced, listUnitPrice } }, { ...POLICY, clerk }, CLERK);
      return found?.params['lowest'];
    };
    // 5 % below 0.0101 is 0.009595; below 0.0100 it is 0.0095.
    expect([lowest(101, 500), lowest(100, 500), lowest(20, 500), lowest(1, 9_999)]).toEqual([96, 95, 19, 1]);
  });

  it('is the list price or more for a clerk, and anything for a manager, where the house has decided nothing', () => {
    const policy = DEFAULT_MANUAL_PRICES;
    expect(byHand(999_999, 'clerk', { policy })).toMatchObject({
      code: 'price.notAllowed',
      params: { ask: 'manager' },
    });
    expect(byHand(1_000_000, 'clerk', { policy })).toBeUndefined();
    expect(byHand(0, 'manager', { policy })).toBeUndefined();
    expect(byHand(0, 'admin', { policy })).toBeUndefined();
  });

  it.each([
    ['none', ''],
    ['nothing but spaces', ' \t　'],
    ['more than fits', 'x'.repeat(MAX_REASON_LENGTH + 1)],
    ['a NUL', 'a\0b'],
    ['half an emoji', 'a\ud83c'],
  ])('wants a reason that can be kept: %s is no reason, whoever gives the price', (_, reason) => {
    expect(byHand(1_000_000, 'admin', { reason })).toEqual({
      code: 'price.reasonMissing',
      path: ['lines', 2, 'unitPrice'],
      params: { max: MAX_REASON_LENGTH },
      severity: 'error',
      repairs: [{ kind: 'takeListPrice', line: 2, unitPrice: 1_000_000 }],
    });
  });

  it('takes a reason of one letter, of one emoji and of as many as fit', () => {
    for (const reason of ['x', '🎁', 'x'.repeat(MAX_REASON_LENGTH)]) {
      expect(byHand(1_000_000, 'clerk', { reason })).toBeUndefined();
    }
  });

  it.each([-1, MAX_UNIT_PRICE + 1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'of %d is none, whatever the reason and the role',
    (unitPrice) => {
      expect(byHand(unitPrice, 'admin', { reason: '' })).toEqual({
        code: 'price.impossible',
        path: ['lines', 2, 'unitPrice'],
        params: { max: MAX_UNIT_PRICE, currency: 'CNY' },
        severity: 'error',
        repairs: [{ kind: 'takeListPrice', line: 2, unitPrice: 1_000_000 }],
      });
    },
  );

  it('that the order has already stays, whoever amends it, and still needs its reason', () => {
    expect(byHand(1, 'clerk', { agreed: true })).toBeUndefined();
    expect(byHand(1, 'clerk', { agreed: true, reason: ' ' })?.code).toBe('price.reasonMissing');
  });

  it('may be given by a manager wherever a clerk may, whatever the house says of managers', () => {
    const policy = { clerk: 10_000, manager: 0, admin: 0 };
    expect(byHand(1, 'manager', { policy })).toBeUndefined();
  });

  it('is looked at only where there is one', () => {
    expect(manualIssue(judged({}), POLICY, CLERK)).toBeUndefined();
    expect(manualIssue({ ...judged({}), asked: undefined }, POLICY, CLERK)).toBeUndefined();
  });
});

describe('a possible price', () => {
  it('is a whole number from nothing to the dearest', () => {
    expect([0, 1, MAX_UNIT_PRICE].map(isPossiblePrice)).toEqual([true, true, true]);
    expect([-1, MAX_UNIT_PRICE + 1, 1.5, Number.NaN, 2 ** 60].map(isPossiblePrice)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});
