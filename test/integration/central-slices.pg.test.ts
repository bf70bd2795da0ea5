/**
 * A batch that is written in slices, over HTTP on a real PostgreSQL: with one mutation in each, it comes to what it would
 * have come to in one piece.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestCentral, type TestCentral } from '../support/central-fixture.ts';
import { refusePoison } from '../support/refuse-poison.ts';
import { known, TestDesk } from '../support/test-desk.ts';

let central: TestCentral;
let desk: TestDesk;

beforeAll(async () => {
  central = await startTestCentral(undefined, { sliceMutations: 1 });
  desk = await TestDesk.enrol(central, 'PD', 'clerk');
});
afterAll(async () => {
  await central.stop();
});

test('an order that is placed, amended and cancelled in slices of one batch has all its versions', async () => {
  const { content, pushed } = desk.place([{ product: 'P1', quantity: 5_000 }]);
  const more = { ...content, lines: [{ ...known(content.lines[0]), quantity: 7_000 }] };
  const amendment = desk.amend(more, { baseVersion: 0, dependsOn: [pushed.id] });
  const { lines: _lines, note: _note, ...asked } = content;
  const cancel = desk.sign(
    desk.body('order.cancel', { ...asked, baseVersion: 0, reason: '' }, { dependsOn: [pushed.id, amendment.id] }),
  );
  await desk.pull();
  const outcomes = await desk.push(pushed, amendment, cancel);
  expect([...outcomes.values()].map(({ outcome }) => outcome)).toEqual(['applied', 'applied', 'applied']);
  const changes = (await desk.pull()).filter((change) => change.key === content.orderId);
  expect(changes).toMatchObject([
    { rev: 1, row: { version: 1, status: 'placed', lines: [{ quantity: 5_000 }] } },
    { rev: 2, row: { version: 2, status: 'placed', lines: [{ quantity: 7_000 }] } },
    { rev: 3, row: { version: 3, status: 'cancelled', lines: [{ quantity: 7_000 }] } },
  ]);
  const versions = await central.db
    .selectFrom('sales_order_version')
    .selectAll()
    .where('order_id', '=', content.orderId)
    .orderBy('version')
    .execute();
  expect(versions).toMatchObject([
    { version: 1, document: { lines: [{ quantity: 5_000 }] } },
    { version: 2, document: { lines: [{ quantity: 7_000 }] } },
  ]);
  const lines = await central.db
    .selectFrom('sales_order_line')
    .select('quantity')
    .where('order_id', '=', content.orderId)
    .execute();
  expect(lines).toEqual([{ quantity: 7_000 }]);
});

test('a refusal that a later slice mends is told of as refused, and then as mended', async () => {
  const { content, pushed } = desk.place([{ product: 'P3', quantity: 2_000_000 }]);
  const mended = { ...content, lines: [{ ...known(content.lines[0]), quantity: 1_000 }] };
  const amendment = desk.amend(mended, { baseVersion: 0, dependsOn: [pushed.id] });
  await desk.pull();
  // The repair stands before what it repairs: it is held at first.
  const outcomes = await desk.push(amendment, pushed);
  expect(outcomes.get(pushed.id)?.outcome).toBe('refused');
  expect(outcomes.get(amendment.id)?.outcome).toBe('applied');
  const changes = await desk.pull();
  expect(changes.filter((change) => change.key === pushed.id)).toMatchObject([
    { rev: 1, row: { verdict: 'refused', supersededBy: null } },
    { rev: 2, row: { verdict: 'refused', supersededBy: amendment.id } },
  ]);
  expect(changes.find((change) => change.key === content.orderId)).toMatchObject({ rev: 1, row: { version: 1 } });
  expect(changes.filter((change) => change.kind === 'stock')).toMatchObject([{ row: { allocated: 1_000 } }]);
});

test('one that the database will not take in a later slice stands alone: those of earlier and later slices settle once', async () => {
  await refusePoison(central.db);
  const before = desk.place([{ product: 'P4', quantity: 1_000 }]).pushed;
  const poison = desk.place([{ product: 'P4', quantity: 1_000 }], { note: 'poison' }).pushed;
  const after = desk.place([{ product: 'P4', quantity: 1_000 }]).pushed;
  await desk.pull();
  const outcomes = await desk.push(before, poison, after);
  expect([before, poison, after].map(({ id }) => outcomes.get(id)?.outcome)).toEqual([
    'applied',
    'unreadable',
    'applied',
  ]);
  const changes = await desk.pull();
  expect(changes.filter((change) => change.kind === 'receipt').map(({ key }) => key)).toEqual([before.id, after.id]);
  expect(changes.findLast((change) => change.kind === 'stock')).toMatchObject({ row: { allocated: 2_000 } });
});
