/** A desk of an earlier version gets today's program: stopped for it or killed, and perhaps killed while it migrates. */
import { TODAY } from '../actors/desk-build.ts';
import type { Seat } from '../scene.ts';
import type { Fault } from './fault.ts';

const KILLED_RATE = 0.5;
const KILLED_WHILE_IT_MIGRATES_RATE = 0.9;

function canBeUpdated({ desk }: Seat): boolean {
  return desk.build.protocol !== 'today' && desk.services !== undefined;
}

export const deskUpdate: Fault = {
  name: 'desk updated',
  weight: 1,
  possible: ({ seats }) => seats.some(canBeUpdated),
  strike: (scene) => {
    const { world } = scene;
    const { desk } = world.random.pick(scene.seats.filter(canBeUpdated));
    world.tally.hit('fault: desk updated');
    // Each migration is a commit of its own.
    const migrations = desk.lackedMigrations();
    if (world.random.chance(KILLED_WHILE_IT_MIGRATES_RATE))
      desk.dieInNextLifeAfter(world.random.between(1, migrations));
    desk.build = TODAY;
    if (world.random.chance(KILLED_RATE)) desk.dieAfter(0);
    else scene.spawn('desk stop', () => desk.stop());
  },
};
