/**
 * Stock that is set aside for a desk, on a real PostgreSQL. The promise: what a lease covers is there for its desk,
 * whatever others order and whatever any clock says, until the desk itself or a person by name has given it up.
 */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import fc from 'fast-check';
import type { Scope } from '../../src-shared/protocol/scope.ts';
import { findDivergence } from '../../src-central/change-feed/divergence.ts';
import { readSnapshot } from '../../src-central/change-feed/gate.ts';
import { deviceOfRequest, type Device } from '../../src-central/identity/device.ts';
import { forceRelease, leaseStock, type Leased } from '../../src-central/leases/stock-leases.ts';
import { brokenLaws } from '../sim/central-invariants.ts';
import { startTestCentral, type TestCentral } from '../support/central-fixture.ts';
import { known, TestDesk } from '../support/test-desk.ts';
import { setOnHand } from '../support/test-house.ts';

let central: TestCentral;
let desk: TestDesk;
let other: TestDesk;
let device: Device;

beforeAll(async () => {
  central = await startTestCentral();
});
beforeEach(async () => {
  desk = await TestDesk.enrol(central, 'PD', 'clerk');
  other = await TestDesk.enrol(central, 'PD', 'manager');
  device = await deviceOfRequest(central.db, `Bearer ${desk.identity.deviceToken}`);
});
afterAll(async () => {
  const scopes = await central.db.selectFrom('change').select('scope').distinct().execute();
  const divergence = await readSnapshot(central.db, (tx) =>
    findDivergence(
      tx,
      scopes.map(({ scope }) => scope as Scope),
    ),
  );
  const laws = await brokenLaws(central.db);
  await central.stop();
  expect({ divergence, laws }).toEqual({ divergence: [], laws: [] });
});

const HOUR_MS = 3_600_000;
const product = (code: string): string => known(central.house.products[code]).productId;

/** Ten of the product in all, besides what open orders hold. */
async function tenLeft(code: string): Promise<void> {
  const { allocated } = await stockOf(code);
  await setOnHand(central.db, {
    branch: central.house.pudong,
    product: known(central.house.products[code]),
    onHand: allocated + 10_000,
  });
}

async function stockOf(code: string): Promise<{ on_hand: number; allocated: number }> {
  return central.db
    .selectFrom('stock')
    .select(['on_hand', 'allocated'])
    .where('warehouse_id', '=', central.house.pudong.warehouseId)
    .where('product_id', '=', product(code))
    .executeTakeFirstOrThrow();
}

async function lease(code: string, quantityBase: number, forMs = HOUR_MS): Promise<string> {
  const leased: Leased = await leaseStock(central.db, device, {
    productId: product(code),
    quantityBase,
    expiresAt: Date.now() + forMs,
  });
  if (leased.outcome !== 'leased') throw new Error(JSON.stringify(leased));
  return leased.leaseId;
}

const order = async (by: TestDesk, code: string, quantity: number): Promise<string> =>
  (await by.pushOne(by.place([{ product: code, quantity }]).pushed)).outcome;

const report = async (leaseId: string, outstandingBase: number, more: object = {}): Promise<number> =>
  (
    await desk.ask('/sync/leases', {
      incarnationId: desk.identity.incarnationId,
      life: desk.life,
      reports: [{ leaseId, outstandingBase }],
      ...more,
    })
  ).status;

test('what is set aside for one desk is refused to others and there for it, and it alone uses it up', async () => {
  await tenLeft('P4');
  await lease('P4', 6_000);
  expect(await order(other, 'P4', 5_000)).toBe('refused');
  expect(await order(other, 'P4', 4_000)).toBe('applied');
  expect(await order(desk, 'P4', 5_000)).toBe('applied');
  expect(await order(other, 'P4', 1_000)).toBe('refused');
  expect(await order(desk, 'P4', 1_000)).toBe('applied');
  const leases = (await desk.pull()).filter((change) => change.kind === 'lease');
  expect(leases.map((change) => (change.op === 'put' ? change.row : 'gone'))).toMatchObject([
    { quantityBase: 6_000, usedBase: 0, incarnationId: desk.identity.incarnationId },
    { quantityBase: 6_000, usedBase: 5_000 },
    'gone',
  ]);
  expect((await other.pull()).filter((change) => change.kind === 'lease')).toEqual([]);
});

test('an expiry releases nothing; the desk’s own report does, as far as its orders don’t need it', async () => {
  await tenLeft('P5');
  const leaseId = await lease('P5', 10_000, -HOUR_MS);
  expect(await order(other, 'P5', 1_000)).toBe('refused');
  expect(await report(leaseId, 3_000)).toBe(200);
  expect(await order(other, 'P5', 8_000)).toBe('refused');
  expect(await order(other, 'P5', 7_000)).toBe('applied');
  // What it said it needs is there, however late it comes.
  expect(await order(desk, 'P5', 3_000)).toBe('applied');
});

test('a report of another life of the file, or of a copy, releases nothing', async () => {
  await tenLeft('P3');
  const leaseId = await lease('P3', 10_000);
  expect(await report(leaseId, 0, { life: crypto.randomUUID() })).not.toBe(200);
  expect(await report(leaseId, 0, { incarnationId: other.identity.incarnationId })).not.toBe(200);
  const answer = await other.ask('/sync/leases', {
    incarnationId: other.identity.incarnationId,
    life: other.life,
    reports: [{ leaseId, outstandingBase: 0 }],
  });
  expect(answer.status).toBe(200);
  expect(await order(other, 'P3', 1_000)).toBe('refused');
  expect(await order(desk, 'P3', 10_000)).toBe('applied');
});

test('what is set aside for one life of the file is not taken by an order of another', async () => {
  await tenLeft('P3');
  await lease('P3', 8_000);
  // As an order of a copy of the file, or of what was put back from a backup, finds it.
  const asLives = (incarnationId: string) =>
    central.db.updateTable('stock_lease').set({ incarnation_id: incarnationId }).where('live', '=', true).execute();
  const { incarnation_id: another } = await central.db
    .selectFrom('incarnation')
    .select('incarnation_id')
    .where('incarnation_id', '<>', desk.identity.incarnationId)
    .executeTakeFirstOrThrow();
  await asLives(another);
  expect(await order(desk, 'P3', 3_000)).toBe('refused');
  expect(await order(desk, 'P3', 2_000)).toBe('applied');
  await asLives(desk.identity.incarnationId);
  expect(await order(desk, 'P3', 8_000)).toBe('applied');
});

test('a person may take a lease back by name', async () => {
  await tenLeft('P1');
  const leaseId = await lease('P1', 10_000);
  const { branchId, warehouseId } = central.house.pudong;
  const of = { leaseId, branchId, warehouseId, userId: desk.session.userId, reason: 'the desk burnt down' };
  expect((await forceRelease(central.db, of)).released).toBe(true);
  expect((await forceRelease(central.db, of)).released).toBe(false);
  expect(await order(other, 'P1', 10_000)).toBe('applied');
});

test('after any leases, orders and reports, allocation is what orders hold and leases have left, and never more than there is', async () => {
  const step = fc.record({
    what: fc.constantFrom('lease', 'own order', 'other order', 'report'),
    quantity: fc.integer({ min: 1, max: 7 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 10 }), async (steps) => {
      await tenLeft('P4');
      for (const { what, quantity } of steps) {
        const quantityBase = quantity * 1_000;
        if (what === 'lease') {
          const expiresAt = Date.now() + (quantity % 2 === 0 ? HOUR_MS : -HOUR_MS);
          await leaseStock(central.db, device, { productId: product('P4'), quantityBase, expiresAt });
        } else if (what === 'report') {
          const live = await central.db
            .selectFrom('stock_lease')
            .select('lease_id')
            .where('device_id', '=', device.deviceId)
            .where('live', '=', true)
            .executeTakeFirst();
          if (live) await report(live.lease_id, quantityBase);
        } else await order(what === 'own order' ? desk : other, 'P4', quantityBase);
        expect(await brokenLaws(central.db)).toEqual([]);
      }
    }),
    { numRuns: 12 },
  );
});
