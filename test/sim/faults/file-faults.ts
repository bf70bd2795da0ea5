/**
 * What befalls a desk's folder as a whole: put back as it was some time ago, copied to a second desk, moved to another
 * machine. Only desks of today: those of protocol 1 can't be told apart, and are not promised to be.
 */
import { join } from 'node:path';
import { sql } from 'kysely';
import { place } from '../actors/people.ts';
import { SimDesk } from '../actors/sim-desk.ts';
import type { DeskImage, SavedOrder, Scene, Seat } from '../scene.ts';
import type { Fault } from './fault.ts';
import { strikeLine } from './line-faults.ts';

const MOST_COMMITS = 8;
/** How often a file that is not alone goes on without a line at first: it can't be told, and gives numbers. */
const OFFLINE_RATE = 0.6;
const ORDERS_RIGHT_AWAY = 4;
const RIGHT_AWAY_MS = 8_000;
/** Besides those that a seed begins with. */
const MOST_CLONES = 1;

function isOfToday({ desk }: Seat): boolean {
  return desk.build.protocol === 'today' && (desk.services !== undefined || desk.dead);
}

function copied(orders: ReadonlyMap<string, SavedOrder>): Map<string, SavedOrder> {
  return new Map([...orders].map(([orderId, order]) => [orderId, { ...order }]));
}

/** No fault yet. The image may be of any build: what is put back is opened by the program that is there then. */
export const imageKept: Fault = {
  name: 'disk image kept',
  weight: 1,
  possible: ({ seats }) => seats.some(({ desk }) => desk.services && !desk.dead),
  strike: (scene) => {
    const seat = scene.world.random.pick(scene.seats.filter(({ desk }) => desk.services && !desk.dead));
    const { desk } = seat;
    const dir = join(scene.dir, `${desk.name}-image-at-${scene.steps}`);
    desk.afterCommits(scene.world.random.between(1, MOST_COMMITS), () => {
      desk.copyTo(dir);
      seat.image = { dir, saved: copied(seat.saved), mutations: new Set(seat.mutations), past: seat.past };
      // What it gives from here on, the image knows nothing of.
      seat.past = scene.numbers.begin(seat.past.stretches, seat.past.untold);
    });
  },
};

export const fileGoesBack: Fault = {
  name: 'desk file gone back in time',
  weight: 0.25,
  possible: ({ seats, keeper }) => !keeper.desksMustRemember && seats.some((seat) => seat.image && isOfToday(seat)),
  strike: async (scene) => {
    const seat = scene.world.random.pick(scene.seats.filter((each) => each.image && isOfToday(each)));
    const { image, desk } = seat;
    if (!image) return;
    scene.world.tally.hit('fault: desk file gone back in time');
    scene.keeper.deskForgotAtStep = scene.steps;
    // Before anything else can arrive: what central has of it now is what has left the machine.
    await forgetWhatNobodyHas(scene, seat, image);
    seat.past = scene.numbers.begin(image.past.stretches, true);
    seat.position = undefined;
    desk.becomeFolder(image.dir);
    goOn(scene, seat);
  },
};

/**
 * The disk's loss, not the engine's: what was saved after the image was made, and never left the machine, is on no disk
 * any more. What central has received is its to keep: each of those mutations has its one receipt, and an order that
 * was applied comes back to its desk. An order that was refused comes back to nobody's screen but the office's: its text
 * was on the disk alone. A push that is on the line just now may yet arrive; it is judged like any other.
 */
async function forgetWhatNobodyHas(scene: Scene, seat: Seat, image: DeskImage): Promise<void> {
  const orders = [...seat.saved.values(), ...seat.returning.values()].filter(
    ({ orderId }) => !image.saved.has(orderId),
  );
  const mutations = [...seat.mutations].filter((id) => !image.mutations.has(id));
  const received = await scene.outside(async () => {
    const { rows } = await sql<{ id: string }>`
      select order_id as id from sales_order where order_id = any(${orders.map(({ orderId }) => orderId)}::uuid[])
      union all select mutation_id from receipt where mutation_id = any(${mutations}::uuid[])`.execute(scene.lawsDb);
    return new Set(rows.map(({ id }) => id));
  });
  for (const order of orders) if (!received.has(order.orderId)) scene.numbers.forget(order);
  seat.returning = new Map(
    orders.filter(({ orderId }) => received.has(orderId)).map((order) => [order.orderId, order]),
  );
  seat.saved = copied(image.saved);
  seat.mutations = new Set([...image.mutations, ...mutations.filter((id) => received.has(id))]);
}

/** Orders are placed on it right away: those that get a number before it hears of central are what is to be tried. */
function goOn(scene: Scene, seat: Seat): void {
  const { random } = scene.world;
  if (random.chance(OFFLINE_RATE)) strikeLine(scene, seat.desk.name, 'refusing');
  for (let order = 0; order < ORDERS_RIGHT_AWAY; order += 1) {
    scene.later(random.between(100, RIGHT_AWAY_MS), () => {
      // At a quiet point nothing new is begun.
      if (seat.desk.services && !seat.desk.dead && !scene.network.faultless) place(scene, seat);
    });
  }
}

export const deskCloned: Fault = {
  name: 'desk cloned',
  weight: 0.08,
  possible: ({ seats, houseSeats }) => seats.length < houseSeats + MOST_CLONES && seats.some(isOfToday),
  strike: (scene) => {
    const { world, seats, nodes } = scene;
    const seat = world.random.pick(seats.filter(isOfToday));
    const name = `d${seats.length + 1}`;
    world.tally.hit('fault: desk cloned');
    const { machine } = seat.desk;
    const desk = new SimDesk({
      name,
      sliceRows: seat.desk.sliceRows,
      dir: join(scene.dir, name),
      world,
      // An image that is given to two machines of one make may bring even this id along.
      machine: world.random.chance(0.5) ? machine : `machine of ${name}`,
      centralUrls: nodes.map((node) => `http://${name}.${node.name}.sim`),
    });
    const dir = join(scene.dir, `${name}-from`);
    seat.desk.copyTo(dir);
    desk.becomeFolder(dir);
    const { stretches } = seat.past;
    // Two files hold one lease until one of them is told, and what both then promise may be more than it has.
    seat.promises = new Map();
    seat.past = scene.numbers.begin(stretches, true);
    const clone: Seat = {
      ...seat,
      desk,
      saved: copied(seat.saved),
      mutations: new Set(seat.mutations),
      promises: new Map(),
      starting: false,
      past: scene.numbers.begin(stretches, true),
      image: undefined,
      returning: copied(seat.returning),
    };
    seats.push(clone);
    goOn(scene, seat);
    goOn(scene, clone);
  },
};

/** The folder goes on on another machine, as it lies on the disk; nothing stays behind. */
export const profileMoved: Fault = {
  name: 'profile moved',
  weight: 0.08,
  possible: ({ seats }) => seats.some(isOfToday),
  strike: (scene) => {
    const { desk } = scene.world.random.pick(scene.seats.filter(isOfToday));
    scene.world.tally.hit('fault: profile moved');
    desk.dieAfter(0);
    desk.machine = `machine of ${desk.name} after step ${scene.steps}`;
  },
};
