/** Runs of PostgreSQL: from one start of it, or from the beginning of an epoch, to the next. */
import { randomInt } from 'node:crypto';
import { sql } from 'kysely';
import type { CentralDb, CentralTransaction } from '../db/schema.ts';

const RUNS = 0x1_00_00_00;

/** From now on cursors are of another run, which gives out nothing up to `upTo`. */
export async function beginRun(
  tx: CentralTransaction,
  { after, upTo }: { after: string; upTo: string },
): Promise<void> {
  const run = randomInt(RUNS).toString(16).padStart(6, '0');
  await sql`insert into xid_gap (after, up_to, server_run) values (${after}::xid8, ${upTo}::xid8, ${run})`.execute(tx);
  await sql`update epoch set server_run = ${run}`.execute(tx);
}

/** Digits. */
export async function newestTransaction(db: CentralDb | CentralTransaction): Promise<string> {
  const { rows } = await sql<{ newest: string }>`
    select (pg_snapshot_xmax(pg_current_snapshot())::text::numeric - 1)::text as newest
  `.execute(db);
  return rows[0]?.newest ?? '0';
}
