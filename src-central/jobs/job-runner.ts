/**
 * Runs central's jobs.
 *
 * Guarantees: a job runs on one node at a time, by an advisory lock on a connection of its own; when it ran is kept in
 * the database, so that neither a restart nor a second node makes it run more often; a job that fails is tried again at
 * the next look, logged and counted, and holds up no other. Not guaranteed: that a job whose connection breaks has
 * ended when another node begins it. Jobs are written for that (job.ts).
 */
import { sql } from 'kysely';
import type { CentralDb } from '../db/schema.ts';
import { lockNumber } from '../db/write-transaction.ts';
import { JOB_DEADLINE_MS, JOB_LOOK_MS, JOB_STOP_WAIT_MS, NIGHT_HOURS } from '../limits.ts';
import type { Job, JobClock } from './job.ts';

export interface JobRunnerOptions {
  db: CentralDb;
  jobs: readonly Job[];
  clock: JobClock;
  /** For log and figures. */
  onEnd: (job: Job, of: { tookMs: number; failure: unknown }) => void;
}

export class JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #stopped = new AbortController();
  readonly #cancels = new Map<Job, () => void>();
  readonly #running = new Set<Promise<void>>();

  constructor(options: JobRunnerOptions) {
    this.#options = options;
  }

  start(): void {
    for (const job of this.#options.jobs) this.#plan(job, 0);
  }

  /** Calls off what runs, and waits for it a while. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    for (const cancel of this.#cancels.values()) cancel();
    let cancelWait = (): void => undefined;
    const late = new Promise<void>((resolve) => {
      cancelWait = this.#options.clock.after(JOB_STOP_WAIT_MS, resolve);
    });
    await Promise.race([Promise.all(this.#running), late]);
    cancelWait();
  }

  #plan(job: Job, delayMs: number): void {
    if (this.#stopped.signal.aborted) return;
    this.#cancels.set(
      job,
      this.#options.clock.after(delayMs, () => {
        const turn = this.runIfDue(job).then(
          () => undefined,
          (error: unknown) => this.#options.onEnd(job, { tookMs: 0, failure: error }),
        );
        this.#running.add(turn);
        void turn.finally(() => {
          this.#running.delete(turn);
          this.#plan(job, Math.min(job.everyMs, JOB_LOOK_MS));
        });
      }),
    );
  }

  /** @returns whether it ran here and now. @throws when the database can't be asked; a job's own failure is noted. */
  async runIfDue(job: Job): Promise<boolean> {
    const { db } = this.#options;
    if (!(await this.#isDue(db, job))) return false;
    return db.connection().execute(async (connection) => {
      const lock = lockNumber(`job:${job.name}`).toString();
      const { rows } = await sql<{ taken: boolean }>`
        select pg_try_advisory_lock(${lock}::bigint) as taken`.execute(connection);
      if (rows[0]?.taken !== true) return false;
      try {
        // Another node may just have finished it.
        if (!(await this.#isDue(connection, job))) return false;
        await this.#run(job);
        return true;
      } finally {
        // Fails only with the connection itself, and then the database has let go of the lock.
        await sql`select pg_advisory_unlock(${lock}::bigint)`.execute(connection).catch(() => undefined);
      }
    });
  }

  async #isDue(db: CentralDb, job: Job): Promise<boolean> {
    const now = this.#options.clock.now();
    const last = await db.selectFrom('job_run').selectAll().where('name', '=', job.name).executeTakeFirst();
    if (last && last.failure !== null) return true;
    const age = last ? now - last.ended_at.getTime() : Infinity;
    if (age < job.everyMs) return false;
    if (job.nightly !== true) return true;
    const hour = new Date(now).getHours();
    if (hour >= NIGHT_HOURS[0] && hour <= NIGHT_HOURS[1]) return true;
    // A central that was never up at night counts from when it was first seen.
    if (!last) await note(db, job, { at: now, failure: undefined });
    return last !== undefined && age >= 2 * job.everyMs;
  }

  async #run(job: Job): Promise<void> {
    const { clock, db, onEnd } = this.#options;
    const began = clock.now();
    const late = new AbortController();
    const cancelDeadline = clock.after(job.deadlineMs ?? JOB_DEADLINE_MS, () => late.abort());
    let failure: unknown;
    try {
      await job.run(AbortSignal.any([late.signal, this.#stopped.signal]));
      if (late.signal.aborted) failure = new Error(`job ${job.name} was called off at its deadline`);
    } catch (error) {
      failure = error ?? new Error('failed without an error');
    }
    cancelDeadline();
    // Cut off by a stop, it goes on at the next start.
    if (!this.#stopped.signal.aborted) await note(db, job, { at: clock.now(), failure });
    onEnd(job, { tookMs: clock.now() - began, failure });
  }
}

async function note(db: CentralDb, job: Job, { at, failure }: { at: number; failure: unknown }): Promise<void> {
  const text = failure === undefined ? null : failure instanceof Error ? failure.message : 'failed';
  const run = { name: job.name, ended_at: new Date(at), failure: text };
  await db
    .insertInto('job_run')
    .values(run)
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ ended_at: run.ended_at, failure: text }))
    .execute();
}
