/**
 * A PostgreSQL for the simulation: real, in a folder of its own, one for each
 * seed: a copy of a furnished one, so that even transaction ids are the same in every run of a seed. It syncs nothing (a crash of PostgreSQL itself is test/soak's to try), runs no
 * autovacuum (its transactions would move the feed's gate at moments of their own), and tells simulated time: `now()` and
 * `clock_timestamp()` are found in the schema `sim` first, also by the defaults of columns.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import {
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { findBinaries, type Binaries } from '../../../src-central/db/postgres-binaries.ts';
import { asServerUser, serverUser, type ServerUser } from '../../../src-central/db/server-user.ts';
import { DATABASE_SILENT_REAL_MS } from '../limits.ts';
import { real, realDelay } from '../world/real.ts';

const USER = 'orderdesk';

/** Only a part of the socket's name: each server has a folder of its own. */
const SOCKET_NUMBER = 5_432;

const SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  autovacuum: 'off',
  jit: 'off',
  shared_buffers: '32MB',
  max_wal_size: '4GB',
  // A standby may be far behind, and what it lacks must still be there; files are as long as what is in them.
  wal_keep_size: '4GB',
  wal_init_zero: 'off',
  wal_recycle: 'off',
  // A standby and a recovery find no more than what lies in their folder.
  restore_command: 'false',
  wal_retrieve_retry_interval: '20ms',
  checkpoint_timeout: '1d',
  max_connections: '100',
  // Processes that have nothing to do here, and cost each start of a server their own.
  max_logical_replication_workers: '0',
  timezone: 'UTC',
  search_path: 'public,sim,pg_catalog',
};

/** From this version on it begins with three processes that read for all others; a seed's files are in memory. */
const READS_BY_WORKERS = 18;

/** Unlogged: moving a logged sequence takes a transaction id, and the feed goes by those. */
export const SIMULATED_TIME_SQL = `
  create schema sim;
  create unlogged sequence sim.clock;
  create function sim.clock_timestamp() returns timestamptz language sql volatile
    as 'select to_timestamp(last_value / 1000.0) from sim.clock';
  create function sim.now() returns timestamptz language sql stable
    as 'select to_timestamp(last_value / 1000.0) from sim.clock';
`;

/** A running server on a cluster of its own. */
export interface SimPostgres {
  url: string;
  /** Its files. Beside them there is room for copies of them, which go with it. */
  folder: string;
  /** Whose they must be; undefined where that is oneself. */
  owner: ServerUser | undefined;
  /** It dies as with its machine; then `change` has its files, and what is in them is started at the same address. */
  restart(change: () => void): Promise<void>;
  stop(): Promise<void>;
}

interface Address {
  settings: Record<string, string>;
  url: string;
}

/** A furnished cluster at rest, of which each seed gets a copy: the same transaction ids, object ids and pages. */
export class ClusterTemplate {
  readonly #folder: string;
  readonly #user: ServerUser | undefined;
  readonly #binaries: Binaries;
  #copies = 0;

  private constructor(of: { folder: string; user: ServerUser | undefined; binaries: Binaries }) {
    this.#folder = of.folder;
    this.#user = of.user;
    this.#binaries = of.binaries;
  }

  /** @param furnish fills the database, whose address it is given. */
  static async make(furnish: (url: string) => Promise<void>): Promise<ClusterTemplate> {
    const folder = mkdtempSync(join(diskFolder(), 'orderdesk-sim-pg-'));
    const user = await serverUser();
    const template = new ClusterTemplate({ folder, user, binaries: await findBinaries() });
    await template.#init();
    const address = await template.#address();
    await template.#start(join(folder, 'template'), address);
    await furnish(address.url);
    await template.#stop('SIGINT');
    return template;
  }

  async copy(): Promise<SimPostgres> {
    this.#copies += 1;
    const own = join(this.#folder, `copy-${this.#copies}`);
    mkdirSync(own, { mode: 0o711 });
    const folder = join(own, 'cluster');
    copyFolder(join(this.#folder, 'template'), folder);
    const address = await this.#address();
    await this.#start(folder, address);
    return {
      url: address.url,
      folder,
      owner: this.#user,
      restart: async (change) => {
        await this.#stop('SIGQUIT');
        change();
        await this.#start(folder, address);
      },
      stop: async () => {
        await this.#stop('SIGQUIT');
        rmSync(own, { recursive: true, force: true });
      },
    };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #server: ChildProcess | undefined;

  async #init(): Promise<void> {
    const cluster = join(this.#folder, 'template');
    mkdirSync(cluster, { mode: 0o700 });
    if (this.#user) for (const each of [this.#folder, cluster]) chownSync(each, this.#user.uid, this.#user.gid);
    const initdb = ['-D', cluster, `-U${USER}`, '--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C'];
    // Every seed copies at least one.
    initdb.push('--wal-segsize=1');
    const making = await asServerUser(this.#user, this.#binaries.initdb, initdb, this.#folder);
    await promisify(execFile)(making.file, making.args, making.options);
  }

  async #start(folder: string, { settings: reached, url }: Address): Promise<void> {
    const version = Number(readFileSync(join(folder, 'PG_VERSION'), 'utf8'));
    const reading = version >= READS_BY_WORKERS ? { io_method: 'sync' } : {};
    const settings = Object.entries({ ...SETTINGS, ...reading, ...reached }).flatMap(([key, value]) => [
      '-c',
      `${key}=${value}`,
    ]);
    const args = ['-D', folder, ...settings];
    const { file, args: given, options } = await asServerUser(this.#user, this.#binaries.postgres, args, this.#folder);
    const server = spawn(file, given, { ...options, stdio: 'ignore' });
    this.#server = server;
    await untilConnected(url, server);
  }

  /** A socket in its own folder, which costs half of what a port on loopback does; Windows has none. */
  async #address(): Promise<Address> {
    const port = process.platform === 'win32' ? await freePort() : SOCKET_NUMBER;
    const [settings, host] =
      process.platform === 'win32'
        ? [{ listen_addresses: '127.0.0.1', unix_socket_directories: '' }, '127.0.0.1']
        : [{ listen_addresses: '', unix_socket_directories: this.#folder }, encodeURIComponent(this.#folder)];
    return { settings: { ...settings, port: String(port) }, url: `postgres://${USER}@${host}:${port}/postgres` };
  }

  async #stop(signal: 'SIGINT' | 'SIGQUIT'): Promise<void> {
    const server = this.#server;
    if (!server) return;
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.kill(signal);
    await gone;
    this.#server = undefined;
  }

  /** A worker that is ended from outside takes its server along. */
  abandon(): void {
    this.#server?.kill('SIGQUIT');
  }
}

/**
 * With owners, as PostgreSQL wants its files. In this process: beginning another one costs a process with a heap like
 * this one's 70 ms, and a part of the log is copied in one.
 */
export function copyFolder(from: string, to: string): void {
  const { mode, uid, gid } = statSync(from);
  mkdirSync(to, { recursive: true, mode });
  chownSync(to, uid, gid);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, copy] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyFolder(source, copy);
    else {
      copyFileSync(source, copy);
      chownSync(copy, uid, gid);
    }
  }
}

/** In memory where there is such a folder: nothing here is to outlive its seed. */
export function diskFolder(): string {
  return existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
}

async function untilConnected(url: string, server: ChildProcess): Promise<void> {
  const until = real.Date.now() + DATABASE_SILENT_REAL_MS;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (server.exitCode !== null || real.Date.now() > until) throw error;
      await realDelay(20);
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}
