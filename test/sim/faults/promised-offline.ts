/**
 * The hardest course of a lease: a desk gets all that there is and promises of it while its line is cut; the lease runs
 * out, and another desk takes whatever central says is not set aside, as a lease and as an order, before central hears of
 * the promise.
 */
import { leaseStock } from '../../../src-central/leases/stock-leases.ts';
import type { DeviceId } from '../../../src-shared/domain/ids.ts';
import { deliver } from '../actors/office-work.ts';
import { place } from '../actors/people.ts';
import { PROMISED_OFFLINE } from '../limits.ts';
import type { Scene, Seat } from '../scene.ts';
import type { Fault } from './fault.ts';
import { deviceOf, type LeasedDevice } from './lease-faults.ts';
import { branchOf } from './office-faults.ts';

interface Course {
  seat: Seat;
  other: Seat;
  productId: string;
  deviceId: DeviceId;
}

export const promisedOffline: Fault = {
  name: 'promised offline',
  weight: 2,
  possible: ({ seats }) => pairOf(seats) !== undefined,
  strike: (scene) => {
    const [seat, other] = pairOf(scene.seats) ?? [];
    const deviceId = seat && deviceOf(seat);
    if (!seat || !other || deviceId === undefined) return;
    const productId = scene.world.random.pick(scene.house.products);
    scene.coursesUnderWay += 1;
    scene.spawn('promise offline', () =>
      run(scene, { seat, other, productId, deviceId }).finally(() => (scene.coursesUnderWay -= 1)),
    );
  },
};

async function run(scene: Scene, course: Course): Promise<void> {
  const { seat, other, productId, deviceId } = course;
  const { network, world } = scene;
  const { forMs, withinMs, pieces: delivered } = PROMISED_OFFLINE;
  for (const { desk } of [seat, other]) network.mend(network.line(desk.name));
  const { branchId, warehouseId } = branchOf(scene, seat.branch);
  // What it has not sent yet may want all that it is about to get.
  if (!(await soon(scene, () => hasSentAll(scene, seat), withinMs))) return;
  await deliver(scene, { warehouseId, branchId, productId, pieces: delivered });
  const quantityBase = await availableBase(scene, course);
  if (quantityBase <= 0) return;
  const expiresAt = world.nowMs + forMs;
  const leased = await lease(scene, course, { to: deviceId, quantityBase });
  if (leased.outcome !== 'leased') return;
  const isKnown = (): boolean => isUp(scene, seat) && knowsOf(seat, leased.leaseId);
  if (!(await soon(scene, isKnown, forMs))) return;
  const line = network.line(seat.desk.name);
  line.refusing = true;
  for (const broken of line.streams.keys()) broken();
  try {
    const promisesBefore = seat.promises.size;
    place(scene, seat, { productId, pieces: Math.max(1, Math.floor(quantityBase / 2_000)) });
    if (seat.promises.size === promisesBefore) return;
    await soon(scene, () => world.nowMs > expiresAt, forMs);
    const otherId = isUp(scene, other) ? deviceOf(other) : undefined;
    if (otherId === undefined) return;
    await lease(scene, course, { to: otherId, quantityBase: 1_000 });
    const pieces = Math.floor((await availableBase(scene, course)) / 1_000);
    if (pieces > 0 && isUp(scene, other)) place(scene, other, { productId, pieces });
    if (await soon(scene, () => hasSentAll(scene, other), withinMs)) world.tally.hit('fault: promised offline');
  } finally {
    if (!network.faultless) network.mend(line);
  }
}

/** What is neither sold nor set aside, as central has it. */
async function availableBase(scene: Scene, { seat, productId }: Course): Promise<number> {
  const { warehouseId } = branchOf(scene, seat.branch);
  const row = await scene.office.work((db) =>
    db
      .selectFrom('stock')
      .select(['on_hand', 'allocated'])
      .where('warehouse_id', '=', warehouseId)
      .where('product_id', '=', productId)
      .executeTakeFirst(),
  );
  return row ? row.on_hand - row.allocated : 0;
}

function hasSentAll(scene: Scene, seat: Seat): boolean {
  return isUp(scene, seat) && seat.desk.use((services) => services.sync.status().waiting) === 0;
}

function lease(
  scene: Scene,
  { seat, productId }: Course,
  of: { to: DeviceId; quantityBase: number },
): ReturnType<typeof leaseStock> {
  const branch = branchOf(scene, seat.branch) as unknown as LeasedDevice['branch'];
  const expiresAt = scene.world.nowMs + PROMISED_OFFLINE.forMs;
  const { to: deviceId, quantityBase } = of;
  return scene.office.work((db) => leaseStock(db, { deviceId, branch }, { productId, quantityBase, expiresAt }));
}

function knowsOf({ desk }: Seat, leaseId: string): boolean {
  return desk.ask('select lease_id from stock_lease where lease_id = ?', leaseId).length > 0;
}

/** At a quiet point nothing new is begun. */
function isUp({ network }: Scene, { desk }: Seat): boolean {
  return desk.services !== undefined && !desk.dead && !network.faultless;
}

/** Looked at now and then; no statement of its own is waited for. */
function soon(scene: Scene, isSo: () => boolean, withinMs: number): Promise<boolean> {
  const until = scene.world.nowMs + withinMs;
  return new Promise((resolve) => {
    const look = (): void => {
      if (isSo()) return resolve(true);
      if (scene.network.faultless || scene.world.nowMs >= until) return resolve(false);
      scene.later(PROMISED_OFFLINE.lookEveryMs, look);
    };
    look();
  });
}

/** Two desks of one branch that run, the first of them with a program that knows of leases. */
function pairOf(seats: readonly Seat[]): [Seat, Seat] | undefined {
  const up = seats.filter(({ desk }) => desk.services && !desk.dead);
  for (const seat of up) {
    const other = up.find((each) => each !== seat && each.branch === seat.branch);
    if (other && seat.desk.build.protocol === 'today') return [seat, other];
  }
  return undefined;
}
