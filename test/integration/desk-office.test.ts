/**
 * A desk and the office at one central, each by its own API. Goal: what one does about an order the other sees, and what
 * is looked at before sending is what then happens.
 */
import { createTRPCClient, httpLink } from '@trpc/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PeopleRouter } from '../../src-central/people/router.ts';
import { ordersOut } from '../../src-shared/protocol/orders-out.ts';
import { startTestCentral, type TestCentral } from '../support/central-fixture.ts';
import { openLocalDesk, type LocalDesk } from '../support/local-desk.ts';
import { eventually } from '../support/programs.ts';
import { newId, setOnHand, TEST_PASSWORD } from '../support/test-house.ts';

let central: TestCentral;
let desk: LocalDesk;
let office: ReturnType<typeof createTRPCClient<PeopleRouter>>;

beforeAll(async () => {
  central = await startTestCentral();
  desk = await openLocalDesk(central);
  const url = `${central.url}/trpc`;
  const { token } = await createTRPCClient<PeopleRouter>({ links: [httpLink({ url })] }).auth.signIn.mutate({
    userName: 'manager',
    password: TEST_PASSWORD,
  });
  office = createTRPCClient<PeopleRouter>({
    links: [httpLink({ url, headers: { authorization: `Bearer ${token}` } })],
  });
});
afterAll(async () => {
  await desk.close();
  await central.stop();
});

function place(product: string, quantity: number): string {
  const orderId = newId();
  const { products, customers } = central.house;
  const lines = [{ productId: products[product]?.productId ?? '', unit: 'piece', quantity }];
  desk.services.orders.place({ orderId, customerId: customers['C2']?.customerId ?? '', note: '', lines }, 'en');
  return orderId;
}

const order = (orderId: string) => desk.services.orders.get(orderId, 'en');

async function becomes(orderId: string, sync: string): Promise<void> {
  await eventually(
    () => Promise.resolve(order(orderId).sync),
    (is) => is === sync,
  );
}

test('what the office mends leaves the desk’s list by itself, with the order as it now is and who did it', async () => {
  const orderId = place('P3', 2_000);
  await becomes(orderId, 'refused');
  const [waiting] = desk.services.attention.list('en');
  expect(waiting).toMatchObject({ orderId, sync: 'refused' });
  const mutationId = waiting?.mutationId ?? '';
  const listed = (await office.refusals.list.query()).find((each) => each.mutationId === mutationId);
  const take = listed?.issues[0]?.repairs.find(({ kind }) => kind === 'takeAvailable');
  expect(take).toBeDefined();
  const mended = await office.refusals.repair.mutate({ mutationId, baseVersion: 0, repairs: take ? [take] : [] });
  expect(mended.outcome).toBe('applied');
  await becomes(orderId, 'applied');
  expect(desk.services.attention.list('en')).toEqual([]);
  expect(order(orderId)).toMatchObject({
    number: listed?.order?.number,
    quantityBase: 1_000_000,
    history: [{ what: 'amended', deviceId: null, userName: expect.stringMatching(/manager/i) as string }],
    queue: [],
  });
  expect((await desk.services.sync.verify()).different).toEqual([]);
});

test('held back, nothing leaves; what is then seen ahead is what happens once it goes', async () => {
  await setOnHand(central.db, { branch: central.house.pudong, product: central.house.products['P5'], onHand: 10_000 });
  const { sync } = desk.services;
  expect(sync.holdBack(true).heldBack).toMatchObject({ until: expect.any(Number) as number });
  const [fits, short] = [place('P5', 8), place('P5', 4)];
  await sync.now();
  expect([order(fits), order(short)].map((each) => each.queue[0]?.attempts)).toEqual([0, 0]);
  const { rows, notAsked } = await sync.dryRun('zh-CN');
  expect(notAsked).toBe(0);
  expect(rows).toMatchObject([
    { orderId: fits, outcome: 'applied', totalWasMinor: 2_040, totalNowMinor: 2_040, prices: [], stock: [] },
    {
      orderId: short,
      outcome: 'refused',
      stock: [{ line: 0, product: expect.stringMatching(/^P5 /) as string, wantedBase: 4_000, availableBase: 2_000 }],
      issues: [{ code: 'stock.short', message: expect.stringContaining('库存只剩') as string }],
    },
  ]);
  expect(
    await central.db.selectFrom('receipt').where('lane', '=', `order:${fits}`).select('verdict').execute(),
  ).toEqual([]);
  expect(sync.holdBack(false).heldBack).toBeNull();
  await becomes(fits, 'applied');
  await becomes(short, 'refused');
  desk.services.orders.cancel({ orderId: short, reason: 'short' }, 'en');
  await becomes(short, 'applied');
});

test('a price that changed meanwhile is told with both values before it is sent', async () => {
  const { sync } = desk.services;
  sync.holdBack(true);
  const orderId = place('P4', 2);
  const price = central.db.updateTable('price').where('product_id', '=', central.house.products['P4']?.productId ?? '');
  // Past the feed, as the last minutes before a pull are: the desk still shows the old one.
  await price.set({ unit_price: 30_000 }).execute();
  const { rows } = await sync.dryRun('en');
  expect(rows).toMatchObject([
    { orderId, outcome: 'refused', totalWasMinor: 510, totalNowMinor: 600, prices: [{ was: 25_500, now: 30_000 }] },
  ]);
  await price.set({ unit_price: 25_500 }).execute();
  sync.holdBack(false);
  await becomes(orderId, 'applied');
});

test('an order of somebody since deactivated is approved by a manager at the desk, nothing typed again', async () => {
  desk.gate.shut();
  const orderId = place('P4', 3);
  const person = central.db.updateTable('app_user').where('user_name', '=', 'clerk');
  await person.set({ active: false }).execute();
  desk.gate.open();
  await becomes(orderId, 'refused');
  const { session, orders } = desk.services;
  expect(() => orders.approve({ orderId }, 'en')).toThrow('NOT_ALLOWED');
  await session.signIn({ userName: 'manager', password: TEST_PASSWORD });
  orders.approve({ orderId }, 'en');
  await becomes(orderId, 'applied');
  expect(order(orderId)).toMatchObject({
    quantityBase: 3_000,
    history: [{ userName: expect.stringMatching(/manager/i) as string }],
  });
  await person.set({ active: true }).execute();
});

test('orders taken to central as a file count once, also when the desk finds its line again', async () => {
  desk.gate.shut();
  const orderIds = [place('P4', 1), place('P4', 2)];
  const { text, entries, fileName } = desk.services.sync.ordersOut();
  expect({ entries, fileName }).toMatchObject({
    entries: 2,
    fileName: expect.stringMatching(/^orders-out-PD-/) as string,
  });
  const file = ordersOut.parse(JSON.parse(text));
  const { outcomes } = await office.orders.bringIn.mutate(file);
  expect(outcomes.map((outcome) => outcome?.outcome)).toEqual(['applied', 'applied']);
  // The receipts come by the feed, without a push.
  for (const orderId of orderIds) await becomes(orderId, 'applied');
  desk.gate.open();
  const versions = await central.db
    .selectFrom('sales_order')
    .where('order_id', 'in', orderIds)
    .select('version')
    .execute();
  expect(versions).toEqual([{ version: 1 }, { version: 1 }]);
  expect(desk.services.sync.status()).toMatchObject({ waiting: 0, needsAttention: 0 });
});
