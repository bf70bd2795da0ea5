/** What the office does in the midst of everything: goods, prices, customers, and what desks may see. */
import type { CustomerChange } from '../../../src-central/customers/change-customer.ts';
import { changePrices, changeTerms, deliver, grant, moveToBranch } from '../actors/office-work.ts';
import type { Scene, Seat } from '../scene.ts';
import type { Fault } from './fault.ts';

type Branch = Scene['house']['branches'][number];

export function branchOf(scene: Scene, code: string): Branch {
  const branch = scene.house.branches.find((each) => each.code === code);
  if (!branch) throw new Error(`no branch ${code}`);
  return branch;
}

function otherBranch(scene: Scene, code: string): Branch {
  return scene.world.random.pick(scene.house.branches.filter((each) => each.code !== code));
}

export const goodsArrive: Fault = {
  name: 'goods arrive',
  weight: 5,
  possible: () => true,
  strike: (scene) => {
    const { world, house } = scene;
    const { warehouseId, branchId } = world.random.pick(house.branches);
    const productId = world.random.pick(house.products);
    const pieces = world.random.between(10, 120);
    scene.spawn('goods arrive', () => deliver(scene, { warehouseId, branchId, productId, pieces }));
  },
};

export const pricesChange: Fault = {
  name: 'prices change',
  weight: 2,
  possible: () => true,
  strike: (scene) => {
    const unitPrice = scene.world.random.between(100, 900) * 100;
    scene.world.tally.hit('fault: prices change');
    scene.spawn('prices change', () => changePrices(scene, unitPrice));
  },
};

export const customerMoves: Fault = {
  name: 'customer moved between branches',
  weight: 2,
  possible: () => true,
  strike: (scene) => {
    const { world, house } = scene;
    const from = world.random.pick(house.branches);
    const own = house.customers.get(from.code) ?? [];
    // A branch without customers would place no more orders.
    if (own.length < 2) return;
    const customerId = world.random.pick(own);
    const to = otherBranch(scene, from.code);
    house.customers.set(
      from.code,
      own.filter((each) => each !== customerId),
    );
    house.customers.set(to.code, [...(house.customers.get(to.code) ?? []), customerId]);
    world.tally.hit('fault: customer moved between branches');
    scene.spawn('customer move', () => moveToBranch(scene, { customerId, branchId: to.branchId }));
  },
};

/** Whoever may owe nothing is refused, asks for approval, or is let through. */
export const termsChanges: Fault = {
  name: 'terms changed',
  weight: 1,
  possible: ({ house }) => [...house.customers.values()].some((ids) => ids.length > 0),
  strike: (scene) => {
    const { world, house } = scene;
    const { random } = world;
    const customerId = random.pick([...house.customers.values()].flat());
    const change: CustomerChange = random.pick<CustomerChange>([
      { terms: { days: 30, limitMinor: null } },
      { terms: { days: 0, limitMinor: 20_000 } },
      { terms: { days: 60, limitMinor: 0 } },
      { terms: null },
      { hold: { kind: 'onHold', reason: '欠款' } },
      { hold: { kind: 'blocked', reason: '停业' } },
      { hold: null },
      { hold: null },
    ]);
    world.tally.hit('fault: terms of a customer changed');
    scene.spawn('terms', () => changeTerms(scene, { customerId, change }));
  },
};

export const grantChanges: Fault = {
  name: 'branch granted or revoked',
  weight: 3,
  possible: ({ seats }) => seats.some(({ desk }) => desk.services),
  strike: (scene) => {
    const { world, seats } = scene;
    const seat = world.random.pick(seats.filter(({ desk }) => desk.services));
    const granted = world.random.chance(0.6);
    const { branchId } = otherBranch(scene, branchOf(scene, seat.branch).code);
    world.tally.hit(granted ? 'fault: branch granted' : 'fault: branch revoked');
    scene.spawn('grant', () => grant(scene, seat, { branchId, granted }));
  },
};

/** A branch is taken from a desk, if it had it, and given: from then on that desk fills. */
export function causeFill(scene: Scene, seat: Seat): void {
  const { branchId } = otherBranch(scene, seat.branch);
  if (!seat.desk.services) return;
  scene.spawn('grant', async () => {
    await grant(scene, seat, { branchId, granted: false });
    if (seat.desk.services) await grant(scene, seat, { branchId, granted: true });
  });
}
