/** What befalls a whole line: cut, or open one way only. What befalls one message is in ../network/message-faults.ts. */
import type { Scene } from '../scene.ts';
import type { Fault } from './fault.ts';

/** How long a line stays as it is, unless it is mended before. */
const MOST_MS = 60_000;

/** Of the desk of that name. */
export function strikeLine(scene: Scene, name: string, state: 'refusing' | 'upBlocked' | 'downBlocked'): void {
  const { world, network } = scene;
  const line = network.line(name);
  line[state] = true;
  // What is cut is noticed by both ends; what is swallowed by neither.
  if (state === 'refusing') for (const broken of line.streams.keys()) broken();
  scene.later(world.random.between(500, MOST_MS), () => network.mend(line));
}

export const lineCut: Fault = {
  name: 'line cut for a while',
  weight: 4,
  possible: () => true,
  strike: (scene) => {
    scene.world.tally.hit('fault: line cut for a while');
    strikeLine(scene, scene.world.random.pick(scene.seats).desk.name, 'refusing');
  },
};

export const linePartition: Fault = {
  name: 'one-way partition begins',
  weight: 4,
  possible: () => true,
  strike: (scene) => {
    scene.world.tally.hit('fault: one-way partition begins');
    const { name } = scene.world.random.pick(scene.seats).desk;
    strikeLine(scene, name, scene.world.random.chance(0.5) ? 'upBlocked' : 'downBlocked');
  },
};
