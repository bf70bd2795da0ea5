/** How every seed begins: central is up, and each desk is enrolled, filled, and has a person. */
import { join } from 'node:path';
import { createEnrolmentCode } from '../../src-central/identity/enrol.ts';
import type { DeskBuild } from './actors/desk-build.ts';
import { SimDesk } from './actors/sim-desk.ts';
import { OLD_DESK_RATE, SLICE_ROWS } from './limits.ts';
import type { Scene, Seat } from './scene.ts';

export const NODES = ['n1', 'n2'] as const;
export const SEATS = [
  { name: 'd1', branch: 'PD' },
  { name: 'd2', branch: 'PD' },
  { name: 'd3', branch: 'NB' },
] as const;

/** @param keptBuild what some desks begin with. */
export async function openHouse(scene: Scene, keptBuild: DeskBuild): Promise<void> {
  const { world, house, nodes, seats, keeper } = scene;
  const old = world.random.chance(OLD_DESK_RATE) ? world.random.pick(SEATS).name : undefined;
  // A desk of protocol 1 has no proofs, and can bring nothing back; copies of a large house take too long.
  if (old === undefined && house.unpriced.length === 0) keeper.plan(world.random);
  for (const node of nodes) await scene.through('central starts', 60_000, () => node.start());
  for (const [index, { name, branch }] of SEATS.entries()) {
    const of = house.branches.find((each) => each.code === branch);
    if (!of) throw new Error(`no branch ${branch}`);
    if (name === old) world.tally.hit('fault: desk of the previous version');
    const seat: Seat = {
      desk: deskOf(scene, { name, first: index, build: name === old ? keptBuild : undefined }),
      branch,
      saved: new Map(),
      mutations: new Set(),
      promises: new Map(),
      userName: of.people[0] ?? '',
      position: undefined,
      starting: false,
      past: scene.numbers.begin(),
      image: undefined,
      returning: new Map(),
    };
    seats.push(seat);
    await enrol(scene, seat, of.branchId);
  }
}

/** `first`: which of central's nodes it comes to first. */
function deskOf(
  { world, house, dir }: Scene,
  of: { name: string; first: number; build: DeskBuild | undefined },
): SimDesk {
  const { name, build } = of;
  const first = of.first % NODES.length;
  const nodes = [...NODES.slice(first), ...NODES.slice(0, first)];
  return new SimDesk({
    name,
    dir: join(dir, name),
    world,
    machine: `machine of ${name}`,
    sliceRows: house.unpriced.length > 0 ? undefined : SLICE_ROWS,
    centralUrls: nodes.map((node) => `http://${name}.${node}.sim`),
    ...(build && { build }),
  });
}

async function enrol(scene: Scene, seat: Seat, branchId: string): Promise<void> {
  const { desk } = seat;
  const code = await scene.through('an enrolment code', 60_000, () =>
    scene.office.work((db) => createEnrolmentCode(db, { branchId, ttlMinutes: 10 })),
  );
  await scene.through('a desk starts', 60_000, () => desk.start());
  const centralUrl = `http://${desk.name}.${NODES[0]}.sim`;
  await scene.through('enrolment', 60_000, () =>
    desk.use((services) => services.session.enrol({ centralUrl, code, deviceName: desk.name })),
  );
  await scene.through('sign-in', 60_000, () => scene.signIn(seat));
  const filled = (): boolean => desk.use(({ sync }) => sync.status().asOf !== null && !sync.status().filling);
  await scene.untilSaved(`${desk.name} is filled`, filled, 60_000);
}
