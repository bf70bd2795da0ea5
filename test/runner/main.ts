/**
 * `npm test`: every suite in its short form; the last line is `N passed, N failed`. A suite that can't run has failed.
 *
 * `--only NAME[,NAME]` runs some of them: static, unit, integration, sim, e2e (browser and desktop), browser, desktop.
 * `--full` runs the long forms. Suites run one after another, for some measure time and two cores are soon busy; only
 * what waits for the network or a compiler (the desktop tests' Electron, a browser) is got ready beside them.
 */
import { parseArgs } from 'node:util';
import { ensureBrowser } from '../support/find-browser.ts';
import { runNode, runTool, stopTools } from './command.ts';
import { judgedByExit, playwright, vitest, type Outcome } from './suite.ts';

const SUITES = ['static', 'unit', 'integration', 'sim', 'browser', 'desktop'] as const;
type SuiteName = (typeof SUITES)[number];
const GROUPS: Record<string, readonly SuiteName[]> = { e2e: ['browser', 'desktop'] };

const { values } = parseArgs({ options: { only: { type: 'string' }, full: { type: 'boolean', default: false } } });
const chosen = new Set(values.only === undefined ? SUITES : values.only.split(',').flatMap(suitesOf));
const env: Record<string, string> = values.full ? { ORDERDESK_FULL: '1' } : {};
let passed = 0;
let failed = 0;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    stopTools();
    process.exit(1);
  });
}

const windows = chosen.has('browser') || chosen.has('desktop');
const electron = chosen.has('desktop') ? judgedByExit(runNode(['test/electron-runtime/main.ts'])) : undefined;
// After Electron, for both may install Debian packages, and only one at a time can.
const browser = chosen.has('browser') ? (electron ?? Promise.resolve()).then(browserOutcome) : undefined;

if (chosen.has('static')) {
  const begun = performance.now();
  const checks = [
    ['types', judgedByExit(runTool({ package: 'typescript', program: 'tsc', args: ['-b'] }))],
    ['lint', judgedByExit(runTool({ package: 'oxlint', args: ['--type-aware', '--deny-warnings'] }))],
    ['format', judgedByExit(runTool({ package: 'oxfmt', args: ['--check'] }))],
    ['dead code', judgedByExit(runTool({ package: 'knip', args: [] }))],
  ] as const;
  for (const [name, outcome] of checks) await report(name, outcome, begun);
}
if (chosen.has('unit')) await report('unit', vitest(['unit', 'architecture'], env));
const built = windows
  ? await report('build', judgedByExit(runTool({ package: 'electron-vite', args: ['build'] })))
  : false;
// Together, so that one core takes the simulation while another process of an integration test waits for its disk.
const processes = (['integration', 'sim'] as const).filter((name) => chosen.has(name));
if (processes.length > 0) await report(processes.join(', '), vitest(processes, env));
if (browser)
  await report(
    'browser',
    onceReady(browser, () => playwright('browser', env)),
  );
if (electron)
  await report(
    'desktop',
    onceReady(electron, () => playwright('desktop', env)),
  );

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function suitesOf(name: string): readonly SuiteName[] {
  const suites = GROUPS[name] ?? SUITES.filter((suite) => suite === name);
  if (suites.length > 0) return suites;
  console.error(`There is no suite "${name}": ${[...SUITES, ...Object.keys(GROUPS)].join(', ')}.`);
  process.exit(2);
}

/** Adds a suite's counts and writes its line; a failure's output above it. Returns whether all held. */
async function report(name: string, suite: Promise<Outcome>, begun = performance.now()): Promise<boolean> {
  const outcome = await suite.catch((error: unknown) => ({ passed: 0, failed: 1, output: String(error) }));
  passed += outcome.passed;
  failed += outcome.failed;
  const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
  if (outcome.failed > 0) console.log(`\n--- ${name} ---\n${outcome.output.trimEnd()}\n---`);
  // Not as the last line has it: each line that reads so is taken for a total.
  console.log(
    `${name.padEnd(16)} ${outcome.failed > 0 ? `${outcome.failed} FAILED, ` : ''}${outcome.passed} held  ${seconds} s`,
  );
  return outcome.failed === 0;
}

async function onceReady(ready: Promise<Outcome>, run: () => Promise<Outcome>): Promise<Outcome> {
  const outcome = await ready;
  if (outcome.failed > 0) return outcome;
  if (!built) return { passed: 0, failed: 1, output: 'There is nothing to open: the build failed.' };
  return run();
}

async function browserOutcome(): Promise<Outcome> {
  try {
    env['ORDERDESK_BROWSER'] = await ensureBrowser();
    return { passed: 0, failed: 0, output: '' };
  } catch (error) {
    return { passed: 0, failed: 1, output: String(error) };
  }
}
