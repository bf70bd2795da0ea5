/** People come and go: another one signs in at a desk, or one is deactivated with orders still on their way. */
import { setActive } from '../actors/office-work.ts';
import type { Fault } from './fault.ts';

const AWAY_MOST_MS = 30_000;

export const userSwitches: Fault = {
  name: 'user switched',
  weight: 3,
  possible: ({ seats }) => seats.some(({ desk }) => desk.services),
  strike: (scene) => {
    const { world, seats, house } = scene;
    const seat = world.random.pick(seats.filter(({ desk }) => desk.services));
    const people = house.branches.find(({ code }) => code === seat.branch)?.people ?? [];
    seat.userName = world.random.pick(people);
    world.tally.hit('fault: user switched');
    scene.spawn('sign-in', () => scene.signIn(seat));
  },
};

export const userLeaves: Fault = {
  name: 'user deactivated',
  weight: 2,
  possible: () => true,
  strike: (scene) => {
    const { world, house } = scene;
    const userName = world.random.pick(house.branches.flatMap(({ people }) => people));
    world.tally.hit('fault: user deactivated');
    scene.spawn('deactivation', () => setActive(scene, userName, false));
    scene.later(world.random.between(500, AWAY_MOST_MS), () =>
      scene.spawn('activation', () => setActive(scene, userName, true)),
    );
  },
};
