/**
 * `npm run bench [-- --only NAME[,NAME]]`: each benchmark against its hand-written reference in the same run, as a
 * table and as `bench/results/latest.json`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bench, BenchResult } from './bench.ts';

/** Loaded only when asked for: the push benchmark brings a PostgreSQL with it. */
const BENCHES: Record<string, () => Promise<{ bench: Bench }>> = {
  'order-commit': () => import('./order-commit.ts'),
  're-total': () => import('./re-total.ts'),
  search: () => import('./search.ts'),
  lists: () => import('./lists.ts'),
  apply: () => import('./apply.ts'),
  push: () => import('./push.ts'),
  drain: () => import('./drain.ts'),
  propagation: () => import('./propagation.ts'),
  api: () => import('./api.ts'),
  fill: () => import('./fill.ts'),
  'under-load': () => import('./under-load.ts'),
  flaky: () => import('./flaky.ts'),
  load: () => import('./load.ts'),
};

const RESULTS = join(import.meta.dirname, 'results');

/** Where it is noon now. Between one and six in the night central checks all that it has, which takes a core for as long as a fill. */
function zoneAtNoon(): string {
  const ahead = 12 - new Date().getUTCHours();
  // The signs of these are the other way round: POSIX counts westwards.
  return ahead < 0 ? `Etc/GMT+${-ahead}` : `Etc/GMT-${ahead}`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  process.env['TZ'] = zoneAtNoon();
  const wanted = values.only?.split(',') ?? Object.keys(BENCHES);
  const results: Record<string, Omit<BenchResult, 'note'>> = {};
  console.log(`Node ${process.version}, ${cpus().length} cores\n`);
  console.log(tableRow(['name', 'value', 'reference', 'ratio']));
  for (const name of wanted) {
    const load = BENCHES[name];
    if (!load) {
      console.error(`There is no benchmark "${name}". There are: ${Object.keys(BENCHES).join(', ')}.`);
      process.exitCode = 2;
      return;
    }
    const { bench } = await load();
    const { note, ...result } = await bench.run();
    results[name] = result;
    const { value, unit, reference, ratio } = result;
    console.log(tableRow([name, `${shown(value)} ${unit}`, `${shown(reference)} ${unit}`, ratio.toFixed(2)]));
    if (note) console.log(`  ${note}`);
  }
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(join(RESULTS, 'latest.json'), `${JSON.stringify(results, null, 2)}\n`);
}

function tableRow([name = '', ...cells]: readonly string[]): string {
  return name.padEnd(16) + cells.map((cell) => cell.padStart(22)).join('');
}

function shown(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}

await main();
