/**
 * What people at central do with a desk's mutations, over HTTP on a real PostgreSQL: refusals are mended or let go of
 * once, whoever is quicker, and the orders of a dead desk come in by hand, once.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PushedMutation } from '../../src-shared/protocol/mutation.ts';
import type { Receipt } from '../../src-shared/protocol/receipt.ts';
import { startTestCentral, type TestCentral } from '../support/central-fixture.ts';
import { type PeopleApi, signedInApi } from '../support/people-api.ts';
import { known, TestDesk } from '../support/test-desk.ts';
import { setOnHand } from '../support/test-house.ts';

let central: TestCentral;
let desk: TestDesk;
let manager: PeopleApi;
let foreign: PeopleApi;

beforeAll(async () => {
  central = await startTestCentral();
  desk = await TestDesk.enrol(central, 'PD', 'clerk');
  [manager, foreign] = await Promise.all([signedInApi(central.url, 'manager'), signedInApi(central.url, 'manager-nb')]);
});
afterAll(async () => {
  await central.stop();
});

async function listed(api: PeopleApi, mutationId: string) {
  return (await api.refusals.list.query({ limit: 200 })).find((each) => each.mutationId === mutationId);
}

/** An order that is short of stock, pushed and refused. */
async function refusedOrder(product = 'P3') {
  const placed = desk.place([{ product, quantity: 2_000_000 }]);
  expect((await desk.pushOne(placed.pushed)).outcome).toBe('refused');
  await desk.pull();
  return placed;
}

test('a refusal is listed with what it asked for, to its branch’s managers, in the reader’s language', async () => {
  const { content, pushed } = await refusedOrder();
  const entry = known(await listed(manager, pushed.id));
  expect(entry).toMatchObject({
    name: 'order.place',
    branchCode: 'PD',
    deviceName: 'desk of clerk',
    baseVersion: 0,
    order: { number: content.number, lines: [{ productCode: 'P3', quantity: 2_000_000, quotedUnitPrice: 25_500 }] },
    issues: [{ code: 'stock.short', message: expect.stringContaining('Only 1000 left') as string }],
  });
  expect(entry.userName).not.toBe('');
  const chinese = known(await listed(await signedInApi(central.url, 'manager', 'zh-CN'), pushed.id));
  expect(chinese.issues[0]?.message).toContain('库存只剩');
  expect(await listed(foreign, pushed.id)).toBeUndefined();
  await expect(foreign.refusals.repair.mutate({ mutationId: pushed.id, baseVersion: 0 })).rejects.toMatchObject({
    data: { app: { code: 'NOT_ALLOWED' } },
  });
  await expect((await signedInApi(central.url, 'clerk')).refusals.list.query()).rejects.toMatchObject({
    data: { app: { code: 'NOT_ALLOWED' } },
  });
});

test('the office mends a refused order: effect, receipt and supersession reach the desk in one page', async () => {
  const { content, pushed } = await refusedOrder();
  const { issues, baseVersion } = known(await listed(manager, pushed.id));
  const again = await manager.refusals.repair.mutate({ mutationId: pushed.id, baseVersion });
  expect(again).toMatchObject({ outcome: 'refused', issues: [{ code: 'stock.short' }] });
  expect(await desk.pull()).toEqual([]);

  const take = known(issues[0]?.repairs.find(({ kind }) => kind === 'takeAvailable'));
  const mended = await manager.refusals.repair.mutate({ mutationId: pushed.id, baseVersion, repairs: [take] });
  expect(mended.outcome).toBe('applied');
  const changes = await desk.pull();
  expect(changes.find(({ kind }) => kind === 'order')).toMatchObject({
    row: {
      number: content.number,
      lines: [{ quantity: 1_000_000 }],
      history: [
        { what: 'amended', userName: expect.stringMatching(/manager/i) as string, deviceId: null, deviceName: '' },
      ],
    },
  });
  expect(changes.find(({ key }) => key === pushed.id)).toMatchObject({ rev: 2, row: { verdict: 'refused' } });
  expect(await listed(manager, pushed.id)).toBeUndefined();
  const act = await central.db.selectFrom('office_act').where('mutation_id', '=', pushed.id).selectAll().execute();
  expect(act).toMatchObject([{ what: 'repaired' }]);
  const { product_id: productId } = await central.db
    .selectFrom('product')
    .where('code', '=', 'P3')
    .select('product_id')
    .executeTakeFirstOrThrow();
  expect(changes.find(({ kind }) => kind === 'stock')).toMatchObject({ row: { productId, allocated: 1_000_000 } });
  const cancel = { ...withoutLines(content), baseVersion: 1, reason: '' };
  expect((await desk.pushOne(desk.sign(desk.body('order.cancel', cancel)))).outcome).toBe('applied');
});

function withoutLines(content: ReturnType<TestDesk['content']>): object {
  const { lines: _lines, note: _note, ...rest } = content;
  return rest;
}

test('desk and office mend the same refusal at once: one has done it, the other is told', async () => {
  for (let round = 0; round < 6; round += 1) {
    const { content, pushed } = await refusedOrder('P4');
    const lines = [{ ...known(content.lines[0]), quantity: 1_000 }];
    const byDesk = desk.amend({ ...content, lines }, { baseVersion: 0, dependsOn: [pushed.id] });
    const [deskSays, officeSays] = await Promise.all([
      desk.pushOne(byDesk),
      manager.refusals.repair.mutate({ mutationId: pushed.id, baseVersion: 0, lines }),
    ]);
    if (deskSays.outcome === 'applied') expect(officeSays.outcome).toBe('dealtWithBefore');
    else {
      expect(officeSays.outcome).toBe('applied');
      expect(deskSays).toMatchObject({ outcome: 'refused', issues: [{ code: 'order.changed' }] });
    }
    const orders = (await desk.pull()).filter(({ key }) => key === content.orderId);
    expect(orders.at(-1)).toMatchObject({ row: { version: 1 } });
  }
});

test('letting go ends an order that never was, under its number, and leaves alone one that is', async () => {
  const never = await refusedOrder();
  const entry = { mutationId: never.pushed.id, baseVersion: 0 };
  await expect(manager.refusals.dismiss.mutate({ ...entry, reason: ' ' })).rejects.toMatchObject({
    data: { app: { code: 'MALFORMED' } },
  });
  expect(await manager.refusals.dismiss.mutate({ ...entry, reason: 'called, not wanted' })).toMatchObject({
    outcome: 'applied',
  });
  expect((await desk.pull()).find(({ kind }) => kind === 'order')).toMatchObject({
    row: { number: never.content.number, status: 'cancelled', history: [{ reason: 'called, not wanted' }] },
  });

  const { content, pushed } = desk.place([{ product: 'P4', quantity: 1_000 }]);
  await desk.pushOne(pushed);
  const more = desk.amend(
    { ...content, lines: [{ ...known(content.lines[0]), quantity: 9_000_000 }] },
    { baseVersion: 1, dependsOn: [] },
  );
  expect((await desk.pushOne(more)).outcome).toBe('refused');
  await desk.pull();
  const letGo = { mutationId: more.id, baseVersion: 1, reason: 'typing error' };
  expect(await manager.refusals.dismiss.mutate(letGo)).toMatchObject({ outcome: 'dismissed' });
  // Asked again after a lost answer, it is done and stays done.
  expect(await manager.refusals.dismiss.mutate(letGo)).toMatchObject({ outcome: 'dismissed' });
  const changes = await desk.pull();
  expect(changes).toMatchObject([{ kind: 'receipt', key: more.id, rev: 2 }]);
  expect((changes[0] as { row: Receipt }).row.supersededBy).not.toBeNull();
});

test('work of a person since deactivated waits for a manager: no clerk can wave it through', async () => {
  const own = await TestDesk.enrol(central, 'PD', 'clerk');
  const boss = await TestDesk.enrol(central, 'PD', 'manager');
  const placed = [0, 1].map(() => own.place([{ product: 'P4', quantity: 1_000 }]));
  const person = central.db.updateTable('app_user').where('user_name', '=', 'clerk');
  await person.set({ active: false }).execute();
  for (const { pushed } of placed) {
    expect(await own.pushOne(pushed)).toMatchObject({
      outcome: 'refused',
      issues: [{ code: 'user.sessionInvalid', params: { why: 'deactivated' } }],
    });
  }
  await person.set({ active: true }).execute();
  const [first, second] = [known(placed[0]), known(placed[1])];
  expect((await manager.refusals.repair.mutate({ mutationId: first.pushed.id, baseVersion: 0 })).outcome).toBe(
    'applied',
  );
  const other = await central.db
    .selectFrom('app_user')
    .selectAll()
    .where('user_name', '=', 'clerk')
    .executeTakeFirstOrThrow();
  await central.db
    .insertInto('app_user')
    .values({ ...other, user_id: boss.identity.deviceId, user_name: 'clerk-2', display_name: 'Second clerk' })
    .execute();
  const session = own.session.sessionId;
  const amend = own.amend(second.content, { baseVersion: 0, dependsOn: [second.pushed.id] });
  // The same session, now another clerk's: that clerk's word is not enough, the manager's is.
  await central.db
    .updateTable('user_session')
    .set({ user_id: boss.identity.deviceId })
    .where('session_id', '=', session)
    .execute();
  expect(await own.pushOne(amend)).toMatchObject({ outcome: 'refused', issues: [{ code: 'user.notAllowed' }] });
  expect((await manager.refusals.repair.mutate({ mutationId: amend.id, baseVersion: 0 })).outcome).toBe('applied');
  expect(await listed(manager, second.pushed.id)).toBeUndefined();
});

function fileOf(of: TestDesk, entries: readonly PushedMutation[]) {
  const { deviceId, deviceName, incarnationId, branch } = of.identity;
  return {
    format: 'orderdesk-orders-out' as const,
    version: 1 as const,
    writtenAt: Date.now(),
    device: { deviceId, name: deviceName, incarnationId },
    branchCode: branch.code,
    entries: entries.map((entry) => ({
      ...entry,
      lane: '',
      name: '',
      state: 'waiting',
      reason: null,
      madeAt: Date.now(),
    })),
  };
}

test('a dead desk’s orders come in by hand once, each by its own signature, and the first verdict stays', async () => {
  const dead = await TestDesk.enrol(central, 'PD', 'clerk-nb').catch(() => TestDesk.enrol(central, 'PD', 'manager'));
  const good = dead.place([{ product: 'P4', quantity: 1_000 }]);
  const forged = { ...dead.place([{ product: 'P4', quantity: 1_000 }]).pushed, signature: good.pushed.signature };
  const newer = dead.sign(dead.body('order.explode', dead.content([])));
  await (await signedInApi(central.url, 'admin')).devices.revoke.mutate({ deviceId: dead.identity.deviceId });
  const file = fileOf(dead, [good.pushed, forged, newer]);
  const outcomesOf = async (api: PeopleApi): Promise<(string | undefined)[]> =>
    (await api.orders.bringIn.mutate(file)).outcomes.map((outcome) => outcome?.outcome);
  await expect(outcomesOf(foreign)).rejects.toMatchObject({ data: { app: { code: 'NOT_ALLOWED' } } });
  expect(await outcomesOf(manager)).toEqual(['applied', 'unauthentic', 'unreadable']);
  expect(await outcomesOf(manager)).toEqual(['applied', 'unauthentic', 'unreadable']);
  const orders = await central.db
    .selectFrom('sales_order')
    .where('number', '=', good.content.number)
    .select('version')
    .execute();
  expect(orders).toEqual([{ version: 1 }]);
  const large = fileOf(dead, [{ ...good.pushed, body: good.pushed.body.padEnd(2_000_000, ' ') }]);
  expect((await manager.orders.bringIn.mutate(large)).outcomes).toMatchObject([{ outcome: 'unauthentic' }]);
});

test('a dry run says what a push would, in the queue’s order, with the differences, and writes nothing', async () => {
  await setOnHand(central.db, { branch: central.house.pudong, product: central.house.products['P5'], onHand: 10_000 });
  const first = desk.place([{ product: 'P5', quantity: 8_000 }]);
  const second = desk.place([{ product: 'P5', quantity: 4_000 }]);
  const amended = desk.amend(
    { ...first.content, lines: [{ ...known(first.content.lines[0]), quantity: 9_000 }] },
    { baseVersion: 0, dependsOn: [first.pushed.id] },
  );
  const dear = desk.place([{ product: 'P4', quantity: 2_000, quotedUnitPrice: 20_000 }]);
  const strange = desk.sign(desk.body('order.explode', dear.content));
  const mutations = [first.pushed, second.pushed, amended, dear.pushed, strange];
  await desk.pull();
  const before = await central.db
    .selectFrom('change')
    .select(({ fn }) => fn.countAll().as('n'))
    .executeTakeFirst();
  const { body, error } = await desk.ask<{ entries: { outcome: { id: string; outcome: string } }[] }>('/sync/dry-run', {
    incarnationId: desk.identity.incarnationId,
    mutations,
  });
  expect(error).toBeUndefined();
  const told = new Map(body.entries.map((entry) => [entry.outcome.id, entry]));
  expect(told.get(first.pushed.id)).toMatchObject({ outcome: { outcome: 'applied' }, totalMinor: 2_040 });
  expect(told.get(second.pushed.id)).toMatchObject({
    outcome: { outcome: 'refused' },
    differences: [{ kind: 'stock', line: 0, assumed: 4_000, actual: 2_000 }],
  });
  expect(told.get(amended.id)).toMatchObject({ outcome: { outcome: 'applied' }, totalMinor: 2_295 });
  expect(told.get(dear.pushed.id)).toMatchObject({
    outcome: { outcome: 'refused' },
    totalMinor: 510,
    differences: [{ kind: 'price', line: 0, assumed: 20_000, actual: 25_500 }],
  });
  expect(told.get(strange.id)).toMatchObject({ outcome: { outcome: 'unreadable', reason: 'unknownName' } });
  const after = await central.db
    .selectFrom('change')
    .select(({ fn }) => fn.countAll().as('n'))
    .executeTakeFirst();
  expect(after).toEqual(before);
  expect(await desk.pull()).toEqual([]);
  const pushed = await desk.push(...mutations);
  for (const [id, outcome] of pushed) expect(outcome).toEqual(told.get(id)?.outcome);
});

test('an amendment stands in for what can never be judged, which then ends whenever it comes', async () => {
  const { content } = desk.place([{ product: 'P4', quantity: 1_000 }]);
  const unreadable = desk.sign(desk.body('order.explode', content));
  const waits = desk.amend(content, { baseVersion: 0, dependsOn: [unreadable.id] });
  expect((await desk.push(unreadable, waits)).get(waits.id)).toMatchObject({ outcome: 'held' });
  const supersedes = [unreadable, waits].map(({ id, bodyHash }) => ({ id, bodyHash }));
  const stands = desk.sign(desk.body('order.amend', { ...content, baseVersion: 0 }, { supersedes }));
  await desk.pull();
  expect((await desk.pushOne(stands)).outcome).toBe('applied');
  const changes = await desk.pull();
  for (const { id, bodyHash } of supersedes) {
    expect(changes.find(({ key }) => key === id)).toMatchObject({
      row: { verdict: 'refused', supersededBy: stands.id, bodyHash },
    });
  }
  expect((await desk.pushOne(waits)).outcome).toBe('refused');
  expect(await desk.pushOne({ ...waits, body: `${waits.body} ` })).toMatchObject({ outcome: 'unauthentic' });
  expect((await desk.pull()).filter(({ kind }) => kind === 'order')).toEqual([]);
});
