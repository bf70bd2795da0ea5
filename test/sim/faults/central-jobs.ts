/** What central does by itself comes when the seed says so, on either node, or on both at once. */
import { isBefore, readFeedState } from '../../../src-central/change-feed/feed-state.ts';
import type { SimNode } from '../actors/sim-node.ts';
import type { Scene } from '../scene.ts';
import type { Fault } from './fault.ts';

const JOBS = { fold: 5, compact: 5, check: 1, grants: 1, returns: 1 } as const;

export const centralJob: Fault = {
  name: 'a job of central',
  weight: 9,
  possible: ({ nodes }) => nodes.some((node) => node.up),
  strike: (scene) => {
    const { world, nodes } = scene;
    runJob(scene, world.random.pick(nodes.filter((each) => each.up)));
  },
};

export function runJob(scene: Scene, node: SimNode, name = scene.world.random.weighted(JOBS)): void {
  const run = (): Promise<boolean> => node.runJob(name);
  scene.spawn(`job ${name}`, () => (name === 'compact' ? compacted(scene, run) : run()));
}

async function compacted({ office, world }: Scene, run: () => Promise<boolean>): Promise<void> {
  const before = await office.work((db) => readFeedState(db));
  if (!(await run())) return;
  const after = await office.work((db) => readFeedState(db));
  if (isBefore(before.compactedTo, after.compactedTo)) world.tally.hit('fault: feed compacted');
  if (isBefore(before.horizon, after.horizon)) world.tally.hit('fault: horizon moved');
}
