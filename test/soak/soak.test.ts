/** The soak's short form; its long one is `node scripts/run.mjs test/soak/main.ts --minutes 30` (docs/soak.md). */
import { expect, test } from 'vitest';
import { DRAIN_WITHIN_MS } from './limits.ts';
import { runSoak } from './soak.ts';

const MINUTES = process.env['ORDERDESK_FULL'] === '1' ? 10 : 1;
const TIME_LIMIT_MS = MINUTES * 60_000 * 2 + 2 * DRAIN_WITHIN_MS;

test(
  'real programs whose lines, processes and database fail at random lose, double and forget no order',
  async () => {
    const result = await runSoak({ minutes: MINUTES, seed: Date.now() % 1_000_000, desks: 3, tell: console.log });
    expect(result.violations).toEqual([]);
    // A run in which nothing went wrong, or nobody ordered anything, has proved nothing.
    expect(Object.values(result.troubles).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(20);
    expect(result.outcomes['receipts: applied']).toBeGreaterThan(50);
  },
  TIME_LIMIT_MS,
);
