// Goal: a comparison loses nothing. Method: any two or three orders over few products, so that lines meet and repeat.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { madeBy, orderDifference, withDifferences, type ComparedOrder } from './order-difference.ts';

const line = fc.record({
  productId: fc.constantFrom('tea', 'water', 'gin'),
  unit: fc.constantFrom('piece', 'case'),
  quantity: fc.integer({ min: 1, max: 3 }),
  manual: fc.option(fc.record({ unitPrice: fc.integer({ min: 0, max: 2 }), reason: fc.constantFrom('a', 'b') }), {
    nil: undefined,
  }),
});
const order: fc.Arbitrary<ComparedOrder> = fc.record({
  customerId: fc.constantFrom('one', 'other'),
  note: fc.constantFrom('', 'back door'),
  lines: fc.array(line, { maxLength: 6 }),
});

/** As a bag: where a line stands is no difference. */
function bagOf({ lines, ...head }: ComparedOrder) {
  return { ...head, lines: lines.map((each) => JSON.stringify(each)).toSorted() };
}

test('an order differs from itself in nothing', () => {
  fc.assert(
    fc.property(order, (one) => {
      expect(orderDifference(one, one)).toEqual([]);
    }),
  );
});

test('the differences from one order to another make the one the other', () => {
  fc.assert(
    fc.property(order, order, (one, other) => {
      const made = withDifferences(one, orderDifference(one, other));
      // Several lines of the same goods may have swapped their places among the others, but never among themselves.
      expect(bagOf(made)).toEqual(bagOf(other));
      expect(orderDifference(made, other)).toEqual([]);
    }),
  );
});

test('each difference can be taken or left by itself: what is not taken stays as it was', () => {
  const goods = fc.uniqueArray(line, { selector: ({ productId, unit }) => `${productId} ${unit}` });
  const plain = fc.tuple(order, goods).map(([{ customerId, note }, lines]) => ({ customerId, note, lines }));
  fc.assert(
    fc.property(plain, plain, fc.infiniteStream(fc.boolean()), (theirs, ours, choices) => {
      const taken = orderDifference(theirs, ours).filter(() => choices.next().value);
      const made = withDifferences(theirs, taken);
      expect(orderDifference(theirs, made)).toEqual(taken);
      expect(bagOf(withDifferences(made, orderDifference(made, ours)))).toEqual(bagOf(ours));
    }),
  );
});

test('what only one side changed is that side’s, and only what both changed is for a person to decide', () => {
  fc.assert(
    fc.property(order, order, (base, changed) => {
      for (const each of orderDifference(base, changed)) expect(madeBy(base, each)).toBe('ours');
      for (const each of orderDifference(changed, base)) expect(madeBy(base, each)).toBe('theirs');
    }),
  );
  const base = { customerId: 'one', note: '', lines: [{ productId: 'tea', unit: 'case', quantity: 1, unitPrice: 5 }] };
  const of = (quantity: number) => ({ ...base, lines: base.lines.map((each) => ({ ...each, quantity })) });
  expect(orderDifference(of(2), of(3)).map((each) => madeBy(base, each))).toEqual(['both']);
  expect(orderDifference({ ...base, lines: [] }, of(3)).map((each) => madeBy(base, each))).toEqual(['both']);
});
