// Goal: the simulation finds what it is there to find. Method: bugs that are kept as patches, each on a copy of the
// tree. In the short form they are only laid on, so that none rots; in the full one each is hunted.
import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { hunt, onPatchedTree, plantedBugs } from './planted-bugs.ts';

const FULL = process.env['ORDERDESK_FULL'] === '1';
/** More than any of them has needed, several times over. */
const SEEDS = 100;

describe.each(plantedBugs())('the planted bug "%s"', (bug) => {
  it(
    FULL ? 'is found by the simulation' : 'can still be planted',
    async () => {
      if (!FULL) return onPatchedTree(bug, () => Promise.resolve());
      const { found, seeds, reason } = await hunt(bug, { seeds: SEEDS, workers: availableParallelism() });
      process.stdout.write(`planted bug ${bug}: ${found ? `found after ${seeds} seeds: ${reason}` : 'NOT FOUND'}\n`);
      expect(found, bug).toBe(true);
    },
    FULL ? 1_800_000 : 60_000,
  );
});
