/**
 * Central's job runner on a real PostgreSQL. Goal: however many nodes there are, a job runs on one at a time and as
 * often as it says, whatever becomes of the node that runs it.
 *
 * Method: nodes are runners with connections of their own to one database. Their time is one clock that the test moves;
 * what is waited for is a job's own beginning and end, never a time. A node dies by losing its connections, which is
 * all that the database and the other nodes ever see of a death.
 */
import { Writable } from 'node:stream';
import fastify from 'fastify';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { connectCentral } from '../../src-central/db/connect.ts';
import type { CentralDb } from '../../src-central/db/schema.ts';
import { openHousekeeping } from '../../src-central/housekeeping.ts';
import { newReceiptKey, receiptKeyOf } from '../../src-central/identity/receipt-key.ts';
import type { Job, JobClock } from '../../src-central/jobs/job.ts';
import { JobRunner } from '../../src-central/jobs/job-runner.ts';
import { JOB_DEADLINE_MS, JOB_LOOK_MS, NIGHT_HOURS } from '../../src-central/limits.ts';
import { centralMetrics } from '../../src-central/metrics.ts';
import { startTestPostgres, type TestPostgres } from '../support/central-fixture.ts';
import { seededRandom } from '../support/seeded-catalogue.ts';

const ROUNDS = process.env['ORDERDESK_FULL'] === '1' ? 2_000 : 60;
const EVERY_MS = 60_000;
const HOUR_MS = 3_600_000;

let postgres: TestPostgres;
let db: CentralDb;
let url: string;

beforeAll(async () => {
  postgres = await startTestPostgres();
  ({ db, url } = await postgres.createDatabase());
});
afterAll(() => postgres.stop());

/** Time of all nodes: it stands still until the test moves it. */
class HandClock implements JobClock {
  #now: number;
  readonly #planned = new Set<{ at: number; run: () => void }>();
  #onPlan: () => void = () => undefined;

  constructor(now = new Date(2026, 2, 2, 12).getTime()) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, run: () => void): () => void {
    const planned = { at: this.#now + delayMs, run };
    this.#planned.add(planned);
    this.#onPlan();
    return () => this.#planned.delete(planned);
  }

  /** Resolves when so many things are planned. */
  async planned(count: number): Promise<void> {
    while (this.#planned.size !== count) await new Promise<void>((resolve) => (this.#onPlan = resolve));
  }

  /** Fires what falls due; what that begins goes on by itself. */
  advance(ms: number): void {
    this.#now += ms;
    for (const planned of [...this.#planned].filter(({ at }) => at <= this.#now)) {
      this.#planned.delete(planned);
      planned.run();
    }
  }
}

/** A promise that is resolved from outside. */
function settable<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}

interface Node {
  runner: JobRunner;
  db: CentralDb;
  ends: { job: string; failure: unknown }[];
  /** The next end that its runner tells of. */
  nextEnd(): Promise<{ job: string; failure: unknown }>;
}

function openNode(clock: JobClock, jobs: readonly Job[] = []): Node {
  const own = connectCentral(url, { connections: 3 });
  onTestFinished(() => own.destroy());
  const ends: Node['ends'] = [];
  let told = settable<Node['ends'][number]>();
  const runner = new JobRunner({
    db: own,
    jobs,
    clock,
    onEnd: ({ name }, { failure }) => {
      const end = { job: name, failure };
      ends.push(end);
      told.resolve(end);
      told = settable();
    },
  });
  return { runner, db: own, ends, nextEnd: () => told.promise };
}

/** A job that begins, and ends when it is told to. */
function heldJob(of: Partial<Job> = {}) {
  const began = settable<AbortSignal>();
  const end = settable<void>();
  const job: Job = {
    name: `held ${crypto.randomUUID()}`,
    everyMs: EVERY_MS,
    run: (signal) => {
      began.resolve(signal);
      return end.promise;
    },
    ...of,
  };
  return { job, began: began.promise, end };
}

async function noted(job: Job): Promise<{ endedAt: number; failure: string | null } | undefined> {
  const row = await db.selectFrom('job_run').selectAll().where('name', '=', job.name).executeTakeFirst();
  return row && { endedAt: row.ended_at.getTime(), failure: row.failure };
}

test('a job that runs on one node is left alone by another, and its end counts for both', async () => {
  const clock = new HandClock();
  const [one, other] = [openNode(clock), openNode(clock)];
  const { job, began, end } = heldJob();
  const run = one.runner.runIfDue(job);
  await began;
  expect(await other.runner.runIfDue(job)).toBe(false);
  // Nor does its own node begin it again.
  expect(await one.runner.runIfDue(job)).toBe(false);
  clock.advance(5_000);
  end.resolve();
  expect(await run).toBe(true);
  expect(await noted(job)).toEqual({ endedAt: clock.now(), failure: null });
  clock.advance(EVERY_MS - 1);
  expect(await other.runner.runIfDue(job)).toBe(false);
  clock.advance(1);
  expect(await other.runner.runIfDue(job)).toBe(true);
});

test('nodes that look at the same moment run a due job once, one at a time, and one that is not due never', async () => {
  const random = seededRandom(7);
  const clock = new HandClock();
  const nodes = [openNode(clock), openNode(clock), openNode(clock)];
  const seen = { active: 0, most: 0, runs: 0, due: 0, early: 0 };
  const job: Job = {
    name: 'raced',
    everyMs: EVERY_MS,
    run: async () => {
      seen.active += 1;
      seen.most = Math.max(seen.most, seen.active);
      seen.runs += 1;
      // Long enough for the others to look several times.
      for (let times = 0; times < 3; times += 1) await sql`select 1`.execute(db);
      seen.active -= 1;
    },
  };
  let lastEnd = -Infinity;
  for (let round = 0; round < ROUNDS; round += 1) {
    clock.advance(Math.floor(random() * 2 * EVERY_MS));
    const due = clock.now() - lastEnd >= EVERY_MS;
    if (due) lastEnd = clock.now();
    seen[due ? 'due' : 'early'] += 1;
    const ran = await Promise.all(nodes.map(({ runner }) => runner.runIfDue(job)));
    expect(ran.filter(Boolean)).toHaveLength(due ? 1 : 0);
  }
  expect(seen).toMatchObject({ most: 1, runs: seen.due, active: 0 });
  // Else nothing was at stake.
  expect(Math.min(seen.due, seen.early)).toBeGreaterThan(10);
});

test.each([
  { what: 'its own', deadlineMs: 1_000 },
  { what: 'the usual', deadlineMs: undefined },
])('a job past $what deadline is called off, is noted as failed, and runs again', async ({ deadlineMs }) => {
  const clock = new HandClock();
  const [one, other] = [openNode(clock), openNode(clock)];
  const { job, began, end } = heldJob(deadlineMs === undefined ? {} : { deadlineMs });
  const run = one.runner.runIfDue(job);
  const signal = await began;
  clock.advance((deadlineMs ?? JOB_DEADLINE_MS) - 1);
  expect(signal.aborted).toBe(false);
  signal.addEventListener('abort', () => end.resolve());
  clock.advance(1);
  expect(signal.aborted).toBe(true);
  expect(await run).toBe(true);
  const failure = `job ${job.name} was called off at its deadline`;
  expect(one.ends).toEqual([{ job: job.name, failure: expect.objectContaining({ message: failure }) }]);
  expect(await noted(job)).toEqual({ endedAt: clock.now(), failure });
  // Long before it would be due: a failed one is tried again. This time nothing holds it.
  expect(await other.runner.runIfDue(job)).toBe(true);
  expect(await noted(job)).toEqual({ endedAt: clock.now(), failure: null });
  // The deadline of a run that has ended calls nothing off.
  clock.advance(JOB_DEADLINE_MS);
  expect(other.ends).toEqual([{ job: job.name, failure: undefined }]);
});

test('the job of a node that died in it is taken over by another', async () => {
  const clock = new HandClock();
  const [dying, other] = [openNode(clock), openNode(clock)];
  const { job, began, end } = heldJob();
  const runs: string[] = [];
  const run = dying.runner.runIfDue({ ...job, run: (signal) => (runs.push('dying'), job.run(signal)) });
  await began;
  const theirs: Job = { ...job, run: () => Promise.resolve(void runs.push('other')) };
  expect(await other.runner.runIfDue(theirs)).toBe(false);
  await endConnectionsThatHoldLocks();
  expect(await other.runner.runIfDue(theirs)).toBe(true);
  expect(runs).toEqual(['dying', 'other']);
  expect(await noted(job)).toEqual({ endedAt: clock.now(), failure: null });
  // Should it live after all, cut off from the database for a while, it goes on as one node among others.
  end.resolve();
  expect(await run).toBe(true);
  clock.advance(EVERY_MS);
  const both = await Promise.all([dying, other].map(({ runner }) => runner.runIfDue(theirs)));
  expect(both.filter(Boolean)).toHaveLength(1);
});

/** As the death of their process ends them; returns when the database has let go of their locks. */
async function endConnectionsThatHoldLocks(): Promise<void> {
  const { rows } = await sql<{ ended: boolean }>`
    select pg_terminate_backend(pid, 30_000) as ended from pg_locks
    where locktype = 'advisory' and granted
      and database = (select oid from pg_database where datname = current_database())`.execute(db);
  expect(rows).toEqual([{ ended: true }]);
}

test('a job that throws is told of, holds up no other, and runs again at the next look', async () => {
  const clock = new HandClock();
  const broken = new Error('the disk is full');
  let failures = 2;
  const failing: Job = {
    name: 'failing',
    everyMs: EVERY_MS,
    run: () => (failures > 0 ? ((failures -= 1), Promise.reject(broken)) : Promise.resolve()),
  };
  const well: Job = { name: 'well', everyMs: EVERY_MS, run: () => Promise.resolve() };
  const node = openNode(clock, [failing, well]);
  const endsOf = ({ name }: Job): unknown[] =>
    node.ends.filter(({ job }) => job === name).map(({ failure }) => failure);
  const look = async (afterMs: number, failingRuns: number): Promise<void> => {
    clock.advance(afterMs);
    while (endsOf(failing).length < failingRuns || endsOf(well).length < 1) await node.nextEnd();
    // The next look of each.
    await clock.planned(2);
  };
  node.runner.start();
  await look(0, 1);
  expect([endsOf(failing), endsOf(well)]).toEqual([[broken], [undefined]]);
  expect(await noted(failing)).toMatchObject({ failure: broken.message });
  await look(JOB_LOOK_MS, 2);
  await look(JOB_LOOK_MS, 3);
  expect(endsOf(failing)).toEqual([broken, broken, undefined]);
  expect(await noted(failing)).toMatchObject({ failure: null });
  // The one that went well was not run with it: its minute is not over.
  expect(endsOf(well)).toEqual([undefined]);
  clock.advance(JOB_LOOK_MS);
  await clock.planned(2);
  // Nor is the one that failed, now that it went well.
  expect(endsOf(failing)).toHaveLength(3);
  await node.runner.stop();
});

test('a failing job of central’s shows in the log and in the figures, and mends itself with its cause', async () => {
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  const { log } = fastify({ logger: { level: 'warn', stream } });
  const clock = new HandClock();
  const metrics = centralMetrics({ listening: () => 0, lag: () => 0, recovering: () => false });
  const { all, jobs } = openHousekeeping({
    db,
    log,
    metrics,
    clock,
    receiptKey: receiptKeyOf(newReceiptKey()),
    committed: () => undefined,
    settleReturned: async () => undefined,
  });
  const fold = all.find(({ name }) => name === 'fold');
  if (!fold) throw new Error('central has no job that folds');
  await sql`alter table feed_state rename to feed_state_away`.execute(db);
  try {
    expect(await jobs.runIfDue(fold)).toBe(true);
  } finally {
    await sql`alter table feed_state_away rename to feed_state`.execute(db);
  }
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
    expect.objectContaining({ job: 'fold', msg: 'a job failed and is tried again' }),
  ]);
  expect(metrics.text()).toContain('orderdesk_jobs_total{name="fold",end="failed"} 1');
  expect(await noted(fold)).toMatchObject({ failure: expect.stringContaining('feed_state') as string });
  expect(await jobs.runIfDue(fold)).toBe(true);
  expect(metrics.text()).toContain('orderdesk_jobs_total{name="fold",end="well"} 1');
  expect(await noted(fold)).toMatchObject({ failure: null });
  expect(await jobs.runIfDue(fold)).toBe(false);
});

test('a stopping node calls its job off without counting it as run: another begins it at once', async () => {
  const clock = new HandClock();
  const { job, began, end } = heldJob();
  const [stopping, other] = [openNode(clock, [job]), openNode(clock)];
  stopping.runner.start();
  clock.advance(0);
  const signal = await began;
  signal.addEventListener('abort', () => end.resolve());
  await stopping.runner.stop();
  expect(signal.aborted).toBe(true);
  expect(await noted(job)).toBeUndefined();
  expect(await other.runner.runIfDue(job)).toBe(true);
});

test('a nightly job runs at night, and at half the pace where there is no night', async () => {
  const [firstHour] = NIGHT_HOURS;
  const clock = new HandClock(new Date(2026, 2, 2, 12).getTime());
  const { runner } = openNode(clock);
  const job: Job = { name: 'nightly', everyMs: 20 * HOUR_MS, nightly: true, run: () => Promise.resolve() };
  // First seen at noon: counted from then.
  expect(await runner.runIfDue(job)).toBe(false);
  // The next night is too soon, the one after it is not.
  clock.advance((24 - 12 + firstHour) * HOUR_MS);
  expect(await runner.runIfDue(job)).toBe(false);
  clock.advance(24 * HOUR_MS);
  expect(await runner.runIfDue(job)).toBe(true);
  // From now on it is up by day only: from eight to eight.
  clock.advance(31 * HOUR_MS);
  expect(new Date(clock.now()).getHours()).toBe(firstHour + 7);
  expect(await runner.runIfDue(job)).toBe(false);
  clock.advance(9 * HOUR_MS);
  expect(await runner.runIfDue(job)).toBe(true);
});
