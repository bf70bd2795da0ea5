/**
 * What seeds have come to, kept in a file as they end, so that a run of hours is not lost when it is cut off: begun again
 * with the same file, it goes on. Its first line names the code that was run; reports of other code prove nothing.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SeedReport } from './seed-report.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What the simulation runs on. */
export const SIMULATED_CODE = [
  'src-shared',
  'src-main',
  'src-central',
  'migrations',
  'test/sim',
  'test/support',
  'test/fixtures',
  'package.json',
] as const;

export interface KeptSeeds {
  /** Reports of earlier sittings, by seed. */
  readonly reports: ReadonlyMap<number, SeedReport>;
  add(report: SeedReport): void;
}

/** Its message is for people. */
export class KeptSeedsError extends Error {}

/** @throws KeptSeedsError when the file is of other code than this. */
export function openKeptSeeds(file: string): KeptSeeds {
  const code = codeHash();
  if (!existsSync(file)) writeFileSync(file, `${JSON.stringify({ code })}\n`);
  // The last line may have been cut off with its run.
  const [head = '', ...lines] = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  const { code: of } = JSON.parse(head) as { code?: string };
  if (of !== code) {
    throw new KeptSeedsError(`${file} has seeds of other code than this. Name another file, or remove that one.`);
  }
  writeFileSync(file, [head, ...lines, ''].join('\n'));
  const reports = lines.map((line) => JSON.parse(line) as SeedReport);
  return {
    reports: new Map(reports.map((report) => [report.seed, report])),
    add: (report) => appendFileSync(file, `${JSON.stringify(report)}\n`),
  };
}

function codeHash(): string {
  const sum = createHash('sha256');
  for (const name of SIMULATED_CODE) hashFiles(sum, name);
  return sum.digest('hex');
}

function hashFiles(sum: ReturnType<typeof createHash>, name: string): void {
  const path = join(ROOT, name);
  if (statSync(path).isDirectory())
    for (const inner of readdirSync(path).toSorted()) hashFiles(sum, `${name}/${inner}`);
  else sum.update(`${name}\n`).update(readFileSync(path));
}
