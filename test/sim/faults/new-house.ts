/**
 * Central's first start: two nodes migrate an empty database at once, beside all that goes on, and are killed in it.
 * When both are up, the database must be as an undisturbed migration leaves it.
 */
import { isTransientFault } from '../../../src-central/db/transient-fault.ts';
import type { SimNode } from '../actors/sim-node.ts';
import { schemaLines } from '../database/schema-lines.ts';
import type { GatedStatement } from '../database/statement-gate.ts';
import { NEW_HOUSE } from '../limits.ts';
import type { Scene } from '../scene.ts';
import { Violation } from '../violation.ts';
import type { Fault } from './fault.ts';

export const newHouseBegins: Fault = {
  name: 'a new house begins',
  weight: 4,
  possible: ({ newHouse }) => newHouse?.state === 'not begun',
  strike: (scene) => {
    const { newHouse } = scene;
    if (!newHouse) return;
    newHouse.state = 'beginning';
    for (const node of newHouse.nodes) scene.startNode(node);
    lookAgain(scene);
  },
};

/** Kills the node of the new house whose turn it is: before the statement has run, or right after. */
export async function killedInItsMigration(scene: Scene, statement: GatedStatement): Promise<boolean> {
  const { world, gate, network, newHouse } = scene;
  const node = newHouse?.dyingWith(statement);
  if (!node) return false;
  world.tally.hit('fault: central killed in its migration');
  if (world.random.chance(0.5)) await gate.letGo(statement);
  await node.crash(network);
  scene.later(world.random.between(...NEW_HOUSE.backAfterMs), () => scene.startNode(node));
  return true;
}

function lookAgain(scene: Scene): void {
  scene.later(NEW_HOUSE.lookEveryMs, () => {
    const { newHouse } = scene;
    if (!newHouse?.nodes.every((node) => node.up)) return lookAgain(scene);
    return scene.spawn('new house', async () => {
      try {
        await compared(scene, newHouse.nodes[0]);
      } catch (error) {
        // Its connection broke.
        if (!isTransientFault(error)) throw error;
        return lookAgain(scene);
      }
      for (const node of newHouse.nodes) await node.stop(scene.network);
      newHouse.state = 'up';
    });
  });
}

async function compared({ house }: Scene, node: SimNode | undefined): Promise<void> {
  const found = (await node?.use(schemaLines)) ?? [];
  const [lacking, beyond] = [without(house.undisturbed, found), without(found, house.undisturbed)];
  if (lacking.length + beyond.length === 0) return;
  throw new Violation(`a disturbed migration lacks ${lacking.join('; ')} and has ${beyond.join('; ')}`);
}

function without(lines: readonly string[], others: readonly string[]): string[] {
  return lines.filter((line) => !others.includes(line));
}
