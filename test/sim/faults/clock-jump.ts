/** A desk's clock is set: what a dead battery, a wrong zone or a curious child makes of it. */
import type { Fault } from './fault.ts';

const HOUR_MS = 3_600_000;
const ERRORS_MS = [0, 0, HOUR_MS, -HOUR_MS, 24 * HOUR_MS, -10 * 24 * HOUR_MS, 3 * 24 * HOUR_MS];

export const clockJump: Fault = {
  name: 'clock jump',
  weight: 3,
  possible: () => true,
  strike: ({ world, seats }) => {
    world.tally.hit('fault: clock jump');
    world.random.pick(seats).desk.setClock(world.random.pick(ERRORS_MS));
  },
};
