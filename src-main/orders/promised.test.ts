/** What a desk may promise of stock that is set aside for it, on a real replica with a clock in the test's hands. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Change } from '../../src-shared/protocol/change.ts';
import { branchScope, deviceScope } from '../../src-shared/protocol/scope.ts';
import { deskFixture, EPOCH, type DeskFixture } from '../../test/support/desk-fixture.ts';
import type { Effect } from '../outbox/intent.ts';
import { applyPage } from '../replica/apply-page.ts';
import { sql } from 'kysely';
import { leaseReports, renounceLeases } from '../replica/leases.ts';
import { createOrderDesk, type OrderDesk } from './order-desk.ts';

const LEASE = '00000000-0000-4000-8000-0000000000f1';

let at: DeskFixture;
let desk: OrderDesk;
let knowsTime: boolean;
beforeEach(() => {
  at = deskFixture({ products: 3, customers: 1 });
  knowsTime = true;
  const { store, identity, platform } = at;
  desk = createOrderDesk({ store, identity, platform, notify: () => undefined, knowsCentralTime: () => knowsTime });
  stock({ onHand: 10_000, allocated: 10_000 });
});
afterEach(() => at.dispose());

const HOUR_MS = 3_600_000;
let revs = 100;

function apply(change: Omit<Change, 'rev'>): void {
  const changes = [{ ...change, rev: (revs += 1) } as Change];
  applyPage(at.store, { epoch: EPOCH, now: at.platform.now(), changes, cursor: String(revs), more: false });
}

function product(): string {
  const [found] = at.catalogue.products;
  if (!found) throw new Error('fixture');
  return found.productId;
}

/** Of the first product; what is leased is allocated. */
function stock({ onHand, allocated }: { onHand: number; allocated: number }): void {
  const { branchId, warehouseId } = at.catalogue.branch;
  const row = { warehouseId, productId: product(), onHand, allocated };
  const key = `${warehouseId}/${product()}`;
  apply({ scope: branchScope(branchId), kind: 'stock', op: 'put', key, row } as Omit<Change, 'rev'>);
}

function lease(
  of: { quantityBase?: number; usedBase?: number; expiresAt?: number; incarnationId?: string } = {},
): void {
  const { warehouseId } = at.catalogue.branch;
  const incarnationId = at.identity.desk()?.incarnationId;
  const row = { leaseId: LEASE, incarnationId, warehouseId, productId: product(), quantityBase: 6_000, usedBase: 0 };
  apply({
    scope: deviceScope('00000000-0000-4000-8000-000000000020'),
    kind: 'lease',
    op: 'put',
    key: LEASE,
    row: { ...row, expiresAt: at.platform.now() + HOUR_MS, ...of },
  } as Omit<Change, 'rev'>);
}

function place(pieces: number): { orderId: string; promised: boolean; short: boolean } {
  const customerId = at.catalogue.customers[0]?.customerId ?? '';
  const unit = at.catalogue.products[0]?.baseUnit ?? '';
  const orderId = at.newOrderId();
  const lines = [{ productId: product(), unit, quantity: pieces }];
  const { issues } = desk.orders.place({ orderId, customerId, note: '', lines }, 'en');
  const effect = at.store
    .query<{ lane: string }, { effect: string }>((_, p) => sql`select effect from outbox where lane = ${p.lane}`)
    .get({ lane: `order:${orderId}` })?.effect;
  const promised = (JSON.parse(effect ?? '{}') as Effect).promised === true;
  return { orderId, promised, short: issues.some((issue) => issue.code === 'stock.short') };
}

const available = (): number => desk.products.get(product()).availableBase;
const incarnation = (): string => at.identity.desk()?.incarnationId ?? '';
const reports = () => leaseReports(at.store, { incarnationId: incarnation(), limit: 9 });

function renounce(nowMs = at.platform.now()): void {
  at.store.transaction((tx) => renounceLeases(at.store, tx, { incarnationId: incarnation(), nowMs }));
}

test('what is set aside is there for this desk, and promised until it is used up', () => {
  expect(available()).toBe(0);
  lease();
  expect(available()).toBe(6_000);
  expect(place(4)).toMatchObject({ promised: true, short: false });
  expect(available()).toBe(2_000);
  expect(place(3)).toMatchObject({ promised: false, short: true });
});

test('what a cancelled order gives back goes to everybody, and is not promised again', () => {
  lease();
  const { orderId } = place(4);
  desk.orders.cancel({ orderId, reason: 'changed their mind' }, 'en');
  expect(place(2)).toMatchObject({ promised: true });
  expect(place(1)).toMatchObject({ promised: false });
});

test('what was promised is reported as needed although its order has been cancelled since: both are still to be judged', () => {
  lease();
  const { orderId } = place(4);
  desk.orders.cancel({ orderId, reason: 'changed their mind' }, 'en');
  at.platform.advance(HOUR_MS);
  renounce();
  expect(reports()).toEqual([{ leaseId: LEASE, outstandingBase: 4_000 }]);
});

test('without central’s time nothing is promised: an expiry can’t be known', () => {
  lease();
  knowsTime = false;
  expect(place(1)).toMatchObject({ promised: false, short: false });
});

test('an expired lease promises nothing more, and covers what was promised', () => {
  lease();
  place(4);
  at.platform.advance(HOUR_MS);
  expect(place(1)).toMatchObject({ promised: false });
  expect(available()).toBe(0);
});

test('what was renounced stays so when the clock goes back, or everybody would sell it twice', () => {
  lease();
  place(2);
  at.platform.advance(2 * HOUR_MS);
  renounce();
  expect(reports()).toEqual([{ leaseId: LEASE, outstandingBase: 2_000 }]);
  at.platform.advance(-2 * HOUR_MS);
  expect(place(1)).toMatchObject({ promised: false });
});

test('a lease of an earlier life of the file covers its orders, promises nothing and is not reported', () => {
  lease({ incarnationId: '00000000-0000-4000-8000-0000000000aa' });
  expect(place(1)).toMatchObject({ promised: false });
  renounce();
  expect(reports()).toEqual([]);
});

test('a lease of which all that is left is needed is not reported again', () => {
  lease();
  place(5);
  at.platform.advance(HOUR_MS);
  renounce();
  expect(reports()).toEqual([{ leaseId: LEASE, outstandingBase: 5_000 }]);
  lease({ quantityBase: 5_000, expiresAt: at.platform.now() - 1 });
  expect(reports()).toEqual([]);
});
