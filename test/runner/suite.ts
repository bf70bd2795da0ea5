/** One part of `npm test`: how it is run, and how many of its promises held. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool, type Ran } from './command.ts';

export interface Outcome {
  passed: number;
  failed: number;
  /** What the tool said, shown when something failed. */
  output: string;
}

/** A tool whose exit code is its whole verdict counts as one test. */
export async function judgedByExit(run: Promise<Ran>): Promise<Outcome> {
  const { code, output } = await run;
  return code === 0
    ? { passed: 1, failed: 0, output }
    : { passed: 0, failed: 1, output: `${output}\nended with ${code}` };
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
}

export async function vitest(projects: readonly string[], env: Record<string, string>): Promise<Outcome> {
  return withReport(
    (report) =>
      runTool(
        {
          package: 'vitest',
          args: [
            'run',
            ...projects.flatMap((name) => ['--project', name]),
            '--reporter=default',
            '--reporter=json',
            `--outputFile.json=${report}`,
          ],
        },
        env,
      ),
    (report) => {
      const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = report as VitestReport;
      return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
    },
  );
}

interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
}

export async function playwright(project: string, env: Record<string, string>): Promise<Outcome> {
  return withReport(
    (report) =>
      runTool(
        {
          package: '@playwright/test',
          program: 'playwright',
          args: ['test', `--project=${project}`, '--reporter=list,json'],
        },
        { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
      ),
    (report) => {
      const { expected, unexpected, flaky, skipped } = (report as PlaywrightReport).stats;
      return { passed: expected, failed: unexpected + flaky, skipped };
    },
  );
}

/** The counts come from the tool's own report; a tool that fails without naming a failure has failed once. */
async function withReport(
  run: (file: string) => Promise<Ran>,
  countsOf: (report: unknown) => { passed: number; failed: number; skipped: number },
): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'orderdesk-report-'));
  try {
    const file = join(folder, 'report.json');
    const { code, output } = await run(file);
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text === undefined) return { passed: 0, failed: 1, output: `${output}\nended with ${code}, without a report` };
    const { passed, failed, skipped } = countsOf(JSON.parse(text) as unknown);
    // What was skipped has proved nothing: it counts as not held.
    const notHeld = failed + skipped;
    const unnamed = notHeld === 0 && (code !== 0 || passed === 0) ? 1 : 0;
    const said = skipped > 0 ? `${output}\n${skipped} skipped, which counts as failed` : output;
    return { passed, failed: notHeld + unnamed, output: unnamed ? `${said}\nended with ${code}` : said };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
