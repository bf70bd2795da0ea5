/** What a soak came to, as a page for people. */
import { cpus, release, totalmem } from 'node:os';
import type { SoakOptions, SoakResult } from './soak.ts';

export function reportOf(result: SoakResult, of: Omit<SoakOptions, 'tell'> & { postgres: string; at: Date }): string {
  const { violations, troubles, lines, outcomes, rounds, drainMs } = result;
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${release()}`;
  return `# Soak

Central, its PostgreSQL and ${of.desks} desks as real programs behind fault proxies; people who place, amend and cancel
orders all the time; lines that fail in every way, SIGKILL and SIGSTOP at random. After each round everything is made
well; nobody touches anything; all that waits has to settle, and the laws are asked of every program.

\`node scripts/run.mjs test/soak/main.ts --minutes ${of.minutes} --seed ${of.seed} --desks ${of.desks} --report docs/soak.md\`

| | |
| --- | --- |
| ended | ${of.at.toISOString().slice(0, 16).replace('T', ' ')} UTC |
| ran | ${of.minutes} minutes, ${rounds} rounds, seed ${of.seed} |
| machine | ${machine} |
| versions | Node ${process.version}, PostgreSQL ${of.postgres}, SQLite of better-sqlite3 |
| **violations** | **${violations.length}** |
| settled after all was well | median ${seconds(median(drainMs))}, longest ${seconds(Math.max(0, ...drainMs))} |

${violations.length > 0 ? `## Violations\n\n${violations.map((each) => `- ${each}`).join('\n')}\n` : ''}
## What went wrong, and how often

${table('trouble', troubles)}

## What struck on the lines between desks and central

${table('on the line', lines)}

## What came of it

${table('outcome', outcomes)}
`;
}

function table(name: string, counts: Record<string, number>): string {
  const rows = Object.entries(counts).toSorted(([a], [b]) => a.localeCompare(b));
  return [`| ${name} | times |`, '| --- | ---: |', ...rows.map(([what, count]) => `| ${what} | ${count} |`)].join('\n');
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
