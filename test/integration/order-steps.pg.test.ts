/**
 * The steps of an order at central, over HTTP on a real PostgreSQL: each is judged, takes effect once, moves the stock that
 * it says it moves, and is in the ledger.
 */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findDivergence } from '../../src-central/change-feed/divergence.ts';
import { putPolicy } from '../../src-central/house/policies.ts';
import { readSnapshot } from '../../src-central/change-feed/gate.ts';
import { branchScope, ordersScope } from '../../src-shared/protocol/scope.ts';
import type { OrderContent } from '../../src-shared/mutations/order-place.ts';
import type { PushedMutation } from '../../src-shared/protocol/mutation.ts';
import { startTestCentral, type TestCentral } from '../support/central-fixture.ts';
import { TestDesk } from '../support/test-desk.ts';

let central: TestCentral;
let clerk: TestDesk;
let manager: TestDesk;

beforeAll(async () => {
  central = await startTestCentral();
  clerk = await TestDesk.enrol(central, 'PD', 'clerk');
  manager = await TestDesk.enrol(central, 'PD', 'manager');
});
afterAll(async () => {
  // Whatever a test did: on hand is the sum of its movements, and feed and tables say the same.
  expect(await offLedger()).toEqual([]);
  const { branchId } = central.house.pudong;
  const month = ordersScope(branchId, clerk.content([]).businessDate);
  expect(await readSnapshot(central.db, (tx) => findDivergence(tx, [branchScope(branchId), month]))).toEqual([]);
  await central.stop();
});

/** Stock rows whose on hand is not what their movements come to. */
async function offLedger(): Promise<unknown[]> {
  const { rows } = await sql`
    select s.product_id, s.on_hand, coalesce(sum(m.quantity_base), 0) as moved
    from stock s left join stock_movement m using (warehouse_id, product_id)
    group by s.warehouse_id, s.product_id having s.on_hand <> coalesce(sum(m.quantity_base), 0)
  `.execute(central.db);
  return rows;
}

function headOf(content: OrderContent, baseVersion: number) {
  const { lines: _, note: __, ...head } = content;
  return { ...head, baseVersion };
}

function step(desk: TestDesk, name: string, args: object): PushedMutation {
  return desk.sign(desk.body(name, args));
}

async function stockOf(code: string) {
  return central.db
    .selectFrom('stock')
    .select(['on_hand', 'allocated'])
    .where('warehouse_id', '=', central.house.pudong.warehouseId)
    .where('product_id', '=', central.house.products[code]?.productId ?? '')
    .executeTakeFirstOrThrow();
}

const lineZero = (quantityBase: number) => [{ line: 0, quantityBase }];

describe('an order', () => {
  test('leaves in two parts, is received and completed, and a part of it comes back: the ledger says all of it', async () => {
    const before = await stockOf('P1');
    const { content, pushed } = clerk.place([{ product: 'P1', quantity: 5_000 }]);
    await clerk.pushOne(pushed);
    const ship = (base: number, quantityBase: number): PushedMutation =>
      step(clerk, 'order.ship', { ...headOf(content, base), moved: lineZero(quantityBase), tracking: 'SF1' });
    const first = ship(1, 2_000);
    expect(await clerk.pushOne(first)).toMatchObject({ outcome: 'applied' });
    // The answer may have been lost.
    expect(await clerk.pushOne(first)).toMatchObject({ outcome: 'applied' });
    expect(await stockOf('P1')).toEqual({ on_hand: before.on_hand - 2_000, allocated: before.allocated + 3_000 });
    expect(await clerk.pushOne(step(clerk, 'order.receive', headOf(content, 2)))).toMatchObject({
      outcome: 'refused',
      issues: [{ code: 'order.notAllOut', repairs: [{ kind: 'closeRest' }] }],
    });
    await clerk.pushOne(ship(2, 3_000));
    await clerk.pushOne(step(clerk, 'order.receive', headOf(content, 3)));
    await clerk.pushOne(step(clerk, 'order.complete', headOf(content, 4)));
    const back = { moved: lineZero(1_000), reason: 'broken', restock: true, creditMinor: null };
    const bringBack = { ...headOf(content, 5), ...back };
    expect(await clerk.pushOne(step(clerk, 'order.return', bringBack))).toMatchObject({
      issues: [{ code: 'order.roleMissing', params: { ask: 'manager' } }],
    });
    expect(await manager.pushOne(step(manager, 'order.return', bringBack))).toMatchObject({ outcome: 'applied' });
    expect(await stockOf('P1')).toEqual({ on_hand: before.on_hand - 4_000, allocated: before.allocated });
    const movements = await central.db
      .selectFrom('stock_movement')
      .select(['quantity_base', 'kind', 'order_version', 'mutation_id'])
      .where('order_id', '=', content.orderId)
      .orderBy('movement_id')
      .execute();
    expect(movements).toMatchObject([
      { quantity_base: -2_000, kind: 'shipped', order_version: 2, mutation_id: first.id },
      { quantity_base: -3_000, kind: 'shipped', order_version: 3 },
      { quantity_base: 1_000, kind: 'returned', order_version: 6 },
    ]);
    const versions = await central.db
      .selectFrom('sales_order_version')
      .select('version')
      .where('order_id', '=', content.orderId)
      .orderBy('version')
      .execute();
    expect(versions.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5]);
  });

  test('reaches the other desks of its branch with each step, in the words of its row', async () => {
    const { content, pushed } = clerk.place([{ product: 'P2', quantity: 1_000 }]);
    await clerk.pushOne(pushed);
    await manager.pull();
    await manager.pushOne(step(manager, 'order.hold', { ...headOf(content, 1), reason: 'unpaid' }));
    const held = (await clerk.pull()).findLast((change) => change.kind === 'order');
    expect(held).toMatchObject({ key: content.orderId, row: { status: 'placed', hold: { reason: 'unpaid' } } });
    expect(await clerk.pushOne(step(clerk, 'order.pick', headOf(content, 2)))).toMatchObject({
      issues: [{ code: 'order.onHold', params: { reason: 'unpaid' } }],
    });
    await manager.pushOne(step(manager, 'order.release', headOf(content, 2)));
    await clerk.pushOne(step(clerk, 'order.pick', headOf(content, 3)));
    const picked = (await manager.pull()).findLast((change) => change.kind === 'order');
    expect(picked).toMatchObject({ row: { state: 'picking', version: 4 } });
    expect(picked?.op === 'put' && picked.row).not.toHaveProperty('hold');
  });

  test('that may wait takes what there is, whoever asked first, and gets the rest when it has come', async () => {
    const { on_hand: onHand, allocated } = await stockOf('P3');
    const available = onHand - allocated;
    const { content } = clerk.place([{ product: 'P3', quantity: available + 4_000 }]);
    const lines = content.lines.map((line) => ({ ...line, backorder: true }));
    const place = clerk.sign(clerk.body('order.place', { ...content, lines }, { schemaVersion: 2 }));
    expect(await clerk.pushOne(place)).toMatchObject({ outcome: 'applied', issues: [] });
    expect(await stockOf('P3')).toEqual({ on_hand: onHand, allocated: onHand });
    const other = clerk.place([{ product: 'P3', quantity: 1_000 }]).pushed;
    expect(await clerk.pushOne(other)).toMatchObject({ issues: [{ code: 'stock.short' }] });
    await clerk.pushOne(
      step(clerk, 'order.ship', { ...headOf(content, 1), moved: lineZero(available), tracking: null }),
    );
    expect(await clerk.pushOne(step(clerk, 'order.allocate', headOf(content, 2)))).toMatchObject({
      outcome: 'applied',
    });
    const { row } = (await clerk.pull()).findLast((change) => change.kind === 'order') as { row: object };
    expect(row).toMatchObject({ lines: [{ shippedBase: available, backorderBase: 4_000 }] });
  });

  test('is not shipped twice when two desks ship it at once: the second has to look', async () => {
    const { content, pushed } = clerk.place([{ product: 'P1', quantity: 2_000 }]);
    await clerk.pushOne(pushed);
    const before = await stockOf('P1');
    const ship = (desk: TestDesk): PushedMutation =>
      step(desk, 'order.ship', { ...headOf(content, 1), moved: lineZero(2_000), tracking: null });
    const answers = await Promise.all([clerk.pushOne(ship(clerk)), manager.pushOne(ship(manager))]);
    expect(answers.map(({ outcome }) => outcome).toSorted()).toEqual(['applied', 'refused']);
    const refused = answers.find(({ outcome }) => outcome === 'refused');
    expect(refused).toMatchObject({ issues: [{ code: 'order.changed' }] });
    expect((await stockOf('P1')).on_hand).toBe(before.on_hand - 2_000);
  });

  test('is looked at before it is given out where the house says so, by another than who wrote it', async () => {
    const rule = { fromMinor: 1, manualShare: null, customers: [], groups: [] };
    const reviews = { order: rule, finance: { ...rule, fromMinor: null }, fourEyes: true };
    await putPolicy(central.db, { name: 'reviews', ...reviews, financeRole: 'manager' });
    const { content, pushed } = manager.place([{ product: 'P1', quantity: 1_000 }]);
    await manager.pushOne(pushed);
    const { row } = (await clerk.pull()).findLast((change) => change.kind === 'order') as { row: object };
    expect(row).toMatchObject({ orderId: content.orderId, status: 'placed', state: 'orderReview' });
    const approve = (desk: TestDesk): PushedMutation =>
      step(desk, 'order.approve', { ...headOf(content, 1), review: 'order' });
    expect(await clerk.pushOne(step(clerk, 'order.pick', headOf(content, 1)))).toMatchObject({
      issues: [{ code: 'order.notOpen', params: { state: 'orderReview' } }],
    });
    expect(await manager.pushOne(approve(manager))).toMatchObject({ issues: [{ code: 'order.fourEyes' }] });
    const admin = await TestDesk.enrol(central, 'PD', 'admin');
    expect(await admin.pushOne(approve(admin))).toMatchObject({ outcome: 'applied' });
    expect(await clerk.pushOne(step(clerk, 'order.pick', headOf(content, 2)))).toMatchObject({ outcome: 'applied' });
  });
});
