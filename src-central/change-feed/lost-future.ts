/** Which positions of the feed this database can't have given out: its files were put back to before it did. */
import { sql, type RawBuilder } from 'kysely';
import type { CentralDb } from '../db/schema.ts';
import type { FeedPosition } from './cursor.ts';

/**
 * A condition on `pg_current_snapshot() s`: the position is ahead of the database; in ids that were passed over; of a run
 * of PostgreSQL that it does not know; or further than that run had come when the next began.
 */
export function isOfLostFuture({ xid, run }: FeedPosition): RawBuilder<boolean> {
  return sql<boolean>`(${xid}::xid8 >= pg_snapshot_xmax(s)
    or exists (select 1 from xid_gap where after < ${xid}::xid8 and ${xid}::xid8 <= up_to)
    or (${run}::text is not null and (
      not exists (select 1 from xid_gap own where own.server_run = ${run})
      or exists (
        select 1 from xid_gap own join xid_gap next on next.after >= own.up_to and next.server_run is distinct from ${run}
        where own.server_run = ${run} and ${xid}::xid8 > next.after))))`;
}

export async function hasLost(db: CentralDb, position: FeedPosition): Promise<boolean> {
  const { rows } = await sql<{ lost: boolean }>`
    select ${isOfLostFuture(position)} as lost from pg_current_snapshot() s
  `.execute(db);
  return rows[0]?.lost === true;
}
