/**
 * Pins: positions of the feed that somebody is about to read from, and that compaction must not pass meanwhile. A fill
 * pins the position at which its desk will go on pulling, and touches the pin with each of its requests. It is
 * let go when the desk is seen to read from further on, and holds nothing up once nobody has touched it for
 * PIN_EXPIRY_MS.
 */
import { sql } from 'kysely';
import type { CentralDb, CentralTransaction } from '../db/schema.ts';
import { PIN_EXPIRY_MS } from '../limits.ts';

export interface Pin {
  deviceId: string;
  /** The position, digits. */
  xid: string;
}

/** Sets the pin, or touches it. */
export async function pinFeed(db: CentralDb | CentralTransaction, { deviceId, xid }: Pin): Promise<void> {
  await sql`
    insert into feed_pin (device_id, xid, touched_at) values (${deviceId}, ${xid}::xid8, clock_timestamp())
    on conflict (device_id, xid) do update set touched_at = clock_timestamp()
  `.execute(db);
}

/** The device reads from this position now: what it has pinned before is read from no more. */
export async function unpinBehind(db: CentralDb | CentralTransaction, { deviceId, xid }: Pin): Promise<void> {
  await sql`delete from feed_pin where device_id = ${deviceId} and xid < ${xid}::xid8`.execute(db);
}

/** The oldest live pin; undefined without any. Forgets those that have expired. */
export async function oldestPin(db: CentralDb, expiryMs = PIN_EXPIRY_MS): Promise<string | undefined> {
  const expired = sql`touched_at < clock_timestamp() - make_interval(secs => ${expiryMs / 1_000}::double precision)`;
  await sql`delete from feed_pin where ${expired}`.execute(db);
  const { rows } = await sql<{
    xid: string;
  }>`select xid::text as xid from feed_pin order by feed_pin.xid limit 1`.execute(db);
  return rows[0]?.xid;
}
