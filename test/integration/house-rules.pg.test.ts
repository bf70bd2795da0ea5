// Goal: what the house decides at central (groups, promotions, policies) is decided by whom it may be, prices the very
// next order there, and is told to every desk. Method: the people's API and pushes over HTTP, on a real PostgreSQL.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { findDivergence } from '../../src-central/change-feed/divergence.ts';
import type { ImportKind } from '../../src-central/import/import-file.ts';
import type { Order, OrderLine } from '../../src-shared/domain/order.ts';
import type { PushOutcome } from '../../src-shared/protocol/receipt.ts';
import { branchScope, CATALOGUE_SCOPE } from '../../src-shared/protocol/scope.ts';
import { startTestCentral, type TestCentral } from '../support/central-fixture.ts';
import { importFrom } from '../support/import-fixture.ts';
import { peopleApi, type PeopleApi, signedInApi } from '../support/people-api.ts';
import { known, TestDesk } from '../support/test-desk.ts';
import { newId } from '../support/test-house.ts';

type NewPromotion = Parameters<PeopleApi['promotions']['put']['mutate']>[0];

let central: TestCentral;
let desk: TestDesk;
let api: { clerk: PeopleApi; manager: PeopleApi; admin: PeopleApi };

beforeAll(async () => {
  central = await startTestCentral();
  const [clerk, manager, admin] = await Promise.all(
    ['clerk', 'manager', 'admin'].map((name) => signedInApi(central.url, name)),
  );
  api = { clerk: known(clerk), manager: known(manager), admin: known(admin) };
  desk = await TestDesk.enrol(central, 'PD', 'clerk');
});
afterAll(async () => {
  await central.stop();
});
/** Every test leaves the house without a running promotion, and the feed in agreement with the tables. */
afterEach(async () => {
  for (const { code } of await api.admin.promotions.list.query()) await api.admin.promotions.end.mutate({ code });
  expect(await divergence()).toEqual([]);
});

const failing = (code: string, more: object = {}): object => ({ data: { app: { code, ...more } } });

async function divergence(): Promise<unknown> {
  const { pudong, ningbo } = central.house;
  const scopes = [CATALOGUE_SCOPE, branchScope(pudong.branchId), branchScope(ningbo.branchId)];
  return central.db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute((tx) => findDivergence(tx, scopes));
}

/** A tenth off everything, for everybody, for ever. */
function tenOff(code: string, more: Partial<NewPromotion> = {}): NewPromotion {
  return {
    code,
    name: '九折',
    validFrom: '2020-01-01',
    validTo: null,
    active: true,
    branches: [],
    groups: [],
    customers: [],
    products: [],
    place: 0,
    exclusive: false,
    rule: { kind: 'percent', off: 1_000 },
    ...more,
  };
}

const productId = (code: string) => known(central.house.products[code]).productId;

/** Ten of P1 at 2.55, as central has it afterwards. */
async function placed(customer = 'C2', by = desk): Promise<Order> {
  const { content, pushed } = by.place([{ product: 'P1', quantity: 10_000 }], { customer });
  expect(await by.pushOne(pushed)).toMatchObject({ outcome: 'applied' });
  const change = (await by.pull()).find(({ key }) => key === content.orderId);
  if (change?.op !== 'put' || change.kind !== 'order') throw new Error('the order did not come back');
  return change.row;
}

const totalOf = async (customer?: string): Promise<number> => (await placed(customer)).totalMinor;

test('groups and promotions are an admin’s, policies are read by managers too, and a clerk may none of it', async () => {
  const group = { code: 'WHO', name: 'Who may' };
  const policy = { name: 'manualPrices', clerk: 0, manager: 10_000, admin: 10_000 } as const;
  const acts: ((by: PeopleApi) => Promise<unknown>)[] = [
    (by) => by.customerGroups.list.query(),
    (by) => by.customerGroups.put.mutate(group),
    (by) => by.promotions.list.query(),
    (by) => by.promotions.put.mutate(tenOff('WHO', { active: false })),
    (by) => by.promotions.end.mutate({ code: 'WHO' }),
    (by) => by.policies.set.mutate(policy),
  ];
  for (const act of acts) {
    for (const by of [api.clerk, api.manager]) await expect(act(by)).rejects.toMatchObject(failing('NOT_ALLOWED'));
    await expect(act(peopleApi(central.url))).rejects.toMatchObject(failing('SIGNED_OUT'));
    await act(api.admin);
  }
  await expect(api.clerk.policies.get.query({ name: 'manualPrices' })).rejects.toMatchObject(failing('NOT_ALLOWED'));
  expect(await api.manager.policies.get.query({ name: 'manualPrices' })).toEqual({ policy, decided: true });
});

test('a promotion prices the very next order, and ended it prices none', async () => {
  expect(await totalOf()).toBe(2_550);
  const { promotion } = await api.admin.promotions.put.mutate(tenOff('TEN'));
  const order = await placed();
  expect(order.totalMinor).toBe(2_295);
  expect(order.lines[0]).toMatchObject({
    unitPrice: 25_500,
    amountMinor: 2_295,
    discounts: [{ promotionId: promotion.promotionId, minor: 255 }],
  } satisfies Partial<OrderLine>);
  await api.admin.promotions.put.mutate(tenOff('ten', { rule: { kind: 'percent', off: 2_000 } }));
  expect(await totalOf()).toBe(2_040);
  expect(await api.admin.promotions.end.mutate({ code: 'Ten' })).toMatchObject({
    outcome: 'changed',
    promotion: { active: false },
  });
  expect(await totalOf()).toBe(2_550);
});

test('a promotion reaches the desks at once, each version of it once', async () => {
  await desk.pull();
  const heard = async (): Promise<unknown[]> =>
    (await desk.pull()).flatMap((change) => (change.kind === 'promotion' && change.op === 'put' ? [change] : []));
  const first = await api.admin.promotions.put.mutate(tenOff('TOLD'));
  expect(first.outcome).toBe('new');
  expect(await heard()).toMatchObject([{ scope: CATALOGUE_SCOPE, rev: 1, row: first.promotion }]);
  // The same again, keys in another order: nothing has changed, so nothing is told.
  const { rule, ...rest } = tenOff('TOLD');
  expect((await api.admin.promotions.put.mutate({ rule, ...rest })).outcome).toBe('unchanged');
  expect(await heard()).toEqual([]);
  const second = await api.admin.promotions.put.mutate(tenOff('told', { name: 'again' }));
  expect(second.promotion).toEqual({ ...first.promotion, name: 'again' });
  expect(await heard()).toMatchObject([{ rev: 2, key: first.promotion.promotionId, row: { code: 'TOLD' } }]);
  const listed = (await api.admin.promotions.list.query()).filter(({ code }) => code.toUpperCase() === 'TOLD');
  expect(listed).toEqual([second.promotion]);
});

test('a promotion that names what is not there, or is none, is refused and nothing is written', async () => {
  const before = await api.admin.promotions.list.query();
  const nobody = newId();
  const named: [NewPromotion, string][] = [
    [tenOff('BAD', { products: [productId('P1'), nobody] }), 'product'],
    [tenOff('BAD', { branches: [nobody] }), 'branch'],
    [tenOff('BAD', { groups: [nobody] }), 'customer group'],
    [tenOff('BAD', { customers: [nobody] }), 'customer'],
    [
      tenOff('BAD', {
        rule: { kind: 'free', buyBase: 1_000, freeBase: 1_000, gift: nobody },
      }),
      'product',
    ],
  ];
  for (const [promotion, what] of named) {
    await expect(api.admin.promotions.put.mutate(promotion)).rejects.toMatchObject(
      failing('NOT_FOUND', { what: `${what} ${nobody}` }),
    );
  }
  // The rulebook compares ids as text: one in capitals would be nobody's.
  const shouted = productId('P1').toUpperCase();
  await expect(api.admin.promotions.put.mutate(tenOff('BAD', { products: [shouted] }))).rejects.toMatchObject(
    failing('NOT_FOUND', { what: `product ${shouted}` }),
  );
  const wrong: [Partial<NewPromotion>, string][] = [
    [{ validTo: '2019-12-31' }, 'validTo'],
    [{ validFrom: '2026-02-31' }, 'validFrom'],
    [{ rule: { kind: 'percent', off: 10_001 } }, 'rule.off'],
    [{ rule: { kind: 'percent', off: 0 } }, 'rule.off'],
    [{ place: -1 }, 'place'],
    [{ code: 'BAD ' }, 'code'],
    [{ name: 'half \ud83c' }, 'name'],
  ];
  for (const [more, path] of wrong) {
    await expect(api.admin.promotions.put.mutate(tenOff('BAD', more))).rejects.toMatchObject(
      failing('MALFORMED', { fields: [expect.objectContaining({ path })] }),
    );
  }
  await expect(api.admin.promotions.end.mutate({ code: 'BAD' })).rejects.toMatchObject(
    failing('NOT_FOUND', { what: 'promotion BAD' }),
  );
  expect(await api.admin.promotions.list.query()).toEqual(before);
});

test('a group is made once, whatever the case of its code, and renamed where it is', async () => {
  await desk.pull();
  const { group } = await api.admin.customerGroups.put.mutate({ code: 'Gold', name: 'Gold' });
  expect((await api.admin.customerGroups.put.mutate({ code: 'GOLD', name: 'Gold' })).outcome).toBe('unchanged');
  const renamed = await api.admin.customerGroups.put.mutate({ code: 'gold', name: '金牌' });
  expect(renamed).toEqual({ outcome: 'changed', group: { ...group, name: '金牌' } });
  const changes = (await desk.pull()).filter(({ kind }) => kind === 'customerGroup');
  expect(changes.map(({ scope, rev }) => [scope, rev])).toEqual([
    [CATALOGUE_SCOPE, 1],
    [CATALOGUE_SCOPE, 2],
  ]);
  expect(await api.admin.customerGroups.list.query()).toContainEqual(renamed.group);
  await expect(api.admin.customerGroups.put.mutate({ code: ' gold', name: 'x' })).rejects.toMatchObject(
    failing('MALFORMED', { fields: [{ path: 'code' }] }),
  );
});

test('a customer who is put in a group has its promotions in the very next order, and out of it no longer', async () => {
  const { group } = await api.admin.customerGroups.put.mutate({ code: 'CLUB', name: 'Club' });
  await api.admin.promotions.put.mutate(tenOff('CLUB10', { groups: [group.groupId] }));
  expect(await totalOf()).toBe(2_550);
  await desk.pull();
  expect(await api.manager.customers.setGroup.mutate({ customerCode: 'c2', groupCode: 'club' })).toEqual({ set: true });
  expect(await desk.pull()).toMatchObject([
    {
      kind: 'customer',
      scope: branchScope(central.house.pudong.branchId),
      row: { code: 'C2', groupId: group.groupId },
    },
  ]);
  expect(await totalOf()).toBe(2_295);
  const again = { customerCode: 'C2', groupCode: 'CLUB' };
  expect(await api.manager.customers.setGroup.mutate(again)).toEqual({ set: false });
  await api.admin.customers.setGroup.mutate({ customerCode: 'C2', groupCode: null });
  expect(await totalOf()).toBe(2_550);
});

test('a manager sets the groups of their own branch’s customers only, an admin those of all, a clerk none', async () => {
  await api.admin.customerGroups.put.mutate({ code: 'CLUB', name: 'Club' });
  const foreign = { customerCode: 'C3', groupCode: 'CLUB' };
  await expect(api.manager.customers.setGroup.mutate(foreign)).rejects.toMatchObject(failing('NOT_ALLOWED'));
  await expect(api.clerk.customers.setGroup.mutate({ ...foreign, customerCode: 'C2' })).rejects.toMatchObject(
    failing('NOT_ALLOWED'),
  );
  expect(await api.admin.customers.setGroup.mutate(foreign)).toEqual({ set: true });
  for (const [given, what] of [
    [{ customerCode: 'C2', groupCode: 'NOWHERE' }, 'customer group NOWHERE'],
    [{ customerCode: 'C77', groupCode: 'CLUB' }, 'customer C77'],
  ] as const) {
    await expect(api.manager.customers.setGroup.mutate(given)).rejects.toMatchObject(failing('NOT_FOUND', { what }));
  }
});

async function imported(kind: ImportKind, rows: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'orderdesk-house-'));
  const file = join(folder, `${kind}.csv`);
  await writeFile(file, rows.join('\n'));
  const { outcomes } = await importFrom(central.db, file, { kind });
  expect(outcomes).toMatchObject({ unchanged: 0, refusals: new Map() });
  await rm(folder, { recursive: true });
}

test('a group’s prices, tiers, a tax rate and a minimum that files bring hold for the very next order', async () => {
  await api.admin.customerGroups.put.mutate({ code: 'TIER', name: 'Tier' });
  await api.admin.customers.setGroup.mutate({ customerCode: 'C2', groupCode: 'TIER' });
  const ask = (quantity: number, quotedUnitPrice: number) =>
    desk.pushOne(desk.place([{ product: 'P3', quantity, quotedUnitPrice }]).pushed);
  const now = (price: number) => ({ outcome: 'refused', issues: [{ code: 'price.changed', params: { now: price } }] });
  expect(await ask(24_000, 25_500)).toMatchObject({ outcome: 'applied' });
  await imported('prices', ['code,price,group,min_quantity', 'P3,2.20,TIER,', 'P3,2.00,TIER,24']);
  expect(await ask(23_000, 25_500)).toMatchObject(now(22_000));
  expect(await ask(24_000, 25_500)).toMatchObject(now(20_000));
  await imported('products', ['code,name,tax_rate', 'P3,JAM MAKING SET WITH JARS,13']);
  await desk.pull();
  expect(await ask(24_000, 20_000)).toMatchObject({ outcome: 'applied' });
  expect((await desk.pull()).find(({ kind }) => kind === 'order')).toMatchObject({
    row: { totalMinor: 5_424, taxMinor: 624, lines: [{ unitPrice: 20_000, tierQuantity: 24_000, taxMinor: 624 }] },
  });
  await imported('products', ['code,name,minimum', 'P3,JAM MAKING SET WITH JARS,25']);
  expect(await ask(24_000, 20_000)).toMatchObject({
    outcome: 'refused',
    issues: [{ code: 'quantity.belowMinimum', params: { minimumBase: 25_000 } }],
  });
  await api.admin.customers.setGroup.mutate({ customerCode: 'C2', groupCode: null });
});

/** Pushes ten of P1 at a price by hand, ten-thousandths, in place of 2.55. */
async function byHand(by: TestDesk, unitPrice: number, reason = '老客户'): Promise<PushOutcome> {
  const content = by.content([{ product: 'P1', quantity: 10_000 }]);
  const lines = content.lines.map((line) => ({ ...line, manual: { unitPrice, reason } }));
  return by.pushOne(by.sign(by.body('order.place', { ...content, lines }, { schemaVersion: 2 })));
}

const notAllowed = (params: object): object => ({
  outcome: 'refused',
  issues: [{ code: 'price.notAllowed', path: ['lines', 0, 'unitPrice'], params: expect.objectContaining(params) }],
});

test('the policy decides how far below the list a clerk, a manager and an admin may go by hand', async () => {
  const policy = { name: 'manualPrices', clerk: 500, manager: 2_000, admin: 10_000 } as const;
  await api.admin.policies.set.mutate(policy);
  const [manager, admin] = await Promise.all([
    TestDesk.enrol(central, 'PD', 'manager'),
    TestDesk.enrol(central, 'PD', 'admin'),
  ]);
  // 5 % below 2.55 is 2.4225, 20 % is 2.04.
  expect(await byHand(desk, 24_225)).toMatchObject({ outcome: 'applied' });
  expect(await byHand(desk, 24_224)).toMatchObject(notAllowed({ lowest: 24_225, role: 'clerk', ask: 'manager' }));
  expect(await byHand(manager, 20_400)).toMatchObject({ outcome: 'applied' });
  expect(await byHand(manager, 20_399)).toMatchObject(notAllowed({ lowest: 20_400, role: 'manager', ask: 'admin' }));
  expect(await byHand(admin, 0)).toMatchObject({ outcome: 'applied' });
  await api.admin.policies.set.mutate({ ...policy, clerk: 0 });
  expect(await byHand(desk, 25_499)).toMatchObject(notAllowed({ lowest: 25_500, role: 'clerk' }));
  expect(await byHand(desk, 25_500)).toMatchObject({ outcome: 'applied' });
  expect(await byHand(desk, 30_000)).toMatchObject({ outcome: 'applied' });
  expect(await byHand(admin, 20_000, ' ')).toMatchObject({
    outcome: 'refused',
    issues: [{ code: 'price.reasonMissing' }],
  });
});

test('a price by hand stands as it was agreed, also while a promotion runs', async () => {
  await api.admin.policies.set.mutate({ name: 'manualPrices', clerk: 500, manager: 2_000, admin: 10_000 });
  await api.admin.promotions.put.mutate(tenOff('TEN'));
  await desk.pull();
  expect(await byHand(desk, 25_000)).toMatchObject({ outcome: 'applied' });
  const order = (await desk.pull()).find(({ kind }) => kind === 'order');
  expect(order).toMatchObject({
    row: { totalMinor: 2_500, lines: [{ manual: { listUnitPrice: 25_500, reason: '老客户' } }] },
  });
  expect(JSON.stringify(order)).not.toContain('discounts');
});

test('a policy reaches the desks when it changes, and none lets a clerk further than a manager', async () => {
  const policy = { name: 'manualPrices', clerk: 100, manager: 200, admin: 300 } as const;
  await api.admin.policies.set.mutate(policy);
  await desk.pull();
  expect((await api.admin.policies.set.mutate(policy)).outcome).toBe('unchanged');
  expect(await desk.pull()).toEqual([]);
  const wrong = [
    [{ ...policy, clerk: 201 }, 'manager'],
    [{ ...policy, manager: 301 }, 'admin'],
    [{ ...policy, admin: 10_001 }, 'admin'],
    [{ ...policy, clerk: -1 }, 'clerk'],
  ] as const;
  for (const [given, path] of wrong) {
    await expect(api.admin.policies.set.mutate(given)).rejects.toMatchObject(
      failing('MALFORMED', { fields: [expect.objectContaining({ path })] }),
    );
  }
  await api.admin.policies.set.mutate({ ...policy, clerk: 150 });
  expect(await desk.pull()).toMatchObject([
    { kind: 'policy', key: 'manualPrices', scope: CATALOGUE_SCOPE, row: { ...policy, clerk: 150 } },
  ]);
});

test('before the house has decided, clerks may not go below the list and managers may', async () => {
  const fresh = await startTestCentral();
  try {
    const [clerk, manager] = await Promise.all([
      TestDesk.enrol(fresh, 'PD', 'clerk'),
      TestDesk.enrol(fresh, 'PD', 'manager'),
    ]);
    expect(await byHand(clerk, 25_499)).toMatchObject(notAllowed({ lowest: 25_500 }));
    expect(await byHand(manager, 1)).toMatchObject({ outcome: 'applied' });
  } finally {
    await fresh.stop();
  }
});

test('many promotions put at once under one code are one, each of its versions told', async () => {
  const names = Array.from({ length: 8 }, (_, at) => `race ${at}`);
  const puts = await Promise.all(names.map((name) => api.admin.promotions.put.mutate(tenOff('RACE', { name }))));
  expect(new Set(puts.map(({ promotion }) => promotion.promotionId)).size).toBe(1);
  expect(puts.filter(({ outcome }) => outcome === 'new')).toHaveLength(1);
  const row = await central.db
    .selectFrom('promotion')
    .select('rev')
    .where('code', '=', 'RACE')
    .executeTakeFirstOrThrow();
  expect(row.rev).toBe(8);
});
