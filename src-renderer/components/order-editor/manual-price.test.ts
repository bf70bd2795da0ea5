// Goal: a price by hand is what the person typed and meant, no more: it stays with its goods and its unit, and goes when
// the list's price is taken. Method: the draft's reducer and what is sent, key by key.
import { expect, test } from 'vitest';
import type { OrderDetail, OrderLineRow } from '../../../src-main/api/desk-services.ts';
import { emptyDraft, isEmptyLine, orderDraft, type DraftLine, type OrderDraft } from './draft.ts';
import { draftOfOrder } from './draft-of-order.ts';
import { draftReducer, type DraftAction } from './draft-reducer.ts';
import { orderRequest } from './order-request.ts';

const units = [
  { unit: 'piece', factor: 1_000 },
  { unit: 'case', factor: 12_000 },
];
const heart = { productId: 'p-heart', code: '85123A', name: 'White hanging heart', units };
const jam = { productId: 'p-jam', code: '22720', name: 'Jam making set', units };

type LineAction = DraftAction extends infer A ? (A extends { line: string } ? Omit<A, 'line'> : never) : never;

function withLine(action: LineAction, line: string): DraftAction {
  return Object.assign({ line }, action);
}

/** Does all that to the first line. */
function after(...actions: LineAction[]): OrderDraft {
  return onto(emptyDraft(), { do: 'choose', product: heart, unit: 'piece' }, ...actions);
}

function onto(draft: OrderDraft, ...actions: LineAction[]): OrderDraft {
  const line = first(draft).key;
  return actions.reduce((so, action) => draftReducer(so, withLine(action, line)), draft);
}

function first(draft: OrderDraft): DraftLine {
  const [line] = draft.lines;
  if (!line) throw new Error('a draft without lines');
  return line;
}

const given = (draft: OrderDraft) => orderRequest(draft).given.lines[0];
const typed = (price: string): LineAction => ({ do: 'setPrice', typed: price });
const settled = (listUnitPrice: number | null = 25_500): LineAction => ({
  do: 'settlePrice',
  listUnitPrice,
  currency: 'GBP',
});

test('a typed price is sent with its reason, and stands with the currency’s decimals once it is left', () => {
  const draft = after(typed('２。４'), { do: 'setReason', reason: '老客户' });
  expect(given(draft)?.manual).toEqual({ unitPrice: 24_000, reason: '老客户' });
  const left = onto(draft, settled());
  expect(first(left).manual).toEqual({ price: '2.40', reason: '老客户' });
  expect(given(left)?.manual).toEqual({ unitPrice: 24_000, reason: '老客户' });
});

test('what is no price is sent, and kept, as it was typed', () => {
  const draft = after(typed('2,4'), settled());
  expect(first(draft).manual?.price).toBe('2,4');
  expect(given(draft)?.manual).toEqual({ unitPrice: '2,4', reason: '' });
});

test.each(['', '  ', '2.55', '2.5500', '２．５５'])('%j is the list’s price again', (price) => {
  const draft = after(typed('2.4'), { do: 'setReason', reason: 'x' }, typed(price), settled());
  expect(first(draft).manual).toBeNull();
  expect(given(draft)).not.toHaveProperty('manual');
});

test('an emptied cell counts as the list’s before it is left, and its reason comes back with another price', () => {
  const emptied = after(typed('2.4'), { do: 'setReason', reason: 'x' }, typed(''));
  expect(given(emptied)).not.toHaveProperty('manual');
  expect(given(onto(emptied, typed('2')))?.manual).toEqual({ unitPrice: 20_000, reason: 'x' });
});

test('where the list’s price is not known, only an empty cell is the list’s', () => {
  expect(first(after(typed('2.55'), settled(null))).manual?.price).toBe('2.55');
  expect(first(after(typed(''), settled(null))).manual).toBeNull();
});

test('a repair takes the list price; others leave the price by hand', () => {
  const draft = after(typed('2.4'));
  const repairs = [
    { kind: 'takeListPrice', line: 0, unitPrice: 25_500 },
    { kind: 'setQuantity', line: 0, quantity: 6_000 },
  ] as const;
  const [listed, more] = repairs.map((repair) => first(onto(draft, { do: 'repair', repair })));
  expect(listed?.manual).toBeNull();
  expect(more).toMatchObject({ quantity: '6', manual: { price: '2.4' } });
});

test.each<[string, LineAction[]]>([
  ['another unit', [{ do: 'cycleUnit' }]],
  ['a unit that is typed', [{ do: 'setUnit', typed: 'c' }]],
  ['a unit behind the quantity', [{ do: 'setQuantity', typed: '2箱' }, { do: 'settleQuantity' }]],
  ['another product', [{ do: 'choose', product: jam, unit: 'piece' }]],
  ['no product', [{ do: 'dropProduct' }]],
])('%s ends it: it was agreed for something else', (_, actions) => {
  expect(first(after(typed('2.4'), ...actions)).manual).toBeNull();
});

test('a unit that is being typed behind the quantity is not sent with the price of another', () => {
  const draft = after(typed('2.4'), { do: 'setQuantity', typed: '2箱' });
  expect(given(draft)).toEqual({ productId: 'p-heart', unit: 'case', quantity: 2 });
});

test('the same product chosen again, or units that arrive, leave it', () => {
  const draft = after(typed('2.4'), { do: 'choose', product: heart, unit: 'piece' }, { do: 'setUnits', units });
  expect(first(draft).manual?.price).toBe('2.4');
});

test('a price typed before its product has come is kept', () => {
  const draft = onto(emptyDraft(), typed('2.4'), { do: 'choose', product: heart, unit: 'piece' });
  expect(first(draft).manual?.price).toBe('2.4');
});

test('a line with nothing but a price is not lost, one with an emptied price is empty', () => {
  expect(isEmptyLine(first(onto(emptyDraft(), typed('2'))))).toBe(false);
  expect(isEmptyLine(first(onto(emptyDraft(), typed('2'), typed(''))))).toBe(true);
});

test('a kept draft has it again, and one of an earlier version opens without', () => {
  const draft = after(typed('2.4'), { do: 'setReason', reason: 'x' });
  expect(orderDraft.parse(JSON.parse(JSON.stringify(draft)))).toEqual(draft);
  const earlier = JSON.parse(
    JSON.stringify(draft, (key, value: unknown) => (key === 'manual' ? undefined : value)),
  ) as unknown;
  expect(first(orderDraft.parse(earlier)).manual).toBeNull();
});

test('an amendment starts from the prices by hand that the order has', () => {
  const line = { productId: 'p-heart', productCode: '85123A', productName: '', unit: 'piece', quantity: 3 };
  const lines = [
    { ...line, unitPrice: 24_000, manual: { listUnitPrice: 25_500, reason: '老客户' } },
    { ...line, unitPrice: 25_500 },
  ] as OrderLineRow[];
  const order = { orderId: 'o', customerId: 'c', customerName: '', note: '', currency: 'GBP', lines } as OrderDetail;
  expect(orderRequest(draftOfOrder(order)).given.lines).toEqual([
    { productId: 'p-heart', unit: 'piece', quantity: 3, manual: { unitPrice: 24_000, reason: '老客户' } },
    { productId: 'p-heart', unit: 'piece', quantity: 3 },
  ]);
});
