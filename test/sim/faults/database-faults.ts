/** What befalls central's connections to its database. */
import type { Fault } from './fault.ts';

export const connectionsDie: Fault = {
  name: 'database connections die',
  weight: 3,
  possible: ({ nodes }) => nodes.some((node) => node.up),
  strike: async (scene) => {
    const { world, nodes, gate } = scene;
    const node = world.random.pick(nodes.filter((each) => each.up));
    if (!node.actor) return;
    const died = await gate.disconnect(node.actor);
    if (died > 0) world.tally.hit('fault: database connections die');
  },
};

/** The hardest moment: a COMMIT has happened, and nobody knows. */
export const connectionBreaks: Fault = {
  name: 'a database connection is to break',
  weight: 4,
  possible: (scene) => scene.breakAfterStatements === undefined,
  strike: (scene) => {
    scene.breakAfterStatements = scene.world.random.between(1, 40);
  },
};
