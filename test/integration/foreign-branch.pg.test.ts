/**
 * A desk, and a person, of one branch against everything of another: every endpoint of the desks' API, every procedure
 * of the people's, every mutation. What must hold is the same for all: nothing that only the other branch knows is in
 * any answer, and not one row of the other branch is another afterwards.
 *
 * The tables below name every one of them: a new endpoint without an attempt does not compile, a new procedure without
 * one fails.
 */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OrderContent } from '../../src-shared/mutations/order-place.ts';
import { MUTATIONS, type MutationName } from '../../src-shared/mutations/registry.ts';
import { DIGEST_BUCKETS } from '../../src-shared/protocol/limits.ts';
import { ENDPOINTS } from '../../src-shared/protocol/endpoints.ts';
import { branchScope, deviceScope, ordersScope } from '../../src-shared/protocol/scope.ts';
import type { PushedMutation } from '../../src-shared/protocol/mutation.ts';
import type { OrdersOutEntry } from '../../src-shared/protocol/orders-out.ts';
import { ORDERS_OUT_FORMAT } from '../../src-shared/protocol/orders-out.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import { peopleRouter } from '../../src-central/people/router.ts';
import { deviceOfRequest } from '../../src-central/identity/device.ts';
import { leaseStock } from '../../src-central/leases/stock-leases.ts';
import { signInOnApi } from '../../src-central/identity/sign-in.ts';
import { startTestCentral, type TestCentral } from '../support/central-fixture.ts';
import { known, newKey, TestDesk } from '../support/test-desk.ts';
import { newId, TEST_PASSWORD } from '../support/test-house.ts';

const SECRET_NOTE = 'note that only Pudong knows';

let central: TestCentral;
/** Of Pudong, whose rows are to be kept. */
let own: TestDesk;
/** Of Ningbo, which tries. */
let foreign: TestDesk;
let placed: OrderContent;
let refused: { content: OrderContent; mutationId: string };
let leaseId: string;
let managerToken: string;
/** What no answer may hold: known to Pudong alone. */
let secrets: string[];

beforeAll(async () => {
  central = await startTestCentral();
  own = await TestDesk.enrol(central, 'PD', 'clerk');
  foreign = await TestDesk.enrol(central, 'NB', 'clerk-nb');
  const order = own.place([{ product: 'P4', quantity: 3_000 }], { note: SECRET_NOTE });
  await own.pushOne(order.pushed);
  placed = order.content;
  const tooMuch = own.place([{ product: 'P5', quantity: 900_000_000_000 }], { note: SECRET_NOTE });
  expect((await own.pushOne(tooMuch.pushed)).outcome).toBe('refused');
  refused = { content: tooMuch.content, mutationId: tooMuch.pushed.id };
  await foreign.pull();
  const device = await deviceOfRequest(central.db, `Bearer ${own.identity.deviceToken}`);
  const expiresAt = Date.now() + 3_600_000;
  const productId = known(central.house.products['P3']).productId;
  const leased = await leaseStock(central.db, device, { productId, quantityBase: 5_000, expiresAt });
  leaseId = leased.outcome === 'leased' ? leased.leaseId : '';
  managerToken = (await signInOnApi(central.db, { userName: 'manager-nb', password: TEST_PASSWORD })).token;
  const { customers } = central.house;
  const named = `"${own.identity.deviceName}"`;
  secrets = [SECRET_NOTE, placed.number, refused.content.number, known(customers['C1']).name, named];
});
afterAll(() => central.stop());

/** Every row that is Pudong's, as one hash. */
async function rowsOfPudong(): Promise<string> {
  const { branchId, warehouseId } = central.house.pudong;
  const { rows } = await sql<{ hash: string }>`
    select md5(string_agg(row_text, '|' order by row_text)) as hash from (
      select t::text as row_text from branch t where branch_id = ${branchId}
      union all select t::text from customer t where branch_id = ${branchId}
      union all select t::text from stock t where warehouse_id = ${warehouseId}
      union all select t::text from sales_order t where branch_id = ${branchId}
      union all select t::text from sales_order_line t join sales_order using (order_id) where branch_id = ${branchId}
      union all select t::text from app_user t where branch_id = ${branchId}
      union all select device_id || name || branch_id || coalesce(revoked_at::text, '') from device
        where branch_id = ${branchId}
      union all select t::text from receipt t join device using (device_id) where branch_id = ${branchId}
      union all select t::text from scope_grant t join device using (device_id) where branch_id = ${branchId}
      union all select t::text from stock_lease t where warehouse_id = ${warehouseId}
      union all select t::text from incarnation t join device using (device_id) where branch_id = ${branchId}
      union all select t::text from enrolment_code t where branch_id = ${branchId}
    ) all_rows`.execute(central.db);
  return rows[0]?.hash ?? '';
}

interface Attempt {
  path: string;
  token: string;
  body?: unknown;
}

async function textOf({ path, token, body }: Attempt): Promise<string> {
  const answer = await fetch(central.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(answer.status, path).not.toBe(500);
  return `${answer.status} ${await answer.text()}`;
}

let said = '';

/** @returns the answers, none of which told or changed anything of Pudong's. */
async function tryAll(attempts: readonly Attempt[]): Promise<string[]> {
  expect(attempts.length).toBeGreaterThan(0);
  const before = await rowsOfPudong();
  const answers: string[] = [];
  for (const attempt of attempts) {
    const answer = await textOf(attempt);
    // What it has said itself it may be told again.
    said += attempt.path + JSON.stringify(attempt.body ?? '');
    for (const secret of secrets) if (!said.includes(secret)) expect(answer).not.toContain(secret);
    answers.push(answer);
  }
  expect(await rowsOfPudong()).toBe(before);
  return answers;
}

/** Pudong's own content, signed by Ningbo's desk. */
const signed = (name: string, args: unknown) => foreign.sign(foreign.body(name, args));

/** Pudong's order, as somebody would forge it who had seen its number. */
const mine = (): OrderContent => ({ ...placed, note: 'mine now' });

const MUTATION_ATTEMPTS: Record<MutationName, () => unknown[]> = {
  'order.place': () => [
    { ...mine(), orderId: newId() },
    { ...foreign.content([{ product: 'P4', quantity: 1_000 }]), branchId: placed.branchId },
    { ...foreign.content([{ product: 'P4', quantity: 1_000 }]), warehouseId: placed.warehouseId },
    foreign.content([{ product: 'P4', quantity: 1_000 }], { customer: 'C1' }),
    mine(),
  ],
  'order.amend': () => [
    { ...mine(), baseVersion: 1 },
    { ...refused.content, note: '', baseVersion: 0 },
  ],
  'order.cancel': () => [{ ...headOfMine(), reason: 'mine' }],
  'order.approve': () => [{ ...headOfMine(), review: 'order' }],
  'order.reject': () => [{ ...headOfMine(), reason: 'mine' }],
  'order.hold': () => [{ ...headOfMine(), reason: 'mine' }],
  'order.release': () => [headOfMine()],
  'order.allocate': () => [headOfMine()],
  'order.pick': () => [headOfMine()],
  'order.ship': () => [{ ...headOfMine(), moved: [{ line: 0, quantityBase: 1_000 }], tracking: null }],
  'order.closeRest': () => [{ ...headOfMine(), reason: 'mine' }],
  'order.receive': () => [headOfMine()],
  'order.complete': () => [headOfMine()],
  'order.return': () => {
    const moved = [{ line: 0, quantityBase: 1_000 }];
    return [{ ...headOfMine(), moved, reason: 'mine', restock: true, creditMinor: null }];
  },
  'order.pay': () => [{ ...headOfMine(), ...MONEY }],
  'order.refund': () => [{ ...headOfMine(), ...MONEY }],
  'order.voidPayment': () => [{ ...headOfMine(), ofPayment: newId(), reason: 'mine' }],
  'order.letGo': () => [headOfMine()],
};

const MONEY = { minor: 100, method: 'cash', reference: '', on: '2026-06-15' };

function headOfMine() {
  const { lines: _, note: __, ...head } = mine();
  return { ...head, baseVersion: 1 };
}

function pushed(): unknown[] {
  return Object.entries(MUTATION_ATTEMPTS).flatMap(([name, attempts]) => attempts().map((args) => signed(name, args)));
}

const desk = (path: string, body: object): Attempt => ({
  path,
  token: foreign.identity.deviceToken,
  body: { protocol: PROTOCOL_VERSION, ...body },
});

const everyBucket = (): number[] => Array.from({ length: DIGEST_BUCKETS }, (_, bucket) => bucket);

const everyScope = (): string[] => [
  branchScope(placed.branchId),
  ordersScope(placed.branchId, placed.businessDate),
  deviceScope(own.identity.deviceId),
];

const ENDPOINT_ATTEMPTS: Record<keyof typeof ENDPOINTS, () => Attempt[]> = {
  enrol: () => [desk('/sync/enrol', { code: 'AAAAA-AAAAA', deviceName: 'x', publicKey: newKey().publicKey })],
  signIn: () => [desk('/sync/sign-in', { userName: 'clerk', password: TEST_PASSWORD, publicKey: newKey().publicKey })],
  push: () => [
    desk('/sync/push', { incarnationId: foreign.identity.incarnationId, life: foreign.life, mutations: pushed() }),
    desk('/sync/push', { incarnationId: own.identity.incarnationId, life: own.life, mutations: pushed() }),
  ],
  dryRun: () => [
    desk('/sync/dry-run', { incarnationId: foreign.identity.incarnationId, mutations: pushed() }),
    desk('/sync/dry-run', { incarnationId: own.identity.incarnationId, mutations: pushed() }),
  ],
  pull: () => [1, 2].map((protocol) => desk('/sync/pull', { protocol, cursor: '', scopes: everyScope() })),
  hello: () => [
    desk('/sync/hello', {
      epoch: own.identity.epoch,
      cursor: foreign.cursor,
      incarnationId: own.identity.incarnationId,
      incarnationCode: own.identity.incarnationCode,
      life: { before: [], now: newId() },
      highestSeq: 99,
      machine: null,
      build: 'test',
      suspect: null,
      newest: null,
      sessions: [],
    }),
  ],
  reoffer: () => [
    desk('/sync/reoffer', {
      epoch: own.identity.epoch,
      incarnationId: own.identity.incarnationId,
      ask: [refused.mutationId],
      mutations: pushed(),
      done: true,
    }),
  ],
  proofs: () => [desk('/sync/proofs', { ids: [refused.mutationId] })],
  reportLeases: () => [
    desk('/sync/leases', {
      incarnationId: own.identity.incarnationId,
      life: own.life,
      reports: [{ leaseId, outstandingBase: 0 }],
    }),
    desk('/sync/leases', {
      incarnationId: foreign.identity.incarnationId,
      life: foreign.life,
      reports: [{ leaseId, outstandingBase: 0 }],
    }),
  ],
  digestBuckets: () =>
    everyScope().map((scope) => desk('/sync/digest/buckets', { cursor: foreign.cursor, scope, kind: 'order' })),
  digestRows: () =>
    everyScope().map((scope) =>
      desk('/sync/digest/rows', { cursor: foreign.cursor, scope, kind: 'order', buckets: everyBucket() }),
    ),
  rows: () => [
    desk('/sync/rows', {
      cursor: foreign.cursor,
      rows: everyScope().map((scope) => ({ scope, kind: 'order', key: placed.orderId })),
    }),
  ],
  orderPresence: () =>
    [true, false].map((editing) =>
      desk('/sync/order-presence', { orderId: placed.orderId, sessionId: foreign.session.sessionId, editing }),
    ),
  dayBook: () => [desk('/sync/day-book', { cursor: foreign.cursor, day: placed.businessDate })],
  report: () => [
    desk('/sync/report', {
      alarms: [
        {
          alarmId: newId(),
          what: 'rows',
          at: Date.now(),
          kind: 'order',
          scope: branchScope(placed.branchId),
          count: 1,
          rows: [{ key: placed.orderId, fault: 'missing' }],
          mended: true,
        },
      ],
    }),
  ],
  fillOpen: () => [desk('/sync/fill/open', { cursor: '', scopes: everyScope() })],
  fillChunk: () =>
    everyScope().flatMap((scope) =>
      (['order', 'customer', 'receipt'] as const).map((kind) =>
        desk('/sync/fill/chunk', { scope, kind, from: foreign.cursor, after: '', accept: ['gzip'] }),
      ),
    ),
  digest: () => [desk('/sync/digest', { cursor: foreign.cursor, scopes: everyScope() })],
};

describe('a desk of another branch', () => {
  test('is tried at every endpoint', () => {
    expect(Object.keys(ENDPOINT_ATTEMPTS).toSorted()).toEqual(Object.keys(ENDPOINTS).toSorted());
    expect(Object.keys(MUTATION_ATTEMPTS).toSorted()).toEqual(Object.keys(MUTATIONS).toSorted());
  });

  for (const [name, attempts] of Object.entries(ENDPOINT_ATTEMPTS)) {
    test(`reads and writes nothing by ${name}`, async () => {
      const answers = await tryAll(attempts());
      for (const answer of answers) expect(answer).not.toContain('"MALFORMED"');
    });
  }

  test('gets each mutation refused, or none looked at', async () => {
    const { body } = await foreign.pushRaw(pushed());
    expect(new Set(body.outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['refused']));
  });
});

const procedure = (path: string, input?: object): Attempt => ({
  path: `/trpc/${path}`,
  token: managerToken,
  body: input,
});
const query = (path: string, input?: object): Attempt => ({
  path: `/trpc/${path}${input ? `?input=${encodeURIComponent(JSON.stringify(input))}` : ''}`,
  token: managerToken,
});

function entryOf({ id, seq, body, bodyHash, signature }: PushedMutation): OrdersOutEntry {
  const head = { lane: 'x', name: 'order.place', state: 'waiting', reason: null, madeAt: 1 };
  return { id, seq, body, bodyHash, signature, ...head };
}

/** As Ningbo's manager. */
/** Half off everything, for everybody. */
function mineForAll() {
  return {
    code: 'MINE',
    name: 'mine',
    validFrom: '2020-01-01',
    validTo: null,
    active: true,
    branches: [],
    groups: [],
    customers: [],
    products: [],
    place: 0,
    exclusive: false,
    rule: { kind: 'percent', off: 5_000 },
  };
}

const PROCEDURE_ATTEMPTS: Record<string, () => Attempt[]> = {
  'auth.signIn': () => [procedure('auth.signIn', { userName: 'clerk', password: 'a guess' })],
  'auth.me': () => [query('auth.me')],
  'auth.signOut': () => [{ ...procedure('auth.signOut', {}), token: 'x'.repeat(43) }],
  'branches.list': () => [query('branches.list')],
  'branches.create': () => [procedure('branches.create', { code: 'ZZ', name: 'x', timeZone: 'Asia/Shanghai' })],
  'branches.setOrderMonths': () => [procedure('branches.setOrderMonths', { branchCode: 'PD', months: 1 })],
  'customerGroups.list': () => [query('customerGroups.list')],
  'customerGroups.put': () => [procedure('customerGroups.put', { code: 'VIP', name: 'mine' })],
  'customers.setGroup': () => [procedure('customers.setGroup', { customerCode: 'C2', groupCode: null })],
  'customers.change': () => [
    procedure('customers.change', { customerCode: 'C2', hold: { kind: 'blocked', reason: 'mine' } }),
  ],
  'customers.statement': () => [
    query('customers.statement', { customerCode: 'C2', from: '2020-01-01', to: '2999-12-31' }),
  ],
  'invoices.lines': () => [query('invoices.lines', { branchCode: 'PD', from: '2020-01-01', to: '2999-12-31' })],
  'numbers.account': () => [query('numbers.account', { branchCode: 'PD' })],
  'policies.get': () => [query('policies.get', { name: 'manualPrices' })],
  'policies.set': () => [
    procedure('policies.set', { name: 'manualPrices', clerk: 10_000, manager: 10_000, admin: 10_000 }),
  ],
  'promotions.list': () => [query('promotions.list')],
  'promotions.put': () => [procedure('promotions.put', mineForAll())],
  'promotions.end': () => [procedure('promotions.end', { code: 'TEN' })],
  'customers.move': () => [procedure('customers.move', { customerCode: 'C2', branchCode: 'NB' })],
  'devices.list': () => [query('devices.list')],
  'devices.revoke': () => [procedure('devices.revoke', { deviceId: own.identity.deviceId })],
  'devices.grantBranch': () => [
    procedure('devices.grantBranch', { deviceId: foreign.identity.deviceId, branchCode: 'PD' }),
  ],
  'devices.revokeBranch': () => [
    procedure('devices.revokeBranch', { deviceId: own.identity.deviceId, branchCode: 'PD' }),
  ],
  'enrolment.createCode': () => [procedure('enrolment.createCode', { branchCode: 'PD' })],
  'audit.list': () => [query('audit.list', {}), query('audit.list', { text: placed.number })],
  'audit.check': () => [query('audit.check')],
  'alarms.list': () => [query('alarms.list', { all: true })],
  'alarms.acknowledge': () => [procedure('alarms.acknowledge', { alarmId: newId() })],
  'leases.list': () => [query('leases.list')],
  'leases.grant': () => [
    procedure('leases.grant', { deviceId: own.identity.deviceId, productCode: 'P4', quantityBase: 1_000, hours: 1 }),
  ],
  'leases.release': () => [procedure('leases.release', { leaseId, reason: 'mine' })],
  'orders.list': () => [query('orders.list', { limit: 200 }), query('orders.list', { number: placed.number })],
  'orders.bringIn': () => [
    procedure('orders.bringIn', {
      format: ORDERS_OUT_FORMAT,
      version: 1,
      writtenAt: Date.now(),
      device: { deviceId: own.identity.deviceId, name: 'x', incarnationId: own.identity.incarnationId },
      branchCode: 'PD',
      entries: [entryOf(own.place([{ product: 'P4', quantity: 1_000 }]).pushed)],
    }),
  ],
  'recovery.status': () => [query('recovery.status')],
  'recovery.close': () => [procedure('recovery.close', {})],
  'recovery.backedUp': () => [procedure('recovery.backedUp', { upTo: Date.now() })],
  'refusals.list': () => [query('refusals.list', {})],
  'refusals.repair': () => [
    procedure('refusals.repair', { mutationId: refused.mutationId, baseVersion: 0, lines: [] }),
  ],
  'refusals.dismiss': () => [
    procedure('refusals.dismiss', { mutationId: refused.mutationId, baseVersion: 0, reason: 'mine' }),
  ],
  'users.list': () => [query('users.list')],
  'users.create': () => [
    procedure('users.create', {
      userName: 'spy',
      displayName: 'Spy',
      role: 'manager',
      branchCode: 'PD',
      password: TEST_PASSWORD,
    }),
  ],
  'users.setActive': () => [procedure('users.setActive', { userId: own.session.userId, active: false })],
};

/** tRPC keeps a router's procedures, by their paths, under a name with a dash before it. */
function definitionOf(router: object): { procedures: object } {
  return Reflect.get(router, '_def') as { procedures: object };
}

describe('a manager of another branch', () => {
  test('is tried at every procedure', () => {
    expect(Object.keys(PROCEDURE_ATTEMPTS).toSorted()).toEqual(
      Object.keys(definitionOf(peopleRouter).procedures).toSorted(),
    );
  });

  for (const [name, attempts] of Object.entries(PROCEDURE_ATTEMPTS)) {
    test(`reads and writes nothing by ${name}`, async () => {
      const answers = await tryAll(attempts());
      // A request that was not even understood would prove nothing.
      for (const answer of answers) expect(answer).not.toContain('"MALFORMED"');
    });
  }
});
