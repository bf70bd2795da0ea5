/**
 * `npm run sim -- --seeds N [--from S]`: runs N seeds and says what happened. Exit 1 and the seed to replay on a
 * violation of the laws.
 */
import { parseArgs } from 'node:util';
import { runSeeds } from './run-seeds.ts';

const USAGE = 'Usage: npm run sim -- --seeds N [--from S]   (N and S are whole numbers; S is 1 unless given)';

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  process.stderr.write(`"${text}" is not a whole number above 0.\n${USAGE}\n`);
  process.exit(2);
}

function readArguments(): { seeds: number; from: number } {
  try {
    const { values } = parseArgs({ options: { seeds: { type: 'string' }, from: { type: 'string' } } });
    return { seeds: wholeNumber(values.seeds ?? '20'), from: wholeNumber(values.from ?? '1') };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
    process.exit(2);
  }
}

const { seeds, from } = readArguments();
const report = await runSeeds({ seeds, from, tell: (line) => process.stdout.write(`${line}\n`) });
process.stdout.write(`${report.text}\n`);
process.exitCode = report.violations.length > 0 ? 1 : 0;
