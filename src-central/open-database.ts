/** From a configuration to an open, checked, migrated database; every failure in words that say what to do. */
import { sql } from 'kysely';
import { connectCentral } from './db/connect.ts';
import { startEmbeddedPostgres } from './db/embedded-postgres.ts';
import { OLDEST_SERVER_VERSION } from './db/limits.ts';
import { migrateCentral } from './db/migrate.ts';
import type { CentralDb } from './db/schema.ts';
import { sqlStateOf } from './db/transient-fault.ts';

export interface OpenDatabase {
  db: CentralDb;
  /** Closes the pool, then lets go of the embedded server. */
  close(): Promise<void>;
}

/** The database does not answer, or does not let us in. */
export class UnreachableError extends Error {}
/** It answers, and is too old. */
export class TooOldError extends Error {}

export async function openDatabase(of: { databaseUrl: string | undefined; data: string }): Promise<OpenDatabase> {
  const embedded = of.databaseUrl === undefined ? await startEmbeddedPostgres(of.data) : undefined;
  const url = embedded?.url ?? of.databaseUrl ?? '';
  const db = connectCentral(url);
  const close = async (): Promise<void> => {
    await db.destroy();
    await embedded?.stop();
  };
  try {
    await checkServer(db, url);
    await migrateCentral(db);
    return { db, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function checkServer(db: CentralDb, url: string): Promise<void> {
  const version = await serverVersion(db, url);
  if (version >= OLDEST_SERVER_VERSION) return;
  throw new TooOldError(
    `PostgreSQL ${Math.floor(version / 10_000)} is too old, ${OLDEST_SERVER_VERSION / 10_000} or later is needed. ` +
      'Upgrade it, or leave --database-url out for the embedded one.',
  );
}

async function serverVersion(db: CentralDb, url: string): Promise<number> {
  try {
    const { rows } = await sql<{ version: number }>`
      select current_setting('server_version_num')::integer as version
    `.execute(db);
    return rows[0]?.version ?? 0;
  } catch (error) {
    throw new UnreachableError(`${whyUnreachable(error)} (${withoutPassword(url)})`, { cause: error });
  }
}

function whyUnreachable(error: unknown): string {
  const code = sqlStateOf(error) ?? '';
  if (code === '28P01' || code === '28000') return 'The database does not take this user and password. Check the URL.';
  if (code === '3D000') return 'There is no database of this name. Create it ("createdb NAME"), or check the URL.';
  if (code === 'ENOTFOUND') return 'The database host is not known. Check the name in the URL.';
  if (code === 'ECONNREFUSED') return 'Nothing answers at the database address. Is PostgreSQL running there?';
  return `The database can not be reached: ${error instanceof Error ? error.message : String(error)}.`;
}

function withoutPassword(url: string): string {
  return url.replace(/(\/\/[^:@/]*):[^@]*@/, '$1:***@');
}
