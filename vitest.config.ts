/**
 * The suites that vitest runs. `unit` has no process, network or database but SQLite files of its own; `integration`
 * has real ones; `sim` is the simulation's short form; `architecture` reads the source. Windows and browsers are
 * Playwright's (playwright.config.ts).
 *
 * Forked processes, not threads: a native module that aborts then ends one file's tests and not the whole run.
 */
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';

/** The longest, in this order, before all others: one that began last would end alone, with a core idle. */
const LONGEST = ['soak', 'desk-killed', 'power-cut', 'desk-and-central', 'start.test', 'central-embedded'];

class LongestFirst extends BaseSequencer {
  override async sort(files: Parameters<BaseSequencer['sort']>[0]): ReturnType<BaseSequencer['sort']> {
    const sorted = await super.sort(files);
    const placeOf = (file: string): number => {
      const place = LONGEST.findIndex((name) => file.includes(name));
      return place === -1 ? LONGEST.length : place;
    };
    return sorted.toSorted((a, b) => placeOf(a.moduleId) - placeOf(b.moduleId));
  }
}

export default defineConfig({
  test: {
    pool: 'forks',
    // Much of the time is waiting for a disk or another process; one less than the cores would be one of two.
    maxWorkers: '100%',
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src-*/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'],
          // Quick ones all; the bound is for a machine that is busy with something else.
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: [
            'test/integration/**/*.test.ts',
            'test/power-cut/**/*.test.ts',
            'test/fault-proxy/**/*.test.ts',
            'test/soak/**/*.test.ts',
          ],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      { extends: true, test: { name: 'sim', include: ['test/sim/**/*.test.ts'], testTimeout: 120_000 } },
      { extends: true, test: { name: 'architecture', include: ['test/architecture.test.ts'] } },
    ],
  },
});
