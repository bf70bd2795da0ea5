/**
 * The gate: what a reader of the feed may see. A change is behind it when every transaction with a smaller id has ended,
 * so that nothing can still appear before what was read. Without it, a writer that began early and commits late would be
 * skipped for ever.
 */
import { sql } from 'kysely';
import type { CentralDb, CentralTransaction } from '../db/schema.ts';
import type { Scope } from '../../src-shared/protocol/scope.ts';

export interface Gate {
  /** The last transaction id that is behind the gate, digits: all with this or a smaller one have ended. */
  horizon: string;
  /** The newest transaction id that the snapshot knows of: no honest cursor is past it. */
  newest: string;
  /** The run of PostgreSQL; what is given out goes with it (cursor.ts). */
  run: string | null;
  /** Unix milliseconds by the database's clock. */
  now: number;
}

/** A `Gate`, of `pg_current_snapshot() s`. */
export const GATE_COLUMNS = sql`
    (pg_snapshot_xmin(s)::text::numeric - 1)::text as horizon,
    (pg_snapshot_xmax(s)::text::numeric - 1)::text as newest,
    (select server_run from epoch) as run,
    (extract(epoch from clock_timestamp()) * 1000)::bigint as now`;

/** The gate of the transaction's own snapshot, when it is REPEATABLE READ. */
export async function readGate(db: CentralDb | CentralTransaction): Promise<Gate> {
  const { rows } = await sql<Gate>`select ${GATE_COLUMNS} from pg_current_snapshot() s`.execute(db);
  const [gate] = rows;
  if (!gate) throw new Error('the database has no snapshot');
  return gate;
}

/** The gate, and the scopes of what is behind it since `after`: what it has passed is in the very same snapshot. */
export async function readNews(db: CentralDb, after: string | undefined): Promise<Gate & { scopes: Scope[] }> {
  if (after === undefined) return { ...(await readGate(db)), scopes: [] };
  const { rows } = await sql<Gate & { scopes: Scope[] }>`
    select gate.*, array(
      select distinct scope from change where xid > ${after}::xid8 and xid <= gate.horizon::xid8
    ) as scopes
    from (select ${GATE_COLUMNS} from pg_current_snapshot() s) gate
  `.execute(db);
  const [news] = rows;
  if (!news) throw new Error('the database has no snapshot');
  return news;
}

/** Runs `work` on one snapshot, which nothing that happens meanwhile can change. */
export async function readSnapshot<T>(db: CentralDb, work: (tx: CentralTransaction) => Promise<T>): Promise<T> {
  return db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(work);
}
