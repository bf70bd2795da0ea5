// Goal: no order lost, doubled or stuck, and nothing oversold, over a line that fails in every way it can. Method: the
// simulation's first seeds, and a check that they met every fault, for a fault that was not met proves nothing.
import { describe, expect, it } from 'vitest';
import { LINE_FAULTS } from './faulty-line.ts';
import { runSeeds } from './run-seeds.ts';

const FULL = process.env['ORDERDESK_FULL'] === '1';
const SEEDS = FULL ? 200 : 6;

describe('two desks and central over a failing line', () => {
  it(
    'keep every law, at every step and at every quiet point',
    async () => {
      const report = await runSeeds({ seeds: SEEDS, from: 1, tell: (line) => process.stderr.write(`${line}\n`) });
      process.stdout.write(`${report.text}\n`);
      expect(report.violations).toEqual([]);
      for (const fault of [...LINE_FAULTS, 'line cut']) {
        expect(report.tally.count(`fault: ${fault}`), fault).toBeGreaterThanOrEqual(FULL ? 50 : 1);
      }
      expect(report.tally.count('settled: applied')).toBeGreaterThan(0);
      expect(report.tally.count('settled: refused')).toBeGreaterThan(0);
      expect(report.tally.count('step: desk crash')).toBeGreaterThan(0);
    },
    FULL ? 3_600_000 : 120_000,
  );
});
