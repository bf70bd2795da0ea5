/** Stock is set aside for a desk, runs out of its time, and is taken back by name from one that may still promise of it. */
import { sql } from 'kysely';
import { forceRelease, leaseStock } from '../../../src-central/leases/stock-leases.ts';
import type { DeviceId } from '../../../src-shared/domain/ids.ts';
import { LEASE_FOR_MS, LEASE_PIECES } from '../limits.ts';
import type { Scene, Seat } from '../scene.ts';
import type { Fault } from './fault.ts';
import { branchOf } from './office-faults.ts';

export const leaseGranted: Fault = {
  name: 'lease granted',
  weight: 7,
  possible: ({ seats }) => seats.some(({ desk }) => desk.services),
  strike: (scene) => {
    const { world, house } = scene;
    const seat = pickSeat(scene);
    const deviceId = deviceOf(seat);
    if (deviceId === undefined) return;
    const branch = branchOf(scene, seat.branch) as unknown as LeasedDevice['branch'];
    const productId = world.random.pick(house.products);
    const quantityBase = world.random.between(...LEASE_PIECES) * 1_000;
    const forMs = world.random.between(...LEASE_FOR_MS);
    const expiresAt = world.nowMs + forMs;
    scene.spawn('lease', async () => {
      const before = await scene.office.work((db) => liveOf(db, { deviceId, productId }));
      const lease = (base: number): ReturnType<typeof leaseStock> =>
        scene.office.work((db) => leaseStock(db, { deviceId, branch }, { productId, quantityBase: base, expiresAt }));
      let leased = await lease(quantityBase);
      // All that there is, then: from now on the others go short.
      if (leased.outcome === 'short' && leased.availableBase > 0) leased = await lease(leased.availableBase);
      if (leased.outcome !== 'leased') return world.tally.hit(`outcome: lease not granted, ${leased.outcome}`);
      world.tally.hit(before === undefined ? 'fault: lease granted' : 'fault: lease renewed');
      scene.later(Math.max(1, expiresAt - world.nowMs), () =>
        scene.spawn('lease expiry', async () => {
          const still = await scene.office.work((db) => liveOf(db, { deviceId, productId }));
          if (still === leased.leaseId) world.tally.hit('fault: lease expired');
        }),
      );
    });
  },
};

/** A manager gives a desk up for lost that may be promising at this very moment. */
export const leaseTakenBack: Fault = {
  name: 'lease taken back by name',
  weight: 2,
  possible: ({ seats }) => seats.some(({ desk }) => desk.services),
  strike: (scene) => {
    const { world, office } = scene;
    const seat = pickSeat(scene);
    const deviceId = deviceOf(seat);
    if (deviceId === undefined) return;
    const { branchId, warehouseId } = branchOf(scene, seat.branch);
    scene.spawn('forced release', async () => {
      const leaseId = await office.work((db) => liveOf(db, { deviceId }));
      if (leaseId === undefined) return;
      const userId = await office.work((db) => managerId(db));
      const reason = '设备丢失';
      await office.work((db) => forceRelease(db, { leaseId, branchId, warehouseId, userId, reason }));
      office.takenBack.add(leaseId);
      world.tally.hit('fault: lease taken back by name');
    });
  },
};

type Db = Parameters<typeof leaseStock>[0];
export type LeasedDevice = Parameters<typeof leaseStock>[1];

function pickSeat({ world, seats }: Scene): Seat {
  return world.random.pick(seats.filter(({ desk }) => desk.services));
}

export function deviceOf({ desk }: Seat): DeviceId | undefined {
  return desk.use((services) => services.session.state().device?.deviceId) as DeviceId | undefined;
}

/** The live lease of that product, or the first of any. */
async function liveOf(db: Db, of: { deviceId: string; productId?: string }): Promise<string | undefined> {
  const { rows } = await sql<{ lease_id: string }>`
    select lease_id from stock_lease
    where live and device_id = ${of.deviceId} and product_id = coalesce(${of.productId ?? null}::uuid, product_id)
    order by expires_at, lease_id limit 1`.execute(db);
  return rows[0]?.lease_id;
}

async function managerId(db: Db): Promise<string> {
  const row = await db
    .selectFrom('app_user')
    .select('user_id')
    .where('user_name', '=', 'manager')
    .executeTakeFirstOrThrow();
  return row.user_id;
}
