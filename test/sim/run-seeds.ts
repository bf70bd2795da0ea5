/** Runs seeds in worker processes, each with a PostgreSQL of its own, and adds up what they met. */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { LEAST_HITS, SEEDS_OF_A_FULL_RUN, SEEDS_OF_A_LONG_RUN, SEEDS_OF_A_WORKER } from './limits.ts';
import type { KeptSeeds } from './kept-seeds.ts';
import type { SeedReport } from './seed-report.ts';
import { Tally } from './tally.ts';
import { EVERY_FAULT, RARE_FAULTS } from './every-fault.ts';

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));
/** Megabytes for what dies young: with less of them a third of that is copied and marked before it dies. */
const YOUNG_MB = 64;
const HEAP = [`--min-semi-space-size=${YOUNG_MB}`, `--max-semi-space-size=${YOUNG_MB}`];

export interface SimulationReport {
  seeds: SeedReport[];
  violations: SeedReport[];
  /** Faults that a full run hit too seldom to prove anything. */
  unproven: string[];
  tally: Tally;
  text: string;
}

export interface RunOptions {
  /** In this order; one may stand there twice. */
  seeds: readonly number[];
  workers: number;
  /** No more are begun after the first that breaks a law. */
  stopAtViolation?: boolean;
  /** Seeds that are in it are not run again. */
  kept?: KeptSeeds | undefined;
  tell: (line: string) => void;
}

export async function runSeeds(options: RunOptions): Promise<SimulationReport> {
  const { seeds, workers, tell, kept } = options;
  const reports = seeds.flatMap((seed) => kept?.reports.get(seed) ?? []);
  const queue = seeds.filter((seed) => !kept?.reports.has(seed));
  for (const report of reports) if (report.violation) tell(violationText(report));
  const begunAt = performance.now();
  const take = (): number | undefined => {
    const broken = options.stopAtViolation && reports.some((report) => report.violation);
    return broken ? undefined : queue.shift();
  };
  const keep = (report: SeedReport): void => {
    reports.push(report);
    kept?.add(report);
    if (report.violation) tell(violationText(report));
    else if (reports.length % 50 === 0) tell(`${reports.length} of ${seeds.length} seeds`);
  };
  await Promise.all(Array.from({ length: Math.min(workers, seeds.length) }, () => workThrough(take, keep)));
  return summary(reports, (performance.now() - begunAt) / 1_000);
}

async function workThrough(take: () => number | undefined, keep: (report: SeedReport) => void): Promise<void> {
  for (let seed = take(); seed !== undefined;) {
    const worker = new Worker();
    try {
      for (let count = 0; count < SEEDS_OF_A_WORKER && seed !== undefined; count += 1) {
        keep(await worker.run(seed));
        seed = take();
      }
    } finally {
      await worker.stop();
    }
  }
}

class Worker {
  readonly #child: ChildProcess;
  readonly #gone: Promise<never>;

  constructor() {
    // A run that is started from a test has its own hooks in its arguments; a worker wants none of them.
    this.#child = fork(WORKER, [], { execArgv: HEAP, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#gone = new Promise((_, reject) => {
      this.#child.once('error', reject);
      this.#child.once('exit', (code, signal) => reject(new Error(`a simulation worker ended: ${code ?? signal}`)));
    });
    this.#gone.catch(() => undefined);
  }

  run(seed: number): Promise<SeedReport> {
    const answered = new Promise<SeedReport>((resolve) => {
      this.#child.once('message', (report) => resolve(report as SeedReport));
    });
    this.#child.send({ seed });
    return Promise.race([answered, this.#gone]);
  }

  async stop(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    await this.#gone.catch(() => undefined);
  }
}

function summary(reports: SeedReport[], seconds: number): SimulationReport {
  const tally = new Tally();
  for (const { counts } of reports) for (const [what, times] of Object.entries(counts)) tally.hit(what, times);
  const violations = reports.filter((report) => report.violation);
  const provable = EVERY_FAULT.filter(
    (fault) => reports.length >= (RARE_FAULTS.includes(fault) ? SEEDS_OF_A_LONG_RUN : SEEDS_OF_A_FULL_RUN),
  );
  const unproven = provable
    .filter((fault) => tally.count(`fault: ${fault}`) < LEAST_HITS)
    .map((fault) => `fault "${fault}" was hit ${tally.count(`fault: ${fault}`)} times, less than ${LEAST_HITS}`);
  const sum = (of: (report: SeedReport) => number): number => reports.reduce((total, report) => total + of(report), 0);
  const text = [
    `${reports.length} seeds, ${sum((report) => report.steps)} steps, ${sum((report) => report.events)} events, ` +
      `${tally.sum('fault: ')} faults, ${violations.length} violations, ${seconds.toFixed(0)} s`,
    tally.table(),
    ...unproven,
    ...(violations.length > 0 ? [`violations: seeds ${violations.map((report) => report.seed).join(', ')}`] : []),
  ].join('\n');
  return { seeds: reports, violations, unproven, tally, text };
}

function violationText({ seed, hash, violation }: SeedReport): string {
  if (!violation) return '';
  const { reason, step, last, log } = violation;
  return [
    `seed ${seed} broke a law at step ${step}: ${reason}`,
    `  the last events (of the trace ${hash}):`,
    ...last.map((line) => `    ${line}`),
    ...(log.length > 0 ? ['  what central logged last:', ...log.map((line) => `    ${line}`)] : []),
    `  replay it: npm run sim -- --seeds 1 --from ${seed}`,
  ].join('\n');
}
