/** Stock is set aside for a desk, runs out of its time, and is taken back by name from one that may still promise of it. */
import { sql } from 'kysely';
import { forceRelease, leaseStock } from '../../../src-central/leases/stock-leases.ts';
import type { DeviceId } from '../../../src-shared/domain/ids.ts';
import { place } from '../actors/people.ts';
import { LEASE_FOR_MS, LEASE_PIECES, PROMISED_OFFLINE } from '../limits.ts';
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
type LeasedDevice = Parameters<typeof leaseStock>[1];

function pickSeat({ world, seats }: Scene): Seat {
  return world.random.pick(seats.filter(({ desk }) => desk.services));
}

function deviceOf({ desk }: Seat): DeviceId | undefined {
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

/** Orders of these take all that there is, however much it is. */
const EVERY_REMAINDER = [64, 32, 16, 8, 4, 2, 1];

/**
 * The hardest course of a lease: a desk gets all that there is, promises of it while its line is cut, and the lease runs
 * out before central hears of it. Meanwhile another desk asks for the same goods, as an order and as a lease.
 */
export const promisedOffline: Fault = {
  name: 'promised offline',
  weight: 3,
  possible: ({ seats }) => pairOf(seats) !== undefined,
  strike: (scene) => {
    const { world, house, network, seats } = scene;
    const [seat, other] = pairOf(seats) ?? [];
    const deviceId = seat && deviceOf(seat);
    if (!seat || !other || deviceId === undefined) return;
    const branch = branchOf(scene, seat.branch) as unknown as LeasedDevice['branch'];
    const productId = world.random.pick(house.products);
    const { forMs, cutAfterMs, othersAfterMs, mendAfterMs } = PROMISED_OFFLINE;
    const lease = (to: DeviceId, quantityBase: number): ReturnType<typeof leaseStock> =>
      scene.office.work((db) =>
        leaseStock(db, { deviceId: to, branch }, { productId, quantityBase, expiresAt: world.nowMs + forMs }),
      );
    scene.spawn('lease', async () => {
      // More than there can be: the answer says how much there is.
      const asked = await lease(deviceId, 1_000_000_000);
      if (asked.outcome === 'short' && asked.availableBase > 0) await lease(deviceId, asked.availableBase);
    });
    const line = network.line(seat.desk.name);
    scene.later(cutAfterMs, () => {
      // At a quiet point nothing new is begun.
      if (!seat.desk.services || seat.desk.dead || network.faultless) return;
      line.refusing = true;
      for (const broken of line.streams.keys()) broken();
      place(scene, seat, { productId, pieces: world.random.between(5, 40) });
    });
    scene.later(othersAfterMs, () => {
      if (!other.desk.services || other.desk.dead || network.faultless) return;
      const otherId = deviceOf(other);
      if (otherId !== undefined) scene.spawn('lease', () => lease(otherId, 1_000));
      for (const pieces of EVERY_REMAINDER) if (other.desk.services) place(scene, other, { productId, pieces });
    });
    scene.later(mendAfterMs, () => network.mend(line));
  },
};

/** Two desks of one branch that run. */
function pairOf(seats: readonly Seat[]): [Seat, Seat] | undefined {
  const up = seats.filter(({ desk }) => desk.services && !desk.dead);
  for (const seat of up) {
    const other = up.find((each) => each !== seat && each.branch === seat.branch);
    if (other) return [seat, other];
  }
  return undefined;
}
