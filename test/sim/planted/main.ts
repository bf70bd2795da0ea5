/** `node scripts/run.mjs test/sim/planted/main.ts [name…]`: hunts the planted bugs, and says after how many seeds. */
import { availableParallelism } from 'node:os';
import { hunt, plantedBugs } from './planted-bugs.ts';

const SEEDS = 100;

const asked = process.argv.slice(2);
for (const bug of asked.length > 0 ? asked : plantedBugs()) {
  const { found, seeds, reason } = await hunt(bug, { seeds: SEEDS, workers: availableParallelism() });
  process.stdout.write(`${bug}: ${found ? `found after ${seeds} seeds: ${reason}` : `NOT FOUND in ${seeds} seeds`}\n`);
  if (!found) process.exitCode = 1;
}
