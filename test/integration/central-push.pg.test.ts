/**
 * Central's verdicts, over HTTP on a real PostgreSQL: once each, for ever, and nobody waits for another's fault.
 */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from 'kysely';
import type { MutationBody } from '../../src-shared/protocol/mutation.ts';
import { startTestCentral, type TestCentral } from '../support/central-fixture.ts';
import { refusePoison } from '../support/refuse-poison.ts';
import { ask, known, newKey, TestDesk } from '../support/test-desk.ts';
import { newId, setOnHand } from '../support/test-house.ts';

let central: TestCentral;
let desk: TestDesk;

beforeAll(async () => {
  central = await startTestCentral();
  desk = await TestDesk.enrol(central, 'PD', 'clerk');
});
afterAll(async () => {
  await central.stop();
});

async function countOrders(): Promise<number> {
  const { count } = await central.db
    .selectFrom('sales_order')
    .select((select) => select.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

test('an order is applied with its lines, its stock, its receipt and the changes that tell of them', async () => {
  const { content, pushed } = desk.place([
    { product: 'P1', quantity: 2_000, unit: 'case' },
    { product: 'P2', quantity: 1_500 },
  ]);
  await desk.pull();
  expect(await desk.pushOne(pushed)).toEqual({ id: pushed.id, outcome: 'applied', issues: [] });
  const changes = await desk.pull();
  const order = changes.find((change) => change.kind === 'order');
  expect(order).toMatchObject({
    key: content.orderId,
    rev: 1,
    op: 'put',
    row: { number: content.number, status: 'placed', version: 1, currency: 'GBP', totalMinor: 6_503 },
  });
  expect(changes.filter((change) => change.kind === 'stock')).toHaveLength(2);
  expect(changes.find((change) => change.kind === 'receipt')).toMatchObject({
    key: pushed.id,
    row: { verdict: 'applied', bodyHash: pushed.bodyHash, supersededBy: null },
  });
});

test('a repeated push returns the first verdict and makes no second order', async () => {
  const { pushed } = desk.place([{ product: 'P1', quantity: 1_000 }]);
  const refused = desk.place([{ product: 'P9', quantity: 1_000 }]).pushed;
  const first = await desk.push(pushed, refused);
  const before = await countOrders();
  await desk.pull();
  expect(await desk.push(pushed, refused)).toEqual(first);
  expect(await desk.push(pushed, pushed)).toEqual(new Map([[pushed.id, known(first.get(pushed.id))]]));
  expect(await countOrders()).toBe(before);
  expect(await desk.pull()).toEqual([]);
});

test('the same push sent many times at once is judged once', async () => {
  const { pushed } = desk.place([{ product: 'P1', quantity: 1_000 }]);
  const before = await countOrders();
  const answers = await Promise.all(Array.from({ length: 12 }, () => desk.pushOne(pushed)));
  for (const answer of answers) expect(answer.outcome).toBe('applied');
  expect(await countOrders()).toBe(before + 1);
});

test('the same id with another content stops, and the first verdict stays', async () => {
  const { content, pushed } = desk.place([{ product: 'P1', quantity: 1_000 }]);
  await desk.pushOne(pushed);
  const other = desk.sign(desk.body('order.place', { ...content, note: 'other' }, { id: pushed.id }));
  expect(await desk.pushOne(other)).toEqual({ id: pushed.id, outcome: 'mismatch', knownHash: pushed.bodyHash });
  expect((await desk.pushOne(pushed)).outcome).toBe('applied');
});

test('another mutation in a place of the outbox that is taken stops: the desk file was forked', async () => {
  const own = await TestDesk.enrol(central, 'PD', 'clerk');
  const first = own.place([{ product: 'P1', quantity: 1_000 }]).pushed;
  const twin = { ...own.place([{ product: 'P1', quantity: 1_000 }]).pushed, seq: first.seq };
  const before = await countOrders();
  expect((await own.pushRaw([first, twin])).error).toEqual({ code: 'HELLO_FIRST', retry: 'later' });
  expect(await countOrders()).toBe(before + 1);
  // A desk of protocol 1 knows of no other way than to set it aside.
  const old = await own.pushRaw([twin], { protocol: 1 });
  expect(old.body.outcomes).toEqual([{ id: twin.id, outcome: 'mismatch', knownHash: first.bodyHash }]);
});

test('a refusal commits its receipt, and the amendment that supersedes it makes the order under its number', async () => {
  const { content, pushed } = desk.place([{ product: 'P3', quantity: 2_000_000 }]);
  const refusal = await desk.pushOne(pushed);
  expect(refusal).toMatchObject({
    outcome: 'refused',
    issues: [
      {
        code: 'stock.short',
        repairs: [{ kind: 'takeAvailable', quantity: 1_000_000 }, { kind: 'backorder' }, { kind: 'removeLine' }],
      },
    ],
  });
  const kept = await central.db
    .selectFrom('receipt')
    .select('refused_body')
    .where('mutation_id', '=', pushed.id)
    .executeTakeFirstOrThrow();
  expect(kept.refused_body).toBe(pushed.body);
  await desk.pull();
  const [line] = content.lines;
  const mended = { ...content, lines: [{ ...known(line), quantity: 1_000_000 }] };
  const amendment = desk.amend(mended, { baseVersion: 0, dependsOn: [pushed.id] });
  expect((await desk.pushOne(amendment)).outcome).toBe('applied');
  const changes = await desk.pull();
  expect(changes.find((change) => change.kind === 'order')).toMatchObject({
    row: { orderId: content.orderId, number: content.number, version: 1 },
  });
  expect(changes.find((change) => change.key === pushed.id)).toMatchObject({
    rev: 2,
    row: { verdict: 'refused', supersededBy: amendment.id },
  });
  const cancel = desk.sign(
    desk.body('order.cancel', { ...withoutLines(content), baseVersion: 1, reason: 'given up' }, { dependsOn: [] }),
  );
  expect((await desk.pushOne(cancel)).outcome).toBe('applied');
  const stock = (await desk.pull()).find((change) => change.kind === 'stock');
  expect(stock).toMatchObject({ row: { allocated: 0 } });
});

function withoutLines(content: ReturnType<TestDesk['content']>): object {
  const { lines: _lines, note: _note, ...rest } = content;
  return rest;
}

test('a placing, its refusal and its repair in one batch settle together', async () => {
  const { content, pushed } = desk.place([{ product: 'P3', quantity: 2_000_000 }]);
  const mended = { ...content, lines: [{ ...known(content.lines[0]), quantity: 1_000 }] };
  const amendment = desk.amend(mended, { baseVersion: 0, dependsOn: [pushed.id] });
  const outcomes = await desk.push(pushed, amendment);
  expect([...outcomes.values()].map(({ outcome }) => outcome)).toEqual(['refused', 'applied']);
  const receipt = (await desk.pull()).find((change) => change.key === pushed.id);
  expect(receipt).toMatchObject({ rev: 1, row: { supersededBy: amendment.id } });
});

test('an amendment keeps what it replaced, and one that builds on an older version is refused', async () => {
  const { content, pushed } = desk.place([{ product: 'P1', quantity: 5_000 }]);
  await desk.pushOne(pushed);
  const more = { ...content, lines: [{ ...known(content.lines[0]), quantity: 7_000 }] };
  expect((await desk.pushOne(desk.amend(more, { baseVersion: 1 }))).outcome).toBe('applied');
  expect(await desk.pushOne(desk.amend(content, { baseVersion: 1 }))).toMatchObject({
    outcome: 'refused',
    issues: [{ code: 'order.changed', params: { expected: 1, version: 2 } }],
  });
  const versions = await central.db
    .selectFrom('sales_order_version')
    .selectAll()
    .where('order_id', '=', content.orderId)
    .execute();
  expect(versions).toMatchObject([{ version: 1, document: { lines: [{ quantity: 5_000 }] } }]);
});

test('an unsettled placing and its amendments are judged in their order, however they arrive', async () => {
  const { content, pushed } = desk.place([{ product: 'P1', quantity: 1_000 }]);
  const second = desk.amend({ ...content, note: '2' }, { baseVersion: 0, dependsOn: [pushed.id] });
  const third = desk.amend({ ...content, note: '3' }, { baseVersion: 0, dependsOn: [pushed.id, second.id] });
  expect(await desk.pushOne(third)).toEqual({ id: third.id, outcome: 'held', missing: [pushed.id, second.id] });
  expect((await desk.push(third, second)).get(second.id)).toMatchObject({ outcome: 'held', missing: [pushed.id] });
  const outcomes = await desk.push(third, second, pushed);
  expect([...outcomes.values()].every(({ outcome }) => outcome === 'applied')).toBe(true);
  const order = (await desk.pull()).find((change) => change.key === content.orderId);
  expect(order).toMatchObject({ row: { version: 3, note: '3' } });
});

test('two batches that race for the last stock never take more than there is', async () => {
  const other = await TestDesk.enrol(central, 'PD', 'manager');
  const onHand = 100_000;
  await setOnHand(central.db, { branch: central.house.pudong, product: central.house.products['P5'], onHand });
  const pushes = [desk, other].flatMap((each) =>
    Array.from({ length: 12 }, () =>
      Array.from({ length: 3 }, () => each.place([{ product: 'P5', quantity: 3_000 }]).pushed),
    ).map((mutations) => each.push(...mutations)),
  );
  const outcomes = (await Promise.all(pushes)).flatMap((answer) => Array.from(answer.values()));
  const applied = outcomes.filter(({ outcome }) => outcome === 'applied').length;
  expect(applied).toBe(33);
  for (const outcome of outcomes) {
    if (outcome.outcome === 'refused') expect(outcome.issues[0]?.code).toBe('stock.short');
    else expect(outcome.outcome).toBe('applied');
  }
  const stock = await central.db
    .selectFrom('stock')
    .selectAll()
    .where('product_id', '=', known(central.house.products['P5']).productId)
    .where('warehouse_id', '=', central.house.pudong.warehouseId)
    .executeTakeFirstOrThrow();
  expect(stock).toMatchObject({ on_hand: onHand, allocated: 99_000 });
});

test('a mutation that the database will not take stands alone: its neighbours settle', async () => {
  await refusePoison(central.db);
  const before = desk.place([{ product: 'P4', quantity: 1_000 }]).pushed;
  const poison = desk.place([{ product: 'P4', quantity: 1_000 }], { note: 'poison' }).pushed;
  const after = desk.place([{ product: 'P4', quantity: 1_000 }]).pushed;
  const outcomes = await desk.push(before, poison, after);
  expect(outcomes.get(before.id)?.outcome).toBe('applied');
  expect(outcomes.get(after.id)?.outcome).toBe('applied');
  const outcome = known(outcomes.get(poison.id));
  expect(outcome.outcome).toBe('unreadable');
  await sql`drop trigger refuse_poison on sales_order`.execute(central.db);
  expect((await desk.pushOne(poison)).outcome).toBe('applied');
});

test('what can not be read has an outcome and fails nothing else', async () => {
  const good = desk.place([{ product: 'P4', quantity: 1_000 }]).pushed;
  const { content } = desk.place([{ product: 'P4', quantity: 1_000 }]);
  const unknownName = desk.sign(desk.body('order.explode', content));
  const unknownVersion = desk.sign(desk.body('order.place', content, { schemaVersion: 99 }));
  const badArgs = desk.sign(desk.body('order.place', { orderId: content.orderId }));
  const wrongLane = desk.sign(desk.body('order.place', content, { lane: `order:${newId()}` }));
  const nul = desk.sign(desk.body('order.place', { ...content, note: 'a\0b' }));
  const half = desk.sign(desk.body('order.place', { ...content, note: 'half \ud83d' }));
  const envelope = { ...desk.place([{ product: 'P4', quantity: 1_000 }]).pushed, seq: -1 };
  const rest = [unknownName, unknownVersion, badArgs, wrongLane, nul, half];
  const { body } = await desk.pushRaw([...rest, envelope, { nonsense: true }, null, good]);
  const outcomes = new Map(body.outcomes.map((outcome) => [outcome.id, outcome]));
  for (const [mutation, reason] of [
    [unknownName, 'unknownName'],
    [unknownVersion, 'unknownVersion'],
    [badArgs, 'unreadable'],
    [wrongLane, 'lane'],
    [nul, 'text'],
    [half, 'text'],
    [envelope, 'envelope'],
  ] as const) {
    expect(outcomes.get(mutation.id)).toEqual({ id: mutation.id, outcome: 'unreadable', reason });
  }
  expect(outcomes.get(good.id)?.outcome).toBe('applied');
  expect(body.outcomes).toHaveLength(8);
});

test('an emoji and a character of the Chinese extensions stay as they were typed', async () => {
  const note = '加急🚚 𠮷野家';
  const { content, pushed } = desk.place([{ product: 'P4', quantity: 1_000 }], { note });
  await desk.pushOne(pushed);
  const order = (await desk.pull()).find((change) => change.key === content.orderId);
  expect(order).toMatchObject({ row: { note } });
});

test('a forged signature, a garbled body, a foreign session and a foreign incarnation are alarms', async () => {
  const other = await TestDesk.enrol(central, 'NB', 'clerk-nb');
  const { content, pushed } = desk.place([{ product: 'P4', quantity: 1_000 }]);
  const forged = { ...pushed, signature: other.sign(desk.body('order.place', content)).signature };
  const garbled = { ...desk.place([{ product: 'P4', quantity: 1_000 }]).pushed, bodyHash: 'f'.repeat(64) };
  const session = desk.sign(desk.body('order.place', content, { sessionId: other.session.sessionId }));
  const incarnation = desk.sign(desk.body('order.place', content, { incarnationId: other.identity.incarnationId }));
  const swapped = { ...desk.place([{ product: 'P4', quantity: 1_000 }]).pushed, id: newId() as MutationBody['id'] };
  const outcomes = await desk.push(forged, garbled, session, incarnation, swapped);
  for (const [mutation, reason] of [
    [forged, 'signature'],
    [garbled, 'hash'],
    [session, 'session'],
    [incarnation, 'incarnation'],
    [swapped, 'id'],
  ] as const) {
    expect(outcomes.get(mutation.id)).toEqual({ id: mutation.id, outcome: 'unauthentic', reason });
  }
  const asOther = await desk.ask('/sync/push', { incarnationId: other.identity.incarnationId, mutations: [pushed] });
  expect(asOther).toMatchObject({ status: 403, error: { code: 'NOT_ALLOWED' } });
  // None of it has left a trace: the true one is judged as if nothing had been.
  expect((await desk.pushOne(pushed)).outcome).toBe('applied');
});

test('an order of a foreign branch or warehouse, or with a number that is not the desk’s, is refused', async () => {
  const { ningbo } = central.house;
  const line = [{ product: 'P4', quantity: 1_000 }];
  const branch = desk.place(line, { branchId: ningbo.branchId, warehouseId: ningbo.warehouseId }).pushed;
  const warehouse = desk.place(line, { warehouseId: ningbo.warehouseId }).pushed;
  const customer = desk.place(line, { customer: 'C3' }).pushed;
  const number = desk.place(line, { number: 'PD-ZZ-000001-A' }).pushed;
  const outcomes = await desk.push(branch, warehouse, customer, number);
  const code = (id: string): unknown => (outcomes.get(id) as { issues?: { code: string }[] }).issues?.[0]?.code;
  expect([branch, warehouse, customer, number].map(({ id }) => code(id))).toEqual([
    'user.notAllowed',
    'user.notAllowed',
    'customer.otherBranch',
    'order.numberInvalid',
  ]);
});

test('a number that another order has is refused, also within one batch', async () => {
  const first = desk.place([{ product: 'P4', quantity: 1_000 }]);
  const twin = desk.place([{ product: 'P4', quantity: 1_000 }], { number: first.content.number }).pushed;
  const outcomes = await desk.push(first.pushed, twin);
  expect(outcomes.get(twin.id)).toMatchObject({ outcome: 'refused', issues: [{ code: 'order.numberTaken' }] });
  const later = desk.place([{ product: 'P4', quantity: 1_000 }], { number: first.content.number }).pushed;
  expect(await desk.pushOne(later)).toMatchObject({ issues: [{ code: 'order.numberTaken' }] });
});

test('a day far from central’s is refused, and a refused order of such a day can still be cancelled', async () => {
  const late = desk.place([{ product: 'P4', quantity: 1_000 }], { businessDate: '2019-01-01' });
  expect(await desk.pushOne(late.pushed)).toMatchObject({
    outcome: 'refused',
    issues: [{ code: 'businessDate.implausible', params: { date: '2019-01-01' } }],
  });
  const cancel = desk.sign(
    desk.body(
      'order.cancel',
      { ...withoutLines(late.content), baseVersion: 0, reason: '' },
      { dependsOn: [late.pushed.id] },
    ),
  );
  expect((await desk.pushOne(cancel)).outcome).toBe('applied');
});

test('what a person signed in time counts after the session’s end; what came later, or of a person deactivated, is refused', async () => {
  const own = await TestDesk.enrol(central, 'PD', 'clerk');
  const { expiresAt } = own.session;
  const line = [{ product: 'P4', quantity: 1_000 }];
  const inTime = own.sign(own.body('order.place', own.content(line), { madeAt: expiresAt - 1 }));
  const late = own.sign(own.body('order.place', own.content(line), { madeAt: expiresAt + 1 }));
  const outcomes = await own.push(inTime, late);
  expect(outcomes.get(inTime.id)?.outcome).toBe('applied');
  expect(outcomes.get(late.id)).toMatchObject({ outcome: 'refused', issues: [{ code: 'user.sessionInvalid' }] });
  const person = central.db.updateTable('app_user').where('user_name', '=', 'clerk');
  await person.set({ active: false }).execute();
  const { pushed } = own.place(line);
  expect(await own.pushOne(pushed)).toMatchObject({ outcome: 'refused', issues: [{ code: 'user.sessionInvalid' }] });
  await person.set({ active: true }).execute();
  expect(await own.pushOne(pushed)).toMatchObject({ outcome: 'refused', issues: [{ code: 'user.sessionInvalid' }] });
});

test('a price or a product changed between two pushes counts from the next one on, however it was changed', async () => {
  const line = { product: 'P5', quantity: 1_000 };
  await setOnHand(central.db, { branch: central.house.pudong, product: central.house.products['P5'], onHand: 900_000 });
  expect((await desk.pushOne(desk.place([line]).pushed)).outcome).toBe('applied');
  const { productId } = known(central.house.products['P5']);
  const price = central.db.updateTable('price').where('product_id', '=', productId);
  await price.set({ unit_price: 30_000 }).execute();
  expect(await desk.pushOne(desk.place([line]).pushed)).toMatchObject({
    outcome: 'refused',
    issues: [{ code: 'price.changed', params: { quoted: 25_500, now: 30_000 } }],
  });
  expect((await desk.pushOne(desk.place([{ ...line, quotedUnitPrice: 30_000 }]).pushed)).outcome).toBe('applied');
  await price.set({ unit_price: 25_500 }).execute();
  const product = central.db.updateTable('product').where('product_id', '=', productId);
  await product.set({ active: false }).execute();
  expect(await desk.pushOne(desk.place([line]).pushed)).toMatchObject({ issues: [{ code: 'product.inactive' }] });
  await product.set({ active: true }).execute();
  expect((await desk.pushOne(desk.place([line]).pushed)).outcome).toBe('applied');
});

test('a customer’s own price goes before the list’s', async () => {
  const own = { product: 'P1', quantity: 1_000, quotedUnitPrice: 20_000 };
  const { content, pushed } = desk.place([own], { customer: 'C1' });
  expect((await desk.pushOne(pushed)).outcome).toBe('applied');
  const order = (await desk.pull()).find((change) => change.key === content.orderId);
  expect(order).toMatchObject({ row: { totalMinor: 200, lines: [{ priceKind: 'own' }] } });
  expect(await desk.pushOne(desk.place([own], { customer: 'C2' }).pushed)).toMatchObject({
    issues: [{ code: 'price.changed' }],
  });
});

test('an order of 2,000 lines is taken, and one of 2,001 is refused in words', async () => {
  const line = { product: 'P1', quantity: 1_000 };
  await setOnHand(central.db, {
    branch: central.house.pudong,
    product: central.house.products['P1'],
    onHand: 100_000_000,
  });
  const longest = desk.place(Array.from({ length: 2_000 }, () => line)).pushed;
  const tooLong = desk.place(Array.from({ length: 2_001 }, () => line)).pushed;
  const outcomes = await desk.push(longest, tooLong);
  expect(outcomes.get(longest.id)?.outcome).toBe('applied');
  expect(outcomes.get(tooLong.id)).toMatchObject({ issues: [{ code: 'order.tooManyLines' }] });
});

test('a revoked desk, an unknown token and an unserved protocol are told so', async () => {
  const own = await TestDesk.enrol(central, 'PD', 'clerk');
  expect(await own.ask('/sync/pull', { cursor: '', protocol: 99 })).toMatchObject({
    status: 426,
    error: { code: 'UPGRADE_REQUIRED', served: [1, 2, 3] },
  });
  await ask(central, '/trpc/devices.revoke', central.adminToken, { deviceId: own.identity.deviceId });
  expect(await own.ask('/sync/pull', { cursor: '' })).toMatchObject({ status: 401, error: { code: 'TOKEN_INVALID' } });
  expect(await ask(central, '/sync/pull', 'x'.repeat(43), { protocol: 1, cursor: '' })).toMatchObject({ status: 401 });
  expect(await ask(central, '/sync/pull', undefined, { protocol: 1, cursor: '' })).toMatchObject({ status: 401 });
});

test('an enrolment code works once, for one desk, and that desk may ask again when the answer was lost', async () => {
  const code = await central.createEnrolmentCode('PD');
  const { publicKey } = newKey();
  const request = { protocol: 1, code: ` ${code.toLowerCase()} `, deviceName: 'Till 2', publicKey };
  const first = await ask<{ deviceId: string }>(central, '/sync/enrol', undefined, request);
  const again = await ask<{ deviceId: string; deviceToken: string }>(central, '/sync/enrol', undefined, request);
  expect(again.body.deviceId).toBe(first.body.deviceId);
  const thief = await ask(central, '/sync/enrol', undefined, { ...request, publicKey: newKey().publicKey });
  expect(thief).toMatchObject({ status: 403, error: { code: 'CODE_INVALID' } });
  expect(await ask(central, '/sync/enrol', undefined, { ...request, code: 'AAAAA-AAAAA' })).toMatchObject({
    error: { code: 'CODE_INVALID' },
  });
  const hash = createHash('sha256').update(again.body.deviceToken).digest();
  const stored = await central.db.selectFrom('device').select('device_id').where('token_hash', '=', hash).execute();
  expect(stored).toEqual([{ device_id: first.body.deviceId }]);
});
