/** A desk's process is killed: as it stands, or right after one of its next commits, whatever it was doing then. */
import type { Fault } from './fault.ts';

const MOST_COMMITS = 8;

export const deskCrash: Fault = {
  name: 'desk killed',
  weight: 6,
  possible: ({ seats }) => seats.some(({ desk }) => desk.services && !desk.dead),
  strike: (scene) => {
    const { world, seats } = scene;
    const { desk } = world.random.pick(seats.filter((seat) => seat.desk.services && !seat.desk.dead));
    const commits = world.random.between(0, MOST_COMMITS);
    world.tally.hit(commits === 0 ? 'fault: desk killed' : 'fault: desk killed at a commit');
    desk.dieAfter(commits);
  },
};
