/** A desk's process is killed: as it stands, or right after one of its next commits, whatever it was doing then. */
import { DESK_MOMENTS, IN_A_FILL, IN_A_REFILL } from '../actors/desk-moments.ts';
import type { Fault } from './fault.ts';
import { longAway } from './long-absence.ts';
import { causeFill } from './office-faults.ts';

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

/** Aimed at a moment: most of them come by themselves, sooner or later. */
export const deskCrashAtMoment: Fault = {
  name: 'desk is to be killed',
  weight: 16,
  possible: ({ seats }) => seats.some(({ desk }) => desk.services && !desk.dead),
  strike: (scene) => {
    const { world, seats } = scene;
    const seat = world.random.pick(seats.filter(({ desk }) => desk.services && !desk.dead));
    const aimedAt = world.random.weighted(Object.fromEntries(DESK_MOMENTS.map(({ name, weight }) => [name, weight])));
    const moment = DESK_MOMENTS.find(({ name }) => name === aimedAt);
    if (!moment) return;
    seat.desk.dieAt(moment);
    if (moment === IN_A_FILL) causeFill(scene, seat);
    if (moment === IN_A_REFILL) longAway(scene, seat);
  },
};
