/** Which PostgreSQL this is: the cluster, its timeline, and since when it runs. */
import type pg from 'pg';
import { sql } from 'kysely';
import type { CentralDb } from './schema.ts';

export interface ServerIdentity {
  /** Made by initdb; a physical copy has the same. */
  systemIdentifier: string;
  /** Grows with every promotion and every recovery to a point in time; null of a standby. */
  timeline: number | null;
  /** A standby: nothing can be written. */
  inRecovery: boolean;
  startedAt: Date;
  /** How far the log is on the disk: of one timeline it never goes back, unless the files were put back. Null of a standby. */
  flushed: string | null;
}

/**
 * The control file's own timeline is that of the last checkpoint and lags behind a promotion; the name of the log file
 * that is being written does not.
 */
const IDENTITY = `
  select (select system_identifier::text from pg_control_system()) as "systemIdentifier",
    case when pg_is_in_recovery() then null
      else ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::bigint::text end as "timeline",
    pg_is_in_recovery() as "inRecovery",
    pg_postmaster_start_time() as "startedAt",
    case when pg_is_in_recovery() then null
      else (pg_current_wal_flush_lsn() - '0/0')::text end as "flushed"`;

type Row = Omit<ServerIdentity, 'timeline'> & { timeline: string | null };

export async function readServerIdentity(db: CentralDb): Promise<ServerIdentity> {
  const { rows } = await sql.raw<Row>(IDENTITY).execute(db);
  return identityOf(rows[0]);
}

/** Of one connection that nobody uses yet. */
export async function identityBehind(client: pg.ClientBase): Promise<ServerIdentity> {
  const { rows } = await client.query<Row>(IDENTITY);
  return identityOf(rows[0]);
}

function identityOf(row: Row | undefined): ServerIdentity {
  if (!row) throw new Error('the database does not say what it is');
  return { ...row, timeline: row.timeline === null ? null : Number(row.timeline) };
}
