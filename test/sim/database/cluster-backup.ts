/**
 * A backup of a seed's cluster as backup programs take it, the log that has reached a standby made from it since, and
 * what administrators make of the two. Real files and real recoveries; the world stands still meanwhile.
 *
 * Guarantees: what is in a copy depends on the seed alone. The log is brought to the disk before it is copied, for how
 * far it would have come by itself is a matter of real time; and after a backup the log is moved on by more than any
 * seed writes, so that by how little it has grown since decides nothing.
 */
import { chownSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { sqlStateOf } from '../../../src-central/db/transient-fault.ts';
import { DATABASE_SILENT_REAL_MS } from '../limits.ts';
import { real, realDelay } from '../world/real.ts';
import { copyFolder, type SimPostgres } from './sim-postgres.ts';

/** How a cluster comes back: its files as they were, those recovered on a new timeline, or the standby in its place. */
export type ComesBackAs = 'files' | 'recovered' | 'standby';

/** Segments of log, of 1 MB each, that a cluster skips after a backup. */
const SEGMENTS_SKIPPED = 8;

export class ClusterBackup {
  readonly #postgres: SimPostgres;
  /** The cluster's files. */
  readonly #files: string;
  /** The log as it has reached the standby. */
  readonly #log: string;

  private constructor(postgres: SimPostgres, name: string) {
    this.#postgres = postgres;
    this.#files = `${postgres.folder}-${name}`;
    this.#log = `${this.#files}-log`;
  }

  static async take(postgres: SimPostgres, name: string): Promise<ClusterBackup> {
    const backup = new ClusterBackup(postgres, name);
    await connected(postgres.url, async (client) => {
      await client.query(`select pg_backup_start('sim', true)`);
      copyFolder(postgres.folder, backup.#files);
      // Those two are of the server that runs.
      for (const file of ['postmaster.pid', 'postmaster.opts']) rmSync(join(backup.#files, file), { force: true });
      const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
      backup.#write('backup_label', rows[0]?.labelfile ?? '');
      // With the log up to the backup's end, without which the copy is not whole.
      replace(join(postgres.folder, 'pg_wal'), join(backup.#files, 'pg_wal'));
      for (let segment = 0; segment < SEGMENTS_SKIPPED; segment += 1) {
        await client.query(`select pg_logical_emit_message(false, 'sim', ''), pg_switch_wal()`);
      }
    });
    await backup.streamLog();
    return backup;
  }

  /** The standby has everything that was written until now, and nothing of what comes. */
  async streamLog(): Promise<void> {
    await connected(this.#postgres.url, (client) => client.query('checkpoint'));
    replace(join(this.#postgres.folder, 'pg_wal'), this.#log);
  }

  /** To be called while no server runs on them. */
  putInPlace(as: ComesBackAs): void {
    const { folder } = this.#postgres;
    replace(this.#files, folder);
    if (as === 'standby') replace(this.#log, join(folder, 'pg_wal'));
    if (as !== 'files') this.#write(as === 'standby' ? 'standby.signal' : 'recovery.signal', '', folder);
  }

  remove(): void {
    for (const folder of [this.#files, this.#log]) rmSync(folder, { recursive: true, force: true });
  }

  #write(file: string, text: string, folder = this.#files): void {
    const path = join(folder, file);
    writeFileSync(path, text, { mode: 0o600 });
    const { owner } = this.#postgres;
    if (owner) chownSync(path, owner.uid, owner.gid);
  }
}

/** Until what was started can be written to: a standby is promoted when it has read all that it has. */
export async function untilWritable(url: string, as: ComesBackAs): Promise<void> {
  await connected(url, async (client) => {
    // It doesn't wait itself: what it still reads of the log may cancel a statement that is under way.
    if (as === 'standby') await client.query('select pg_promote(false)');
    const until = real.Date.now() + DATABASE_SILENT_REAL_MS;
    for (;;) {
      if (await isWritable(client)) return;
      if (real.Date.now() > until) throw new Error('the database does not end its recovery');
      await realDelay(5);
    }
  });
}

async function isWritable(client: pg.Client): Promise<boolean> {
  try {
    const { rows } = await client.query<{ writable: boolean }>('select not pg_is_in_recovery() as writable');
    return rows[0]?.writable === true;
  } catch (error) {
    if (sqlStateOf(error) === '40001') return false;
    throw error;
  }
}

function replace(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  copyFolder(from, to);
}

async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
