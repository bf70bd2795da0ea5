/**
 * Desks of earlier protocol versions, as programs that were kept (test/fixtures/desks), at the central of today. Goal:
 * a house can update central first and its desks later, in any order, and nobody who sits at one notices.
 */
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import SqliteDatabase from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bodySigner } from '../../src-main/identity/signing-key.ts';
import { keptDesks } from '../support/kept-desk.ts';
import { openKeptDesk, strangeTo, type KeptOfficeDesk } from '../support/kept-office.ts';
import { changeCustomer } from '../../src-central/customers/change-customer.ts';
import { grantBranch } from '../../src-central/grants/device-branches.ts';
import { newOrderId, openOffice, orderFor, settled, type Office, type OfficeDesk } from '../support/office.ts';
import { eventually } from '../support/programs.ts';
import { putRulesOn, setOnHand } from '../support/test-house.ts';

type AnyDesk = Pick<OfficeDesk, 'api'>;

let office: Office;
let today: OfficeDesk;
/** Whether there are rules that came with protocol 3: one house for all of these desks. */
let isRuled = false;

beforeAll(async () => {
  office = await openOffice();
  today = await office.openDesk({ user: 'manager' });
});
afterAll(() => office.close());

const place = (desk: AnyDesk, of: Parameters<typeof orderFor>[1] = {}) =>
  desk.api.orders.place.mutate(orderFor(office.house.house, of));
const amend = (desk: AnyDesk, of: Parameters<typeof orderFor>[1]) =>
  desk.api.orders.amend.mutate(orderFor(office.house.house, of));
const get = (desk: AnyDesk, orderId: string) => desk.api.orders.get.query({ orderId });

async function expectEqual(...desks: AnyDesk[]): Promise<void> {
  for (const desk of desks) {
    const { different, equal } = await desk.api.sync.verify.query();
    expect({ different, equal }).toEqual({ different: [], equal: true });
  }
}

/** Until the desk shows the order as wanted. */
async function shows(desk: AnyDesk, orderId: string, wanted: object): Promise<void> {
  await eventually(
    async () => (await desk.api.orders.list.query({ text: '' })).rows.find((row) => row.orderId === orderId),
    (row) => row !== undefined && isDeepStrictEqual({ ...row, ...wanted }, row),
  );
}

describe.each(keptDesks())('a desk of protocol %i', (protocol) => {
  let kept: KeptOfficeDesk;
  beforeAll(async () => {
    const enrol = await office.house.createEnrolmentCode('PD');
    kept = await openKeptDesk(protocol, { centralUrl: office.central.url, enrol, user: 'clerk' });
  });
  afterAll(() => kept.close());

  test('places, amends and cancels; all of it settles, and shows on a desk of today', async () => {
    const [stays, changes, goes] = [await place(kept), await place(kept), await place(kept, { product: 'P4' })];
    await amend(kept, { orderId: changes.orderId, quantity: 7, note: '周三前送' });
    await kept.api.orders.cancel.mutate({ orderId: goes.orderId, reason: 'wrong customer' });
    await settled(kept);
    await shows(today, stays.orderId, { sync: 'applied', totalMinor: stays.totalMinor });
    await shows(today, goes.orderId, { status: 'cancelled' });
    expect(await get(today, changes.orderId)).toMatchObject({ note: '周三前送', version: 2, number: changes.number });
    await expectEqual(kept, today);
  });

  test('is told what a desk of today does, and what central is told by others', async () => {
    const { house, db } = office.house;
    const placed = await place(today, { quantity: 3 });
    await shows(kept, placed.orderId, { sync: 'applied' });
    await amend(today, { orderId: placed.orderId, quantity: 4 });
    await eventually(
      () => get(kept, placed.orderId),
      (order) => order.version === 2 && order.lines[0]?.quantity === 4,
    );
    await setOnHand(db, { branch: house.pudong, product: house.products['P5'], onHand: 321_000 });
    await eventually(
      () => kept.api.products.get.query({ productId: house.products['P5']?.productId ?? '' }),
      (product) => product.onHandBase === 321_000,
    );
    await expectEqual(kept, today);
  });

  test('is told of tax, promotions and what left in parts in the words that it knows, and has them as central tells it', async () => {
    const { house, db } = office.house;
    const product = house.products['P5'];
    await setOnHand(db, { branch: house.pudong, product, onHand: 500_000 });
    if (!isRuled) await putRulesOn(db, { product, taxBasisPoints: 1_300, minimumBase: 3_000, off: 1_000 });
    isRuled = true;
    await eventually(
      () => today.api.orders.check.query(orderFor(house, { product: 'P5', quantity: 6 })),
      ({ lines, taxMinor }) => taxMinor !== null && (lines[0]?.story?.discounts.length ?? 0) > 0,
    );
    // It is told neither what the customer owes nor of what is known of them besides.
    const change = { terms: { days: 30, limitMinor: null }, taxId: 'T1', salesperson: '王芳' };
    await changeCustomer(db, { customerCode: 'C2', change, ofBranch: null, currency: 'GBP' });
    const placed = await place(today, { product: 'P5', quantity: 6 });
    const step = (of: Parameters<typeof today.api.orders.step.mutate>[0]['step']) =>
      today.api.orders.step.mutate({ orderId: placed.orderId, step: of });
    await step({ do: 'hold', reason: 'unpaid' });
    await step({ do: 'release' });
    await step({ do: 'ship', moved: [{ line: 0, quantityBase: 2_000 }], tracking: 'SF123' });
    await step({ do: 'pay', minor: 100, method: 'cash', reference: 'slip 1', on: '2026-06-15' });
    await settled(today);
    await shows(kept, placed.orderId, { sync: 'applied', status: 'placed', totalMinor: placed.totalMinor });
    const old = await get(kept, placed.orderId);
    expect(old.history.map(({ what }) => what)).toEqual(['placed']);
    expect(old.lines[0]).not.toHaveProperty('shippedBase');
    expect((await kept.api.products.get.query({ productId: product?.productId ?? '' })).onHandBase).toBe(498_000);
    // Its own order of too few is refused in words that it has, and can be mended there.
    const few = await place(kept, { product: 'P5', quantity: 1 });
    await settled(kept);
    expect((await get(kept, few.orderId)).issues[0]).toMatchObject({ code: 'order.changed', repairs: [{}] });
    await amend(kept, { orderId: few.orderId, product: 'P5', quantity: 3 });
    await settled(kept);
    expect(await get(kept, few.orderId)).toMatchObject({ sync: 'applied', status: 'placed' });
    await expectEqual(kept, today);
  });

  test('keeps to its own branch when it is granted another, until it is updated', async () => {
    const { db } = office.house;
    const { deviceId } = (await kept.api.session.state.query()).device ?? { deviceId: '' };
    const { branch_id: branchId } = await db
      .selectFrom('branch')
      .where('code', '=', 'NB')
      .select('branch_id')
      .executeTakeFirstOrThrow();
    await grantBranch(db, { deviceId, branchId });
    await settled(kept);
    const { customers } = office.house.house;
    const seen = async () => (await kept.api.customers.list.query({ offset: 0, limit: 100 })).rows.length;
    const own = await today.api.customers.list.query({ offset: 0, limit: 100 });
    expect(own.rows.length).toBeLessThan(Object.keys(customers).length);
    expect(await seen()).toBe(own.rows.length);
    await expectEqual(kept, today);
  });

  test('settles what it was given while the line was cut and central was killed', async () => {
    const before = await place(kept);
    await settled(kept);
    kept.line.cut();
    const offline = [await place(kept), await place(kept, { product: 'P2', unit: 'kg', quantity: 1.5 })];
    await amend(kept, { orderId: before.orderId, quantity: 2 });
    await amend(kept, { orderId: offline[0]?.orderId ?? '', quantity: 5 });
    await eventually(
      () => kept.api.sync.status.query(),
      (status) => status.link === 'offline' && status.waiting === 4,
    );
    await office.central.kill();
    await office.restartCentral();
    kept.line.mend();
    await settled(kept);
    for (const { orderId } of offline) expect(await get(kept, orderId)).toMatchObject({ sync: 'applied' });
    expect(await get(kept, before.orderId)).toMatchObject({ sync: 'applied', version: 2 });
    await expectEqual(kept, today);
  });

  test('is refused for a reason that it can read, mends it, and loses to who was first', async () => {
    const { house, db } = office.house;
    const contested = await place(today);
    await shows(kept, contested.orderId, { sync: 'applied' });
    kept.line.cut();
    // Desks before this one have taken some.
    const of = { branch: house.pudong, product: house.products['P3'] };
    const { allocated } = await setOnHand(db, { ...of, onHand: 100_000 });
    await setOnHand(db, { ...of, onHand: allocated + 5_000 });
    const tooMuch = await place(kept, { product: 'P3', quantity: 8 });
    await amend(kept, { orderId: contested.orderId, quantity: 9 });
    await amend(today, { orderId: contested.orderId, quantity: 2 });
    await settled(today);
    kept.line.mend();
    await settled(kept);
    expect((await get(kept, tooMuch.orderId)).issues[0]).toMatchObject({ code: 'stock.short' });
    expect((await get(kept, contested.orderId)).issues[0]).toMatchObject({ code: 'order.changed' });
    await amend(kept, { orderId: tooMuch.orderId, product: 'P3', quantity: 5 });
    await amend(kept, { orderId: contested.orderId, quantity: 6 });
    await settled(kept);
    expect(await get(kept, tooMuch.orderId)).toMatchObject({ sync: 'applied', number: tooMuch.number });
    await eventually(
      () => get(today, contested.orderId),
      (order) => order.version === 3 && order.lines[0]?.quantity === 6,
    );
    expect(await kept.api.attention.list.query()).toEqual([]);
    await expectEqual(kept, today);
  });

  test('was told nothing that its version does not have, to the key', async () => {
    // A person who types a wrong password, and one who is not there: refusals have a shape, too.
    await expect(kept.api.session.signIn.mutate({ userName: 'clerk', password: 'no' })).rejects.toThrow(/wrong/);
    const { answers } = kept.line;
    expect(strangeTo(protocol, answers)).toEqual([]);
    const asked = new Set(answers.filter(({ text }) => text !== '').map((answer) => answer.path));
    expect([...asked].toSorted()).toEqual([
      '/sync/digest',
      '/sync/enrol',
      ...(protocol >= 2 ? ['/sync/fill/chunk', '/sync/fill/open', '/sync/hello'] : []),
      '/sync/poke',
      '/sync/pull',
      '/sync/push',
      '/sync/sign-in',
    ]);
    const pokes = answers
      .filter((answer) => answer.path === '/sync/poke')
      .map(({ text }) => text)
      .join('');
    expect(pokes).toContain('"type":"heartbeat"');
    expect(pokes).toContain('"type":"poke"');
  });

  test('keeps its orders, its person and its work when it is updated while central is away', async () => {
    const { house } = office.house;
    const settledBefore = await place(kept);
    await settled(kept);
    kept.line.cut();
    const waits = await place(kept, { quantity: 2 });
    await amend(kept, { orderId: settledBefore.orderId, quantity: 3 });
    const { user } = await kept.api.session.state.query();
    await kept.program.stop();
    const strange = plantStrangers(kept.dataDir);
    await office.central.kill();

    await kept.restart('today');
    expect((await kept.api.session.state.query()).user).toMatchObject({ userName: user?.userName });
    const hits = await kept.api.products.search.query({
      text: 'hanging heart',
      limit: 5,
      customerId: house.customers['C1']?.customerId,
    });
    expect(hits[0]).toMatchObject({ productId: house.products['P1']?.productId, unitPrice: 20_000, ownPrice: true });
    const meanwhile = await place(kept, { quantity: 4 });
    const away = await kept.api.sync.status.query();
    expect(away).toMatchObject({ waiting: 2 + 1 + 2, link: expect.stringMatching(/connecting|offline/) });
    const onTheWay = expect.stringMatching(/waiting|sent/);
    expect(await get(kept, settledBefore.orderId)).toMatchObject({ sync: onTheWay, version: 2 });
    expect(await get(kept, waits.orderId)).toMatchObject({ number: waits.number, sync: onTheWay });

    await office.restartCentral();
    kept.line.mend();
    await settled(kept);
    for (const { orderId } of [settledBefore, waits, meanwhile]) await shows(today, orderId, { sync: 'applied' });
    expect(await get(today, settledBefore.orderId)).toMatchObject({ version: 2 });
    // The branch that it was granted while it knew of no grants.
    await eventually(
      async () => (await kept.api.customers.list.query({ offset: 0, limit: 100 })).rows.length,
      (count) => count === Object.keys(house.customers).length,
    );
    await expectEqual(kept, today);

    const attention = await kept.api.attention.list.query();
    expect(attention.map(({ mutationId, sync, reason }) => [mutationId, sync, reason?.split(':')[0]])).toEqual(
      strange.map(({ id, reason }) => [id, 'quarantined', reason]),
    );
    await kept.program.stop();
    expect(bodiesOf(kept.dataDir)).toEqual(strange.map(({ body }) => body));
  });
});

interface Stranger {
  id: string;
  body: string;
  reason: string;
}

/**
 * Puts in the outbox what no build reads: of a version that is not there yet, of a name that is none; and half a body,
 * as the kept desk had noticed itself.
 */
function plantStrangers(dataDir: string): Stranger[] {
  const file = new SqliteDatabase(path.join(dataDir, 'desk.sqlite'));
  try {
    const like = file.prepare('select * from outbox order by seq desc limit 1').get() as { body: string };
    const privateKey = file.prepare('select private_key from session').pluck().get() as string;
    const add = file.prepare(
      `insert into outbox
         (mutation_id, lane, name, body, body_hash, signature, depends_on, state, reason, answer, effect, made_at)
       values (@id, @lane, @name, @body, @bodyHash, @signature, '[]', @state, @reason, @answer, @effect, @made_at)`,
    );
    const plant = (change: { name?: string; schemaVersion?: number }): Stranger => {
      const of = { id: newOrderId(), lane: `order:${newOrderId()}`, name: 'order.place', ...change };
      const body = JSON.stringify({ ...(JSON.parse(like.body) as object), dependsOn: [], ...of });
      add.run({ ...like, ...of, body, ...bodySigner(privateKey)(body), state: 'waiting', reason: null });
      return { id: of.id, body, reason: 'unreadable' };
    };
    const strangers = [plant({ schemaVersion: 99 }), plant({ name: 'order.split' }), plant({})];
    const half = strangers[2];
    if (!half) throw new Error('there are three');
    half.body = half.body.slice(0, 200);
    half.reason = 'damaged';
    file
      .prepare(
        `update outbox set body = ?, state = 'quarantined', reason = 'damaged: half of it' where mutation_id = ?`,
      )
      .run(half.body, half.id);
    return strangers;
  } finally {
    file.close();
  }
}

/** What stands in the outbox, oldest first. */
function bodiesOf(dataDir: string): string[] {
  const file = new SqliteDatabase(path.join(dataDir, 'desk.sqlite'), { readonly: true });
  try {
    return file.prepare('select body from outbox order by seq').pluck().all() as string[];
  } finally {
    file.close();
  }
}
