/** A desk's disk has no room for a while. What can't be saved must be said, and nothing half-written. */
import type { Fault } from './fault.ts';

const MOST_MS = 20_000;

export const diskFull: Fault = {
  name: 'disk full',
  weight: 2,
  possible: ({ seats }) => seats.some(({ desk }) => desk.services && !desk.diskFull),
  strike: (scene) => {
    const { world, seats } = scene;
    const { desk } = world.random.pick(seats.filter((seat) => seat.desk.services && !seat.desk.diskFull));
    world.tally.hit('fault: disk full');
    desk.setDiskFull(true);
    scene.later(world.random.between(500, MOST_MS), () => desk.setDiskFull(false));
  },
};
