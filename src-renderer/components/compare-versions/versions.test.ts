// Goal: what is chosen is what the order then says, and nothing that was typed is lost by comparing it. Method: any order
// typed over any other, over few products, so that lines meet and repeat.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { OrderSide } from '../../../src-main/api/desk-services.ts';
import { draftLineOf } from '../order-editor/draft-of-order.ts';
import { emptyLine, type OrderDraft } from '../order-editor/draft.ts';
import { compareVersions, mergedDraft, type Side, type Versions } from './versions.ts';

const line = fc.record({
  productId: fc.constantFrom('tea', 'water', 'gin'),
  productCode: fc.constant(''),
  productName: fc.constant(''),
  unit: fc.constantFrom('piece', 'case'),
  quantity: fc.integer({ min: 1, max: 3 }),
  manual: fc.option(fc.record({ unitPrice: fc.constantFrom(12_345, 20_000), reason: fc.constantFrom('a', 'b') })),
});
const side: fc.Arbitrary<OrderSide> = fc.record({
  customerId: fc.constantFrom('one', 'other'),
  customerName: fc.constant(''),
  note: fc.constantFrom('', 'back door'),
  lines: fc.array(line, { maxLength: 5 }),
});

function draftOf({ customerId, customerName: name, note, lines }: OrderSide): OrderDraft {
  return {
    orderId: 'order',
    customer: { customerId, name, code: '', phone: null },
    lines: [...lines.map((each) => draftLineOf(each, { currency: 'CNY' })), emptyLine()],
    note,
    approval: false,
    amends: { number: 'PD-10-000001-AA', baseVersion: 1 },
  };
}

function versionsOf(theirs: OrderSide, base: OrderSide | null): Versions {
  return {
    currency: 'CNY',
    version: 5,
    by: null,
    theirs,
    base,
  };
}

test('all as theirs is their version, all as ours keeps what was typed to the letter', () => {
  fc.assert(
    fc.property(side, side, fc.option(side), (theirs, ours, base) => {
      const versions = versionsOf(theirs, base);
      const draft = draftOf(ours);
      const all = (of: Side) =>
        mergedDraft(draft, versions, new Map(compareVersions(draft, versions).map(({ key }) => [key, of])));
      expect(compareVersions(all('theirs'), versions)).toEqual([]);
      expect(all('theirs').amends?.baseVersion).toBe(5);
      expect(all('ours').lines.slice(0, -1)).toEqual(draft.lines.slice(0, -1));
      expect(compareVersions(all('ours'), versions)).toEqual(compareVersions(draft, versions));
    }),
  );
});

test('what nobody else touched is ours, what only they touched is theirs, without a base all is to be chosen', () => {
  fc.assert(
    fc.property(side, side, (base, changed) => {
      const sides = (draft: OrderDraft, versions: Versions) =>
        new Set(compareVersions(draft, versions).map(({ madeBy }) => madeBy));
      expect([...sides(draftOf(changed), versionsOf(base, base))].filter((made) => made !== 'ours')).toEqual([]);
      expect([...sides(draftOf(base), versionsOf(changed, base))].filter((made) => made !== 'theirs')).toEqual([]);
      expect([...sides(draftOf(changed), versionsOf(base, null))].filter((made) => made !== undefined)).toEqual([]);
    }),
  );
});

test('what was typed and is no quantity yet is compared as it was typed', () => {
  const base: OrderSide = { customerId: 'one', customerName: 'One', note: '', lines: [] };
  const draft = draftOf({ ...base, lines: [] });
  const typed = { ...emptyLine(), sought: { column: 'code' as const, text: 'te' }, quantity: '12a' };
  const found = compareVersions({ ...draft, lines: [typed, emptyLine()] }, versionsOf(base, base));
  expect(found).toMatchObject([{ what: 'line', madeBy: 'ours', product: { code: 'te' }, theirs: undefined }]);
  expect(found[0]?.ours).toMatchObject({ line: { quantity: '12a' } });
});
