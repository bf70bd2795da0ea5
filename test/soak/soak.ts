/**
 * Central, its PostgreSQL and several desks, all real programs, with people who never stop placing orders and
 * everything going wrong at random; at each quiet point and at the end all is made well, and must settle by itself.
 *
 * Goal: no order that was called saved is lost, doubled or stuck, and both sides end up with the same rows.
 * The seed decides what goes wrong in which order, not when exactly: real programs are not replayed.
 */
import { chance } from '../fault-proxy/random.ts';
import { Ledger } from './ledger.ts';
import { ROUND_MS } from './limits.ts';
import { putToWork } from './people.ts';
import { openStage, type Stage } from './stage.ts';
import { makeTrouble } from './troubles.ts';
import { drained, outcomesAt, postgresVersion, violations } from './verdict.ts';

export interface SoakOptions {
  minutes: number;
  seed: number;
  desks: number;
  tell: (line: string) => void;
}

export interface SoakResult {
  violations: string[];
  /** How often each trouble was made, and what struck on the lines. */
  troubles: Record<string, number>;
  lines: Record<string, number>;
  /** What people were answered, and what central came to. */
  outcomes: Record<string, number>;
  rounds: number;
  /** The version of the database. */
  postgres: string;
  /** From the moment when all was well to the last receipt. Milliseconds, one a round. */
  drainMs: number[];
}

export async function runSoak({ minutes, seed, desks, tell }: SoakOptions): Promise<SoakResult> {
  const stage = await openStage({ desks, seed });
  const ledger = new Ledger();
  const result: SoakResult = {
    violations: [],
    troubles: {},
    lines: {},
    outcomes: {},
    rounds: 0,
    postgres: '',
    drainMs: [],
  };
  const end = performance.now() + minutes * 60_000;
  try {
    result.postgres = await postgresVersion(stage);
    while (performance.now() < end && result.violations.length === 0) {
      result.rounds += 1;
      await round(stage, { ledger, result, seed: seed * 1_000 + result.rounds, end });
      tell(lineOf(result, ledger));
    }
    result.outcomes = { ...ledger.outcomes, ...(await outcomesAt(stage)) };
  } finally {
    for (const { line } of stage.desks) addTo(result.lines, line.counts());
    await stage.close();
  }
  return result;
}

interface Round {
  ledger: Ledger;
  result: SoakResult;
  seed: number;
  end: number;
}

async function round(stage: Stage, { ledger, result, seed, end }: Round): Promise<void> {
  const people = stage.desks.map((desk) => putToWork({ stage, desk, ledger, chance: chance(seed * 10 + desk.index) }));
  const troubles = makeTrouble(stage, chance(seed), result.troubles);
  await new Promise((resolve) => setTimeout(resolve, Math.min(ROUND_MS, end - performance.now())));
  try {
    await troubles.rest().finally(() => Promise.all(people.map((each) => each.rest())));
    result.drainMs.push(await drained(stage));
    result.violations.push(...(await violations(stage, ledger)));
  } catch (error) {
    result.violations.push(`round ${result.rounds} did not settle: ${String(error)}`);
  }
}

function lineOf({ rounds, troubles, drainMs, violations: found }: SoakResult, ledger: Ledger): string {
  const struck = Object.values(troubles).reduce((sum, count) => sum + count, 0);
  const seconds = ((drainMs.at(-1) ?? 0) / 1_000).toFixed(1);
  return `round ${rounds}: ${ledger.saved().length} orders, ${struck} troubles, settled in ${seconds} s, ${found.length} violations`;
}

function addTo(sums: Record<string, number>, counts: Record<string, number>): void {
  for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
}
