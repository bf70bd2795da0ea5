// Goal: no order lost, doubled or stuck, and nothing oversold, whatever line, disks, clocks and crashes do. Method: the
// simulation's first seeds, one of them twice, for a seed that can't be replayed explains nothing; and a check that the
// faults were met, for a fault that was not met proves nothing.
import { availableParallelism } from 'node:os';
import { beforeAll, describe, expect, it } from 'vitest';
import { EVERY_FAULT } from './every-fault.ts';
import { runSeeds, type SimulationReport } from './run-seeds.ts';

const FULL = process.env['ORDERDESK_FULL'] === '1';
const SEEDS = FULL ? 200 : 40;

describe('three desks and two nodes of central, one statement at a time', () => {
  let report: SimulationReport;

  beforeAll(
    async () => {
      const seeds = Array.from({ length: SEEDS }, (_, index) => index + 1);
      report = await runSeeds({
        // The second time with other seeds before it, in another process as likely as not.
        seeds: [...seeds, 1],
        workers: availableParallelism(),
        tell: (line) => process.stderr.write(`${line}\n`),
      });
      process.stdout.write(`${report.text}\n`);
    },
    FULL ? 3_600_000 : 600_000,
  );

  it('keep every law, after every event and at every quiet point', () => {
    expect(report.violations.map(({ seed, violation }) => `${seed}: ${violation?.reason}`)).toEqual([]);
  });

  it('do the same again, event by event, for the same seed', () => {
    const hashes = report.seeds.filter(({ seed }) => seed === 1).map(({ hash }) => hash);
    expect(hashes).toHaveLength(2);
    expect(new Set(hashes).size).toBe(1);
  });

  it('have met every fault, and every end that an order can come to', () => {
    for (const fault of EVERY_FAULT) expect(report.tally.count(`fault: ${fault}`), fault).toBeGreaterThan(0);
    for (const end of ['applied', 'refused']) expect(report.tally.count(`settled: ${end}`), end).toBeGreaterThan(0);
    expect(report.unproven).toEqual([]);
  });
});
