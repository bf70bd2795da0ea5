/** A node of central goes: killed in the middle of whatever it does, or stopped by its keeper. It comes back. */
import type { SimNode } from '../actors/sim-node.ts';
import type { Scene } from '../scene.ts';
import type { Fault } from './fault.ts';

const AWAY_MOST_MS = 20_000;

function pickUp(scene: Scene): SimNode {
  return scene.world.random.pick(scene.nodes.filter((node) => node.up));
}

function backLater(scene: Scene, node: SimNode): void {
  scene.later(scene.world.random.between(100, AWAY_MOST_MS), () => scene.startNode(node));
}

export const centralCrash: Fault = {
  name: 'central killed',
  weight: 3,
  possible: ({ nodes }) => nodes.some((node) => node.up),
  strike: async (scene) => {
    const node = pickUp(scene);
    scene.world.tally.hit('fault: central killed');
    await node.crash(scene.network);
    backLater(scene, node);
  },
};

export const centralStop: Fault = {
  name: 'central stopped',
  weight: 1,
  possible: ({ nodes }) => nodes.some((node) => node.up),
  strike: (scene) => {
    const node = pickUp(scene);
    scene.world.tally.hit('fault: central stopped');
    scene.spawn('central stop', () => node.stop(scene.network));
    backLater(scene, node);
  },
};
