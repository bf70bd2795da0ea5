// Goal: an order that passes is right to the unit, and one that doesn't says everything that is wrong, with repairs
// that work. Method: a small fixed catalogue, properties over random orders, and one case for every issue.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AskedLine, AskedOrder } from './asked-order.ts';
import { NO_CREDIT } from './credit-fixtures.ts';
import type { BranchId, CustomerId, ProductId } from './ids.ts';
import { errorIssue, hasError, type Repair } from './issue.ts';
import { DEFAULT_REVIEWS } from './lifecycle/reviews.ts';
import { MAX_NOTE_LENGTH, MAX_ORDER_LINES } from './order.ts';
import type { OrderFacts } from './order-facts.ts';
import { judgeOrder, type Judge } from './order-rules.ts';
import { DEFAULT_MANUAL_PRICES } from './policy.ts';
import { listPrice, productFacts } from './pricing/pricing-fixtures.ts';

const BRANCH = 'branch' as BranchId;
const CUSTOMER = 'customer' as CustomerId;
const DATE = '2026-06-15';

/** As central judges a clerk. */
const JUDGE: Judge = { shortage: 'error', role: 'clerk' };

const PRODUCTS = new Map([
  ['light', productFacts('light')],
  ['lamp', productFacts('lamp')],
  ['rice', productFacts('rice', { baseUnit: 'kg', units: [{ unit: 'kg', factor: 1_000 }], step: 100 })],
  ['gone', productFacts('gone', { active: false })],
  ['unpriced', productFacts('unpriced')],
  ['foreign', productFacts('foreign')],
]);
const PRICES = new Map([
  ['light', [listPrice({ unitPrice: 25_500 })]],
  ['lamp', [listPrice({ unitPrice: 99_999 }), listPrice({ unitPrice: 1_234, of: 'own' })]],
  ['rice', [listPrice({ unitPrice: 6_543, unit: 'kg' })]],
  ['gone', [listPrice()]],
  ['foreign', [listPrice({ currency: 'GBP' })]],
]);
const AVAILABLE = new Map([
  ['light', 100_000],
  ['lamp', 30_000],
  ['rice', 2_500],
  ['foreign', 10_000],
]);

const FACTS: OrderFacts = {
  customer: (id) =>
    ({
      customer: { customerId: id, branchId: BRANCH, active: true },
      asleep: { customerId: id, branchId: BRANCH, active: false },
      elsewhere: { customerId: id, branchId: 'other' as BranchId, active: true },
    })[id as string],
  product: (id) => PRODUCTS.get(id),
  prices: (id) => PRICES.get(id) ?? [],
  promotions: () => [],
  ...NO_CREDIT,
  reviews: () => DEFAULT_REVIEWS,
  manualPrices: () => DEFAULT_MANUAL_PRICES,
  available: (id) => AVAILABLE.get(id) ?? 0,
};

function line(id: string, quantity: number | undefined, more: Partial<AskedLine> = {}): AskedLine {
  return { productId: id as ProductId, unit: PRODUCTS.get(id)?.baseUnit ?? 'piece', quantity, ...more };
}

function asked(lines: AskedLine[], more: Partial<AskedOrder> = {}): AskedOrder {
  return { branchId: BRANCH, customerId: CUSTOMER, businessDate: DATE, note: '', lines, ...more };
}

function codes(order: AskedOrder): string[] {
  return judgeOrder(order, FACTS, JUDGE).issues.map((issue) => `${issue.code} at ${issue.path.join('.')}`);
}

describe('an order', () => {
  it('is priced line by line and adds up to its total', () => {
    const { lines, totalMinor, currency, issues } = judgeOrder(
      asked([line('light', 3_000), line('lamp', 2_000, { unit: 'case' }), line('rice', 1_300)]),
      FACTS,
      JUDGE,
    );
    expect(issues).toEqual([]);
    expect(lines.map((one) => [one.quantityBase, one.unitPrice, one.amountMinor, one.priceKind])).toEqual([
      [3_000, 25_500, 765, 'list'],
      [24_000, 14_808, 296, 'own'],
      [1_300, 6_543, 85, 'list'],
    ]);
    expect(currency).toBe('CNY');
    expect(totalMinor).toBe(765 + 296 + 85);
  });

  it.each<[string, AskedOrder, string[]]>([
    [
      'an unknown customer',
      asked([line('light', 1_000)], { customerId: 'nobody' as CustomerId }),
      ['customer.unknown at customerId'],
    ],
    [
      'an inactive customer',
      asked([line('light', 1_000)], { customerId: 'asleep' as CustomerId }),
      ['customer.inactive at customerId'],
    ],
    [
      "another branch's customer",
      asked([line('light', 1_000)], { customerId: 'elsewhere' as CustomerId }),
      ['customer.otherBranch at customerId'],
    ],
    ['no lines', asked([]), ['order.noLines at lines']],
    ['an unknown product', asked([line('nothing', 1_000)]), ['product.unknown at lines.0.productId']],
    ['an inactive product', asked([line('gone', 1_000)]), ['product.inactive at lines.0.productId']],
    ['a unit it is not sold in', asked([line('rice', 1_000, { unit: 'case' })]), ['unit.unknown at lines.0.unit']],
    ['letters for a quantity', asked([line('light', undefined)]), ['quantity.notANumber at lines.0.quantity']],
    ['a fourth decimal', asked([line('rice', Number.NaN)]), ['quantity.tooPrecise at lines.0.quantity']],
    ['nothing', asked([line('light', 0)]), ['quantity.notPositive at lines.0.quantity']],
    ['less than nothing', asked([line('light', -1_000)]), ['quantity.notPositive at lines.0.quantity']],
    ['a thousand million', asked([line('light', 1e12)]), ['quantity.tooLarge at lines.0.quantity']],
    ['more than a number holds', asked([line('light', 2 ** 60)]), ['quantity.tooLarge at lines.0.quantity']],
    ['half a piece', asked([line('light', 500)]), ['quantity.notStep at lines.0.quantity']],
    ['50 g of what goes by 100', asked([line('rice', 1_050)]), ['quantity.notStep at lines.0.quantity']],
    ['no price', asked([line('unpriced', 1_000)]), ['price.missing at lines.0.unitPrice']],
    [
      'a price that moved',
      asked([line('light', 1_000, { quotedUnitPrice: 25_000 })]),
      ['price.changed at lines.0.unitPrice'],
    ],
    ['two currencies', asked([line('light', 1_000), line('foreign', 1_000)]), ['currency.mixed at lines.1']],
    ['more than there is', asked([line('lamp', 31_000)]), ['stock.short at lines.0.quantity']],
    [
      'more than there is, on two lines',
      asked([line('lamp', 20_000), line('lamp', 11_000)]),
      ['stock.short at lines.1.quantity'],
    ],
    ['a NUL in the note', asked([line('light', 1_000)], { note: 'a\0b' }), ['note.unstorable at note']],
    ['half an emoji in the note', asked([line('light', 1_000)], { note: 'a\ud83c' }), ['note.unstorable at note']],
    [
      'a note without end',
      asked([line('light', 1_000)], { note: 'x'.repeat(MAX_NOTE_LENGTH + 1) }),
      ['note.tooLong at note'],
    ],
    [
      'everything at once',
      asked([line('light', 0), line('nothing', 1_000)], { customerId: 'nobody' as CustomerId }),
      [
        'customer.unknown at customerId',
        'quantity.notPositive at lines.0.quantity',
        'product.unknown at lines.1.productId',
      ],
    ],
  ])('with %s says so, on the field', (_, order, expected) => expect(codes(order)).toEqual(expected));

  it('keeps an emoji in the note, and a note that just fits', () => {
    expect(codes(asked([line('light', 1_000)], { note: 'x'.repeat(MAX_NOTE_LENGTH) }))).toEqual([]);
    expect(codes(asked([line('light', 1_000)], { note: '🎄 圣诞 👨‍👩‍👧' }))).toEqual([]);
  });

  it('may have as many lines as the limit says, and not one more', () => {
    const many = (count: number): AskedLine[] => Array.from({ length: count }, () => line('light', 0));
    expect(new Set(codes(asked(many(MAX_ORDER_LINES))))).toHaveLength(MAX_ORDER_LINES);
    expect(judgeOrder(asked(many(MAX_ORDER_LINES + 1)), FACTS, JUDGE)).toEqual({
      lines: [],
      places: [],
      currency: null,
      totalMinor: 0,
      issues: [errorIssue('order.tooManyLines', ['lines'], { params: { count: 2_001, max: MAX_ORDER_LINES } })],
    });
  });

  it.each<[string, number, number, number[]]>([
    ['some', 2_500, 2_500, [2_000]],
    ['one', 1_000, 1_000, [1_000]],
    ['none', 0, 0, []],
    ['less than none, for more was promised', -4_000, 0, []],
  ])('is told how much is missing where there is %s left, and offered whole steps of it', (_, left, there, offered) => {
    const { issues } = judgeOrder(asked([line('light', 5_000)]), { ...FACTS, available: () => left }, JUDGE);
    const params = { wantedBase: 5_000, availableBase: there, missingBase: 5_000 - there };
    const repairs: Repair[] = offered.map((quantity) => ({ kind: 'takeAvailable', line: 0, quantity }));
    expect(issues).toEqual([
      errorIssue('stock.short', ['lines', 0, 'quantity'], {
        params,
        repairs: repairs.concat({ kind: 'backorder', line: 0 }, { kind: 'removeLine', line: 0 }),
      }),
    ]);
  });

  it('that can not be counted says so in one issue, and has no lines', () => {
    const nearest = { params: { stepBase: 1_000, nearest: 1_000 } };
    const repairs: Repair[] = [{ kind: 'setQuantity', line: 0, quantity: 1_000 }];
    expect(judgeOrder(asked([line('light', 500)]), FACTS, JUDGE)).toEqual({
      lines: [],
      places: [],
      currency: null,
      totalMinor: 0,
      issues: [errorIssue('quantity.notStep', ['lines', 0, 'quantity'], { ...nearest, repairs })],
    });
  });

  it('is short of stock with a warning where the picture of it has an age', () => {
    const { issues, lines, currency } = judgeOrder(asked([line('lamp', 31_000)]), FACTS, {
      ...JUDGE,
      shortage: 'warning',
    });
    expect(hasError(issues)).toBe(false);
    expect(issues[0]?.severity).toBe('warning');
    expect(lines).toHaveLength(1);
    expect(currency).toBe('CNY');
  });
});

const anyLine = fc.record({
  productId: fc.constantFrom('light', 'lamp', 'rice').map((id) => id as ProductId),
  unit: fc.constantFrom('piece', 'case', 'kg'),
  quantity: fc.integer({ min: -2_000, max: 60_000 }),
});

const plausibleLine = fc.record({
  productId: fc.constantFrom('light', 'lamp').map((id) => id as ProductId),
  unit: fc.constantFrom('piece', 'piece', 'piece', 'case'),
  quantity: fc.integer({ min: 1, max: 8 }).map((count) => count * 1_000),
});

describe('any order', () => {
  it('that passes takes no more than there is, in steps, and its total is the sum of its lines', () => {
    fc.assert(
      fc.property(fc.array(plausibleLine, { minLength: 1, maxLength: 6 }), (lines) => {
        const judged = judgeOrder(asked(lines), FACTS, JUDGE);
        fc.pre(!hasError(judged.issues));
        const taken = new Map<string, number>();
        for (const one of judged.lines) taken.set(one.productId, (taken.get(one.productId) ?? 0) + one.quantityBase);
        for (const [id, base] of taken) {
          expect(base).toBeLessThanOrEqual(AVAILABLE.get(id) ?? 0);
          expect(base % (PRODUCTS.get(id)?.step ?? 1)).toBe(0);
        }
        expect(judged.totalMinor).toBe(judged.lines.reduce((sum, one) => sum + one.amountMinor, 0));
        expect(judged.lines).toHaveLength(lines.length);
      }),
      { numRuns: 500 },
    );
  });

  it('that is short or off its step passes once the offered repairs are made', () => {
    fc.assert(
      fc.property(fc.array(anyLine, { minLength: 1, maxLength: 8 }), (given) => {
        let lines: AskedLine[] = given;
        for (let round = 0; round < 30; round += 1) {
          const { issues } = judgeOrder(asked(lines), FACTS, JUDGE);
          const repair = issues.flatMap((issue) => issue.repairs)[0];
          if (!repair || !('line' in repair)) return;
          const at = repair.line;
          lines = lines.flatMap((one, index) => {
            if (index !== at) return [one];
            return repair.kind === 'removeLine'
              ? []
              : 'quantity' in repair
                ? [{ ...one, quantity: repair.quantity }]
                : repair.kind === 'backorder'
                  ? [{ ...one, backorder: true as const }]
                  : [one];
          });
        }
        expect(
          codes(asked(lines)).filter((code) => code.startsWith('stock') || code.startsWith('quantity.notStep')),
        ).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
