/**
 * A desk is away for longer than central keeps what was removed: central folds, compacts and moves its horizon on
 * meanwhile, and the desk comes back to REFILL_REQUIRED, unless a quiet point or another fault was quicker.
 */
import type { Scene, Seat } from '../scene.ts';
import { runJob } from './central-jobs.ts';
import type { Fault } from './fault.ts';
import { LONG_ABSENCE } from '../limits.ts';

export const deskLongAway: Fault = {
  name: 'desk long away',
  weight: 2,
  possible: ({ seats }) => seats.some(({ desk }) => desk.services),
  strike: (scene) => longAway(scene, scene.world.random.pick(scene.seats.filter(({ desk }) => desk.services))),
};

export function longAway(scene: Scene, { desk }: Seat): void {
  const { network, nodes, world } = scene;
  const line = network.line(desk.name);
  line.refusing = true;
  for (const broken of line.streams.keys()) broken();
  const job = (name: 'fold' | 'compact') => (): void => {
    const up = nodes.filter((node) => node.up);
    if (up.length > 0) runJob(scene, world.random.pick(up), name);
  };
  for (const atMs of LONG_ABSENCE.foldAtMs) scene.later(atMs, job('fold'));
  scene.later(LONG_ABSENCE.compactAtMs, job('compact'));
  scene.later(LONG_ABSENCE.backAtMs, () => network.mend(line));
}
