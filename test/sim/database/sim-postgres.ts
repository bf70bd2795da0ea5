/**
 * A PostgreSQL for one worker of the simulation: real, on a socket in a folder of its own, with one database for each
 * seed, copied from a furnished one. It syncs nothing (a crash of PostgreSQL itself is test/soak's to try), runs no
 * autovacuum (its transactions would move the feed's gate at moments of their own), and tells simulated time: `now()` and
 * `clock_timestamp()` are found in the schema `sim` first, also by the defaults of columns.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { findBinaries } from '../../../src-central/db/postgres-binaries.ts';
import { asServerUser, serverUser } from '../../../src-central/db/server-user.ts';
import { DATABASE_SILENT_REAL_MS } from '../limits.ts';
import { real, realDelay } from '../world/real.ts';

const USER = 'orderdesk';

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  autovacuum: 'off',
  jit: 'off',
  shared_buffers: '32MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '1d',
  max_connections: '100',
  timezone: 'UTC',
  search_path: 'public,sim,pg_catalog',
};

/** Unlogged: moving a logged sequence takes a transaction id, and the feed goes by those. */
export const SIMULATED_TIME_SQL = `
  create schema sim;
  create unlogged sequence sim.clock;
  create function sim.clock_timestamp() returns timestamptz language sql volatile
    as 'select to_timestamp(last_value / 1000.0) from sim.clock';
  create function sim.now() returns timestamptz language sql stable
    as 'select to_timestamp(last_value / 1000.0) from sim.clock';
`;

export interface SimPostgres {
  urlOf(database: string): string;
  /** Runs statements one by one on the database `postgres`. */
  run(...statements: string[]): Promise<void>;
  stop(): Promise<void>;
}

export async function startSimPostgres(): Promise<SimPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'orderdesk-sim-pg-'));
  const cluster = join(folder, 'cluster');
  const binaries = await findBinaries();
  const user = await serverUser();
  mkdirSync(cluster, { mode: 0o700 });
  if (user) for (const each of [folder, cluster]) chownSync(each, user.uid, user.gid);
  const initdb = ['-D', cluster, `-U${USER}`, '--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C'];
  const making = await asServerUser(user, binaries.initdb, initdb, folder);
  await promisify(execFile)(making.file, making.args, making.options);
  const port = await freePort();
  const settings = Object.entries({ ...SETTINGS, port: String(port) }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const starting = await asServerUser(user, binaries.postgres, ['-D', cluster, ...settings], folder);
  const server = spawn(starting.file, starting.args, { ...starting.options, stdio: 'ignore' });
  // A worker that is ended from outside takes its server along.
  process.once('exit', () => server.kill('SIGQUIT'));
  const urlOf = (database: string): string => `postgres://${USER}@127.0.0.1:${port}/${database}`;
  const client = await connected(urlOf('postgres'), server);
  return {
    urlOf,
    run: async (...statements) => {
      for (const statement of statements) await client.query(statement);
    },
    stop: async () => {
      await client.end();
      const gone = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGQUIT');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function connected(url: string, server: ChildProcess): Promise<pg.Client> {
  const until = real.Date.now() + DATABASE_SILENT_REAL_MS;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      return client;
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
