/**
 * The suites that vitest runs. `unit` has no process, network or database but SQLite files of its own; `integration`
 * has real ones; `sim` is the simulation's short form; `architecture` reads the source. Windows and browsers are
 * Playwright's (playwright.config.ts).
 *
 * Forked processes, not threads: a native module that aborts then ends one file's tests and not the whole run.
 */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['src-*/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts', 'test/power-cut/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      { extends: true, test: { name: 'sim', include: ['test/sim/**/*.test.ts'], testTimeout: 120_000 } },
      { extends: true, test: { name: 'architecture', include: ['test/architecture.test.ts'] } },
    ],
  },
});
