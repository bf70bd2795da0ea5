/**
 * A PostgreSQL of our own, in `<folder>/postgres`, for houses that have none.
 *
 * Guarantees: it syncs to disk like any other; it listens on loopback alone and asks for a password, kept in
 * `<folder>/postgres-password`, readable by its owner only. It outlives a killed parent, and the next start adopts it;
 * programs that use one folder at the same time share one server, and the last to leave stops it.
 *
 * Not guaranteed: that the port stays the same from one start to the next.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { EMBEDDED_ADOPT_TIMEOUT_MS, EMBEDDED_POLL_MS, EMBEDDED_START_TIMEOUT_MS } from './limits.ts';
import {
  clusterExists,
  findBinaries,
  initCluster,
  spawnPostmaster,
  type Cluster,
  type SpawnedPostmaster,
} from './postgres-binaries.ts';
import { readPostmaster, stopPostmaster, type Postmaster } from './postmaster.ts';

export const EMBEDDED_USER = 'orderdesk';
export const EMBEDDED_DATABASE = 'orderdesk';
/** Held shared by every program that uses the server: who gets it alone is the last. */
const HOLD_LOCK = 7_346_201;

export interface EmbeddedPostgres {
  /** Of the database `orderdesk`, with user and password. */
  url: string;
  /** Of any other database on the same server. */
  urlOf(database: string): string;
  /** Lets go of the server, and stops it cleanly when nobody else uses it. Close your own connections before. */
  stop(): Promise<void>;
}

/**
 * Starts the folder's PostgreSQL, or joins the one that runs there already.
 *
 * @throws EmbeddedPostgresError with a sentence for people.
 */
export async function startEmbeddedPostgres(folder: string): Promise<EmbeddedPostgres> {
  const base = path.resolve(folder);
  // Others may pass through, as the server's own user must, but not look around.
  await mkdir(base, { recursive: true, mode: 0o711 });
  const password = await ownPassword(base);
  const cluster: Cluster = { folder: base, directory: path.join(base, 'postgres'), binaries: await findBinaries() };
  if (!(await clusterExists(cluster))) await initCluster(cluster, { user: EMBEDDED_USER, password });
  const deadline = Date.now() + EMBEDDED_START_TIMEOUT_MS;
  const { postmaster, holder } = await startOrJoin(cluster, password, deadline);
  await createDatabase(holder);
  const urlOf = (database: string): string =>
    `postgres://${EMBEDDED_USER}:${password}@127.0.0.1:${postmaster.port}/${database}`;
  return { url: urlOf(EMBEDDED_DATABASE), urlOf, stop: () => leave(cluster, holder) };
}

async function startOrJoin(
  cluster: Cluster,
  password: string,
  deadline: number,
): Promise<{ postmaster: Postmaster; holder: pg.Client }> {
  let spawned: SpawnedPostmaster | undefined;
  let silentSince: number | undefined;
  while (Date.now() < deadline) {
    const postmaster = await readPostmaster(cluster.directory);
    if (postmaster?.ready) {
      const holder = await hold(postmaster, password);
      if (holder) return { postmaster, holder };
      silentSince ??= Date.now();
    }
    if (!postmaster && (!spawned || spawned.exited())) spawned = await spawnPostmaster(cluster);
    // Somebody else's postmaster on our folder that answers nobody: stopped, then started anew.
    if (postmaster && silentSince !== undefined && Date.now() - silentSince > EMBEDDED_ADOPT_TIMEOUT_MS) {
      await stopPostmaster(cluster, postmaster);
      silentSince = undefined;
    }
    await pause(EMBEDDED_POLL_MS);
  }
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL in ${cluster.directory} did not become ready. ` +
      `What it said is in ${path.join(cluster.folder, 'postgres.log')}.`,
  );
}

/** A connection that says "in use"; `undefined` when the server does not take it, because it is starting or leaving. */
async function hold(postmaster: Postmaster, password: string): Promise<pg.Client | undefined> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port: postmaster.port,
    user: EMBEDDED_USER,
    password,
    database: 'postgres',
    application_name: 'orderdesk-holder',
    connectionTimeoutMillis: EMBEDDED_ADOPT_TIMEOUT_MS,
  });
  // The server's end is noticed by whoever queries it; the holder has nothing to say about it.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select pg_advisory_lock_shared($1::bigint)', [HOLD_LOCK]);
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    if (error instanceof Error && 'code' in error && error.code === '28P01') {
      throw new EmbeddedPostgresError(
        `The PostgreSQL on port ${postmaster.port} does not take the password in its folder. ` +
          `Was postgres-password replaced? Put the old one back.`,
      );
    }
    return undefined;
  }
}

async function leave(cluster: Cluster, holder: pg.Client): Promise<void> {
  const alone = await holder
    .query<{ alone: boolean }>(
      'select pg_advisory_unlock_shared($1::bigint), pg_try_advisory_lock($1::bigint) as alone',
      [HOLD_LOCK],
    )
    .then((result) => result.rows[0]?.alone === true)
    // The server has gone already.
    .catch(() => true);
  const postmaster = alone ? await readPostmaster(cluster.directory) : undefined;
  if (postmaster) await stopPostmaster(cluster, postmaster);
  await holder.end().catch(() => undefined);
}

async function createDatabase(holder: pg.Client): Promise<void> {
  const found = await holder.query('select 1 from pg_database where datname = $1', [EMBEDDED_DATABASE]);
  if (found.rowCount) return;
  await holder.query(`create database ${EMBEDDED_DATABASE}`).catch((error: unknown) => {
    // Another program that starts with us was quicker.
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== '42P04' && code !== '23505') throw error;
  });
}

async function ownPassword(folder: string): Promise<string> {
  const file = path.join(folder, 'postgres-password');
  await writeFile(file, randomBytes(24).toString('base64url'), { flag: 'wx', mode: 0o600 }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    },
  );
  return (await readFile(file, 'utf8')).trim();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
