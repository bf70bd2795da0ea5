/** A node of central goes: killed in the middle of whatever it does, or stopped by its keeper. It comes back. */
import type { SimNode } from '../actors/sim-node.ts';
import type { Scene } from '../scene.ts';
import type { GatedStatement } from '../database/statement-gate.ts';
import { runJob } from './central-jobs.ts';
import type { Fault } from './fault.ts';
import { causeFill } from './office-faults.ts';

const AWAY_MOST_MS = 20_000;
const GIVEN_UP_AFTER_MS = 4_000;

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

/** Statements of what a node is killed in. */
const IN_A_FILL = { name: 'central killed while it served a fill', mark: /\) of_step|\) latest order by key/ };
const IN_A_JOB = {
  name: 'central killed in a job',
  mark: /delete from change |update feed_state|insert into (scope_digest|feed_time)|transaction_timeout/,
};
const IN_A_PUSH = {
  name: 'central killed in a push',
  mark: /insert into (sales_order|sales_order_line|receipt) |update stock set/,
};
const MOMENTS = [IN_A_FILL, IN_A_JOB, IN_A_PUSH] as const;

export const centralCrashAtMoment: Fault = {
  name: 'central is to be killed',
  weight: 6,
  possible: (scene) => scene.centralCrashAt === undefined && scene.nodes.some((node) => node.up),
  strike: (scene) => {
    const moment = scene.world.random.pick(MOMENTS);
    scene.centralCrashAt = moment;
    // One that does not come must not keep the others from being tried.
    scene.later(GIVEN_UP_AFTER_MS, () => {
      if (scene.centralCrashAt === moment) scene.centralCrashAt = undefined;
    });
    // It comes to a push by itself.
    if (moment === IN_A_FILL) causeFill(scene, scene.world.random.pick(scene.seats));
    if (moment === IN_A_JOB) runJob(scene, pickUp(scene));
  },
};

/** Kills the node whose statement that is when it is the one waited for: before it has run, or right after. */
export async function killedAt(scene: Scene, statement: GatedStatement): Promise<boolean> {
  const { centralCrashAt: at, nodes, world, gate, network } = scene;
  if (!at?.mark.test(statement.text.replace(/\s+/g, ' '))) return false;
  const node = nodes.find((each) => each.up && each.actor === statement.actor);
  if (!node) return false;
  scene.centralCrashAt = undefined;
  world.tally.hit(`fault: ${at.name}`);
  if (world.random.chance(0.5)) await gate.letGo(statement);
  await node.crash(network);
  backLater(scene, node);
  return true;
}
