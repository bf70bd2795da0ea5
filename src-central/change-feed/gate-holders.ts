/**
 * Who holds the gate shut: the writers, in any database of the cluster, with the oldest transaction ids. Snapshots that
 * are open for long, and replication slots, keep old row versions from being cleaned up; the gate they don't hold.
 */
import { sql } from 'kysely';
import type { CentralDb } from '../db/schema.ts';
import { STALL_QUERY_LENGTH } from '../limits.ts';

export interface GateHolder {
  /** Null of a prepared transaction, which nobody is connected for. */
  pid: number | null;
  database: string;
  user: string;
  /** Of a prepared transaction its name. */
  application: string;
  client: string;
  state: string;
  ageMs: number;
  /** Its last statement, cut; empty where the database does not let us see it. */
  query: string;
  /** Whether it is one of this house's own programs, which the database ends by timeouts. */
  ours: boolean;
}

/**
 * The writers whose transactions are at least so old, the oldest first. A role without `pg_read_all_stats` sees no
 * transaction ids of others: then those are named whose transactions are as old.
 */
export async function gateHolders(db: CentralDb, minAgeMs: number): Promise<GateHolder[]> {
  const { rows } = await sql<GateHolder>`
    select pid, coalesce(datname, '') as database, coalesce(usename, '') as "user",
      coalesce(application_name, '') as application, coalesce(client_addr::text, 'local') as client,
      coalesce(state, '') as state, (extract(epoch from clock_timestamp() - xact_start) * 1000)::bigint as "ageMs",
      left(coalesce(query, ''), ${STALL_QUERY_LENGTH}::integer) as query, application_name = 'orderdesk' as ours
    from pg_stat_activity
    where pid <> pg_backend_pid()
      and xact_start <= clock_timestamp() - make_interval(secs => ${minAgeMs}::double precision / 1000)
      and (backend_xid is not null or state is null)
    union all
    select null, p.database, p.owner, p.gid, '', 'prepared',
      (extract(epoch from clock_timestamp() - p.prepared) * 1000)::bigint, '', false
    from pg_prepared_xacts p
    where p.prepared <= clock_timestamp() - make_interval(secs => ${minAgeMs}::double precision / 1000)
    order by 7 desc
  `.execute(db);
  return rows;
}
