/** How far the feed is folded and compacted, and by when which position was passed. */
import { sql } from 'kysely';
import type { CentralDb, CentralTransaction } from '../db/schema.ts';
import { readGate } from './gate.ts';

/** Transaction ids, digits. */
export interface FeedPositions {
  /** `scope_digest` holds the digests of this position. */
  foldedTo: string;
  /** A reader from before this position makes no true state of what it reads until it has reached it. */
  compactedTo: string;
  sweptTo: string;
  /** A reader from before this position may hold rows that it would never hear the end of. */
  horizon: string;
  removesSweptTo: string;
}

export interface FeedState extends FeedPositions {
  /**
   * How often the feed was written anew. Positions then begin at 0 again, so whoever writes down one that was worked out
   * before names this, too: that the position is the same says nothing.
   */
  rebuilt: number;
}

export async function readFeedState(db: CentralDb | CentralTransaction): Promise<FeedState> {
  const row = await db.selectFrom('feed_state').selectAll().executeTakeFirstOrThrow();
  return {
    foldedTo: row.folded_to,
    compactedTo: row.compacted_to,
    sweptTo: row.swept_to,
    horizon: row.horizon,
    removesSweptTo: row.removes_swept_to,
    rebuilt: row.rebuilt,
  };
}

/** Notes where the gate is now, and forgets what is older than `keepMs`. */
export async function noteFeedTime(db: CentralDb, keepMs: number): Promise<void> {
  const { horizon, now } = await readGate(db);
  await sql`
    insert into feed_time (xid, at) values (${horizon}::xid8, to_timestamp(${now}::double precision / 1000))
    on conflict do nothing
  `.execute(db);
  // The newest of those past their time stays: it is what the oldest age is read off.
  await sql`
    delete from feed_time where at < (
      select max(at) from feed_time where at < to_timestamp(${now - keepMs}::double precision / 1000))
  `.execute(db);
}

/** The newest position that the gate had passed so long ago; '0' where nothing is known from then. */
export async function positionBefore(db: CentralDb, ageMs: number): Promise<string> {
  const { rows } = await sql<{ xid: string }>`
    select xid::text as xid from feed_time
    where at <= clock_timestamp() - make_interval(secs => ${ageMs}::double precision / 1000)
    order by at desc, feed_time.xid desc limit 1
  `.execute(db);
  return rows[0]?.xid ?? '0';
}

export function earliest(...positions: readonly string[]): string {
  return positions.reduce((least, each) => (BigInt(each) < BigInt(least) ? each : least));
}

export function isBefore(a: string, b: string): boolean {
  return BigInt(a) < BigInt(b);
}
