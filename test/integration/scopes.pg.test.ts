/**
 * What a desk may see, on a real PostgreSQL: grants come and go in the order of the feed, a row that moves is gone from
 * the one scope and there in the other, and after each step the feed of every scope says what the tables say.
 */
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Change } from '../../src-shared/protocol/change.ts';
import { branchScope, CATALOGUE_SCOPE, deviceScope, ordersScope, type Scope } from '../../src-shared/protocol/scope.ts';
import { findDivergence } from '../../src-central/change-feed/divergence.ts';
import { readSnapshot } from '../../src-central/change-feed/gate.ts';
import { reconcileAllGrants } from '../../src-central/grants/grants.ts';
import { moveCustomer } from '../../src-central/customers/move-customer.ts';
import { grantBranch, revokeBranch, setOrderMonths } from '../../src-central/grants/device-branches.ts';
import { startTestCentral, type TestCentral } from '../support/central-fixture.ts';
import { known, TestDesk } from '../support/test-desk.ts';

let central: TestCentral;
let desk: TestDesk;

beforeAll(async () => {
  central = await startTestCentral();
});
beforeEach(async () => {
  desk = await TestDesk.enrol(central, 'PD', 'clerk');
  await desk.pull();
});
afterAll(async () => {
  const scopes = await central.db.selectFrom('change').select('scope').distinct().execute();
  const all = scopes.map(({ scope }) => scope as Scope);
  const divergence = await readSnapshot(central.db, (tx) => findDivergence(tx, all));
  await central.stop();
  expect(divergence).toEqual([]);
});

const ofKind = (changes: readonly Change[], kind: Change['kind']): string[] =>
  changes.filter((change) => change.kind === kind).map((change) => `${change.op} ${change.key}`);

async function grantedTo(device: string): Promise<string[]> {
  const rows = await central.db
    .selectFrom('scope_grant')
    .select('scope')
    .where('device_id', '=', device)
    .where('active', '=', true)
    .orderBy('scope')
    .execute();
  return rows.map((row) => row.scope);
}

test('a desk is granted the catalogue, its branch, thirteen months of its orders and the next, and what is its own', async () => {
  const { deviceId, branch } = desk.identity;
  const granted = await grantedTo(deviceId);
  const months = granted.filter((scope) => scope.startsWith('orders:'));
  expect(granted.filter((scope) => !scope.startsWith('orders:'))).toEqual([
    branchScope(branch.branchId),
    CATALOGUE_SCOPE,
    deviceScope(deviceId),
  ]);
  expect(months).toHaveLength(14);
  expect(months).toContain(ordersScope(branch.branchId, desk.today()));
});

test('a branch that is granted is announced in the desk’s own scope, and its changes follow; revoked, it falls silent', async () => {
  const { ningbo } = central.house;
  const far = await TestDesk.enrol(central, 'NB', 'clerk-nb');
  const of = { deviceId: desk.identity.deviceId, branchId: ningbo.branchId };
  await grantBranch(central.db, of);
  expect(ofKind(await desk.pull(), 'grant')).toContain(`put ${branchScope(ningbo.branchId)}`);
  const { pushed, content } = far.place([{ product: 'P4', quantity: 1_000 }], { customer: 'C3' });
  await far.pushOne(pushed);
  expect(ofKind(await desk.pull(), 'order')).toEqual([`put ${content.orderId}`]);

  await revokeBranch(central.db, of);
  expect(ofKind(await desk.pull(), 'grant')).toContain(`remove ${branchScope(ningbo.branchId)}`);
  const another = far.place([{ product: 'P4', quantity: 1_000 }], { customer: 'C3' });
  await far.pushOne(another.pushed);
  expect(await desk.pull()).toEqual([]);
  // Granted anew, its rev goes on, so that no desk takes it for old news.
  await grantBranch(central.db, of);
  const again = (await desk.pull()).find((change) => change.key === branchScope(ningbo.branchId));
  expect(again).toMatchObject({ op: 'put', rev: 3 });
});

test('a desk’s own branch can not be taken from it', async () => {
  const { deviceId, branch } = desk.identity;
  expect(await revokeBranch(central.db, { deviceId, branchId: branch.branchId })).toBeUndefined();
  expect(await grantedTo(deviceId)).toContain(branchScope(branch.branchId));
});

test('at the turn of the month the oldest month goes and the next one comes; a second look changes nothing', async () => {
  const { branch } = desk.identity;
  const inAMonth = new Date(`${desk.today()}T12:00:00Z`);
  inAMonth.setUTCDate(1);
  inAMonth.setUTCMonth(inAMonth.getUTCMonth() + 1);
  const before = await grantedTo(desk.identity.deviceId);
  await reconcileAllGrants(central.db, inAMonth.getTime());
  const grants = ofKind(await desk.pull(), 'grant');
  expect(grants).toHaveLength(2);
  const oldest = known(before.find((scope) => scope.startsWith('orders:')));
  expect(grants).toContain(`remove ${oldest}`);
  inAMonth.setUTCMonth(inAMonth.getUTCMonth() + 1);
  expect(grants).toContain(`put ${ordersScope(branch.branchId, inAMonth.toISOString())}`);
  expect(await reconcileAllGrants(central.db, inAMonth.getTime() - 31 * 86_400_000)).toBeUndefined();
  await reconcileAllGrants(central.db, Date.now());
});

test('a branch may keep fewer months', async () => {
  const { branch, deviceId } = desk.identity;
  await setOrderMonths(central.db, { branchId: branch.branchId, months: 2 });
  expect((await grantedTo(deviceId)).filter((scope) => scope.startsWith('orders:'))).toHaveLength(3);
  expect(ofKind(await desk.pull(), 'grant').filter((change) => change.startsWith('remove'))).toHaveLength(11);
  await setOrderMonths(central.db, { branchId: branch.branchId, months: 13 });
});

test('a customer that moves goes with its own prices, from the one branch’s scope to the other’s, in one transaction', async () => {
  const far = await TestDesk.enrol(central, 'NB', 'clerk-nb');
  await far.pull();
  const { pudong, ningbo, customers } = central.house;
  const customer = known(customers['C1']);
  const moved = await moveCustomer(central.db, { customerId: customer.customerId, branchId: ningbo.branchId });
  expect(moved.outcome).toBe('moved');
  const gone = await desk.pull();
  expect(new Set(gone.map((change) => `${change.op} ${change.scope}`))).toEqual(
    new Set([`remove ${branchScope(pudong.branchId)}`]),
  );
  expect(gone.map((change) => change.kind).toSorted()).toEqual(['customer', 'price', 'priceList']);
  const come = await far.pull();
  expect(new Set(come.map((change) => `${change.op} ${change.scope}`))).toEqual(
    new Set([`put ${branchScope(ningbo.branchId)}`]),
  );
  expect(come.map((change) => `${change.kind} ${change.rev}`).toSorted()).toEqual(
    gone.map((change) => `${change.kind} ${change.rev}`).toSorted(),
  );
  const xids = await sql<{ count: number }>`
    select count(distinct xid) as count from change where key = ${customer.customerId} and rev = 2`.execute(central.db);
  expect(xids.rows).toEqual([{ count: 1 }]);
  await moveCustomer(central.db, { customerId: customer.customerId, branchId: pudong.branchId });
});

test('a desk of protocol 1 gets the same rows and hears nothing of scopes', async () => {
  const answer = await desk.ask<{ changes: Record<string, unknown>[] }>('/sync/pull', { protocol: 1, cursor: '' });
  expect(answer.body.changes.length).toBeGreaterThan(20);
  expect(answer.body.changes.filter((change) => 'scope' in change || change['kind'] === 'grant')).toEqual([]);
});
