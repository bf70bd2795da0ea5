/**
 * `npm run sim -- --seeds N [--from S] [--workers W]`: runs N seeds and says what happened. Exit 1 and the seed to
 * replay on a violation of the laws, and when a full run has hit a fault too seldom.
 * `--until-violation` stops at the first. `--keep FILE` writes down what each seed came to and goes on from there.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { openKeptSeeds } from './kept-seeds.ts';
import { runSeeds } from './run-seeds.ts';

const USAGE =
  'Usage: npm run sim -- --seeds N [--from S] [--workers W] [--until-violation] [--keep FILE]   (whole numbers above 0)';

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  process.stderr.write(`"${text}" is not a whole number above 0.\n${USAGE}\n`);
  process.exit(2);
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        seeds: { type: 'string', default: '20' },
        from: { type: 'string', default: '1' },
        workers: { type: 'string', default: String(availableParallelism()) },
        'until-violation': { type: 'boolean', default: false },
        keep: { type: 'string' },
      },
    });
    return {
      seeds: wholeNumber(values.seeds),
      from: wholeNumber(values.from),
      workers: wholeNumber(values.workers),
      stopAtViolation: values['until-violation'],
      kept: values.keep === undefined ? undefined : openKeptSeeds(values.keep),
    };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
    process.exit(2);
  }
}

const { seeds, from, workers, stopAtViolation, kept } = readArguments();
const report = await runSeeds({
  seeds: Array.from({ length: seeds }, (_, index) => from + index),
  workers,
  stopAtViolation,
  kept,
  tell: (line) => process.stdout.write(`${line}\n`),
});
process.stdout.write(`${report.text}\n`);
process.exitCode = report.violations.length + report.unproven.length > 0 ? 1 : 0;
