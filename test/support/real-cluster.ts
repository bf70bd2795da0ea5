/**
 * A PostgreSQL cluster of a test's own that can be backed up, put back and promoted as administrators do it: real files,
 * real servers, always at the same address.
 */
import { execFile } from 'node:child_process';
import { chmod, chown, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { findBinaries, initCluster, type Cluster } from '../../src-central/db/postgres-binaries.ts';
import { asServerUser, serverUser, type ServerUser } from '../../src-central/db/server-user.ts';

const USER = 'orderdesk';
const PASSWORD = 'of-a-test';
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'fsync=off',
  'max_wal_senders=5',
  'wal_level=replica',
  'hot_standby=on',
  'shared_buffers=16MB',
  // Right after a restore its transactions would take the ids by which a desk shows what was lost.
  'autovacuum=off',
];

export class RealCluster {
  readonly #base: string;
  readonly #cluster: Cluster;
  readonly #user: ServerUser | undefined;
  readonly port: number;
  #copies = 0;

  private constructor(of: { base: string; cluster: Cluster; user: ServerUser | undefined; port: number }) {
    this.#base = of.base;
    this.#cluster = of.cluster;
    this.#user = of.user;
    this.port = of.port;
  }

  static async create(): Promise<RealCluster> {
    const base = await mkdtemp(path.join(tmpdir(), 'orderdesk-cluster-'));
    await chmod(base, 0o711);
    const user = await serverUser();
    const cluster: Cluster = { folder: base, directory: path.join(base, 'postgres'), binaries: await findBinaries() };
    await initCluster(cluster, { user: USER, password: PASSWORD });
    const made = new RealCluster({ base, cluster, user, port: await freePort() });
    await made.start();
    await made.query('postgres', 'create database house');
    return made;
  }

  url(database = 'house'): string {
    return `postgres://${USER}:${PASSWORD}@127.0.0.1:${this.port}/${database}`;
  }

  async start(directory = this.#cluster.directory, port = this.port): Promise<void> {
    const options = [`port=${port}`, ...SETTINGS].map((setting) => `-c ${setting}`).join(' ');
    const log = path.join(directory, 'server.log');
    await this.#pgCtl(['start', '-D', directory, '-w', '-s', '-l', log, '-o', options]);
  }

  /** `immediate`: as if the machine had died; what was committed is in the log. */
  async stop(mode: 'fast' | 'immediate' = 'fast', directory = this.#cluster.directory): Promise<void> {
    await this.#pgCtl(['stop', '-D', directory, '-w', '-s', '-m', mode]);
  }

  /** A copy of the files while nothing runs on them. The server is running before and after. */
  async coldBackup(): Promise<string> {
    await this.stop();
    const copy = await this.#copy();
    await this.start();
    return copy;
  }

  /** A copy of the files while the server works, as backup programs make it. */
  async hotBackup(): Promise<string> {
    const client = new pg.Client({ connectionString: this.url('postgres') });
    await client.connect();
    await client.query(`select pg_backup_start('test', true)`);
    const copy = await this.#copy(['postmaster.pid', 'postmaster.opts']);
    const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(true)');
    await client.end();
    await this.#write(path.join(copy, 'backup_label'), rows[0]?.labelfile ?? '');
    // With the log up to the backup's end, without which the copy is not whole.
    await rm(path.join(copy, 'pg_wal'), { recursive: true, force: true });
    await copyFolder(path.join(this.#cluster.directory, 'pg_wal'), path.join(copy, 'pg_wal'));
    return copy;
  }

  /** Puts a backup in the place of what there is, and starts it. The backup stays as it is. */
  async restore(backup: string, { toTimeline = false } = {}): Promise<void> {
    await this.stop('immediate').catch(() => undefined);
    await rm(this.#cluster.directory, { recursive: true, force: true });
    await copyFolder(backup, this.#cluster.directory);
    // As in a recovery to a point in time: when the log has been read, the server goes on on a new timeline.
    if (toTimeline) {
      await this.#write(path.join(this.#cluster.directory, 'recovery.signal'), '');
      await this.#append("restore_command = 'false'\nrecovery_target_action = 'promote'\n", this.#cluster.directory);
    }
    await this.start();
    await this.#writable();
  }

  /**
   * A standby of this cluster that follows it; asynchronous: it may be behind. `promote` makes it the one that answers
   * at the cluster's address, the old primary being dead.
   */
  async standby(): Promise<{ pause(): Promise<void>; promote(): Promise<void> }> {
    const directory = await this.hotBackup();
    await this.#write(path.join(directory, 'standby.signal'), '');
    await this.#append(`primary_conninfo = '${this.url('postgres')}'\n`, directory);
    const port = await freePort();
    await this.start(directory, port);
    return {
      pause: async () => {
        const { rows } = await this.#client(this.port, 'postgres', 'select pg_current_wal_flush_lsn()::text as lsn');
        await this.#until(port, `select pg_last_wal_replay_lsn() >= '${rows[0]?.['lsn'] ?? '0/0'}'::pg_lsn as yes`);
        await this.#client(port, 'postgres', `alter system set primary_conninfo = ''`);
        await this.#client(port, 'postgres', 'select pg_reload_conf()');
        await this.#until(port, 'select count(*) = 0 as yes from pg_stat_wal_receiver');
      },
      promote: async () => {
        await this.stop('immediate').catch(() => undefined);
        await this.stop('fast', directory);
        await rm(this.#cluster.directory, { recursive: true, force: true });
        await copyFolder(directory, this.#cluster.directory);
        await this.start();
        await this.#pgCtl(['promote', '-D', this.#cluster.directory, '-w', '-s']);
        await this.#writable();
      },
    };
  }

  async query(database: string, text: string): Promise<Record<string, string>[]> {
    return (await this.#client(this.port, database, text)).rows;
  }

  async destroy(): Promise<void> {
    await this.stop('immediate').catch(() => undefined);
    for (let copy = 1; copy <= this.#copies; copy += 1) {
      await this.stop('immediate', this.#copyFolder(copy)).catch(() => undefined);
    }
    await rm(this.#base, { recursive: true, force: true });
  }

  async #client(port: number, database: string, text: string): Promise<pg.QueryResult<Record<string, string>>> {
    const client = new pg.Client({ connectionString: this.url(database).replace(`:${this.port}/`, `:${port}/`) });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await client.query(text);
    } finally {
      await client.end();
    }
  }

  async #writable(): Promise<void> {
    await this.#until(this.port, 'select not pg_is_in_recovery() as yes');
  }

  async #until(port: number, question: string): Promise<void> {
    for (let asked = 0; asked < 600; asked += 1) {
      const { rows } = await this.#client(port, 'postgres', question);
      if (rows[0]?.['yes'] as unknown) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`the database never said yes to: ${question}`);
  }

  #copyFolder(copy: number): string {
    return path.join(this.#base, `copy-${copy}`);
  }

  async #copy(without: readonly string[] = []): Promise<string> {
    this.#copies += 1;
    const copy = this.#copyFolder(this.#copies);
    await copyFolder(this.#cluster.directory, copy);
    for (const file of without) await rm(path.join(copy, file), { force: true });
    return copy;
  }

  async #append(text: string, directory: string): Promise<void> {
    await writeFile(path.join(directory, 'postgresql.auto.conf'), text, { flag: 'a' });
  }

  async #write(file: string, text: string): Promise<void> {
    await writeFile(file, text, { mode: 0o600 });
    if (this.#user) await chown(file, this.#user.uid, this.#user.gid);
  }

  async #pgCtl(args: readonly string[]): Promise<void> {
    const { pgCtl } = this.#cluster.binaries;
    const { file, args: rest, options } = await asServerUser(this.#user, pgCtl, args, this.#base);
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PG')));
    await promisify(execFile)(file, rest, { ...options, env });
  }
}

/** With owners and modes, as PostgreSQL wants its files. */
async function copyFolder(from: string, to: string): Promise<void> {
  if (process.platform === 'win32') await cp(from, to, { recursive: true });
  else await promisify(execFile)('cp', ['-a', from, to]);
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
