/**
 * `node scripts/run.mjs test/soak/main.ts [--minutes N] [--seed S] [--desks D] [--report FILE]`: the soak (soak.ts). Exit
 * 1 when a law was broken.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { reportOf } from './report.ts';
import { runSoak } from './soak.ts';

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { minutes: text, seed: text, desks: text, report: text } });
const of = { minutes: number('minutes', 1), seed: number('seed', 1), desks: number('desks', 3) };
const result = await runSoak({ ...of, tell: (line) => console.log(line) });
const report = reportOf(result, { ...of, postgres: result.postgres, at: new Date() });
if (values.report === undefined) console.log(report);
else writeFileSync(values.report, report);
console.log(`${result.violations.length} violations`);
process.exitCode = result.violations.length === 0 ? 0 : 1;

function number(name: 'minutes' | 'seed' | 'desks', otherwise: number): number {
  const value = Number(values[name] ?? otherwise);
  if (Number.isFinite(value) && value > 0) return value;
  console.error(`--${name} is a number above 0, not "${values[name]}".`);
  process.exit(2);
}
