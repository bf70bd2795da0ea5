import { expect, test } from 'vitest';
import { emptyDraft, type DraftLine, type OrderDraft } from './draft.ts';
import { draftReducer } from './draft-reducer.ts';
import { orderRequest, placeIssues } from './order-request.ts';

const heart = {
  productId: 'p-heart',
  code: '85123A',
  name: 'White hanging heart',
  units: [
    { unit: 'piece', factor: 1_000 },
    { unit: 'case', factor: 12_000 },
  ],
};

function line(draft: OrderDraft, at = 0): DraftLine {
  const found = draft.lines[at];
  if (!found) throw new Error(`no line ${at}`);
  return found;
}

function withHeart(): OrderDraft {
  const draft = emptyDraft();
  return draftReducer(draft, { do: 'choose', line: line(draft).key, product: heart, unit: 'piece' });
}

test('a line that was typed into is followed by an empty one', () => {
  const draft = withHeart();
  expect(draft.lines).toHaveLength(2);
  expect(line(draft, 1).product).toBeNull();
});

test('what was typed as a quantity is kept as it was typed', () => {
  const draft = withHeart();
  const typed = draftReducer(draft, { do: 'setQuantity', line: line(draft).key, typed: '12a' });
  const left = draftReducer(typed, { do: 'settleQuantity', line: line(typed).key });
  expect(line(left).quantity).toBe('12a');
  expect(orderRequest(left).given.lines[0]?.quantity).toBe('12a');
});

test('a unit behind the quantity sets the unit', () => {
  const draft = withHeart();
  const typed = draftReducer(draft, { do: 'setQuantity', line: line(draft).key, typed: '3箱' });
  expect(orderRequest(typed).given.lines[0]).toMatchObject({ quantity: 3, unit: 'case' });
  const left = draftReducer(typed, { do: 'settleQuantity', line: line(typed).key });
  expect(line(left)).toMatchObject({ quantity: '3', unit: 'case' });
});

test('an answer to letters that were typed over is not taken', () => {
  const draft = withHeart();
  const sought = draftReducer(draft, { do: 'seek', line: line(draft).key, column: 'code', text: '227' });
  const late = draftReducer(sought, {
    do: 'choose',
    line: line(draft).key,
    product: heart,
    unit: 'piece',
    sought: '22',
  });
  expect(line(late).sought?.text).toBe('227');
});

test('a line whose product is being sought anew is sent without the old one', () => {
  const draft = withHeart();
  const sought = draftReducer(draft, { do: 'seek', line: line(draft).key, column: 'code', text: 'x' });
  expect(orderRequest(sought).given.lines[0]?.productId).toBe('');
  const back = draftReducer(sought, { do: 'giveUpSeeking', line: line(draft).key });
  expect(orderRequest(back).given.lines[0]?.productId).toBe('p-heart');
});

test('an issue finds its cell though empty lines stand before it', () => {
  const draft = withHeart();
  const keys = orderRequest(draft).keys;
  const issue = {
    code: 'quantity.notANumber' as const,
    path: ['lines', 0, 'quantity'],
    params: {},
    severity: 'error' as const,
    repairs: [],
    message: '',
  };
  expect(placeIssues([issue], keys)[0]?.at).toEqual({ place: 'line', key: line(draft).key, column: 'quantity' });
});

test('a repair that takes what is there writes it into the line', () => {
  const draft = withHeart();
  const mended = draftReducer(draft, {
    do: 'repair',
    line: line(draft).key,
    repair: { kind: 'takeAvailable', line: 0, quantity: 12_000 },
  });
  expect(line(mended).quantity).toBe('12');
});
