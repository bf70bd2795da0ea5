/**
 * Where each desk reads. Compaction waits for desks of protocol 1 by it: they can neither stage what they read nor
 * refill. And a desk that began to read from nothing may go on though the horizon is ahead of it: it holds no row that
 * was removed before it began.
 */
import { sql } from 'kysely';
import type { CentralDb, CentralTransaction } from '../db/schema.ts';
import { CURSOR_NOTED_EVERY_MS, UNSTAGED_WAIT_DAYS, V1_HORIZON_DAYS } from '../limits.ts';
import { unpinBehind } from './pins.ts';

export interface DeviceCursor {
  deviceId: string;
  protocol: number;
  /** The position, digits; '0' when it has nothing. */
  xid: string;
}

/** Writes positions down at most once a minute each: an older one than the true one is safe. */
export class CursorNotes {
  readonly #db: CentralDb;
  readonly #noted = new Map<string, { at: number; protocol: number }>();

  constructor(db: CentralDb) {
    this.#db = db;
  }

  async note(of: DeviceCursor): Promise<void> {
    const before = this.#noted.get(of.deviceId);
    const at = Date.now();
    const isFresh = before?.protocol === of.protocol && at - before.at < CURSOR_NOTED_EVERY_MS;
    // That a desk begins anew must be known before its first page is gone.
    if (isFresh && of.xid !== '0') return;
    await writeCursor(this.#db, of);
    // Here, because a write for each pull would be too many: a pin that was made at whatever node goes within a minute.
    // By itself, for a new epoch locks both tables in its own order.
    await unpinBehind(this.#db, of);
    this.#noted.set(of.deviceId, { at, protocol: of.protocol });
  }
}

async function writeCursor(db: CentralDb, { deviceId, protocol, xid }: DeviceCursor): Promise<void> {
  const began = xid === '0' ? sql`(select horizon from feed_state)` : sql`null`;
  const kept = xid === '0' ? sql`excluded.began_at_horizon` : sql`device_cursor.began_at_horizon`;
  await sql`
    insert into device_cursor (device_id, protocol, xid, began_at_horizon, noted_at)
    values (${deviceId}, ${protocol}, ${xid}::xid8, ${began}, clock_timestamp())
    on conflict (device_id) do update set protocol = excluded.protocol, xid = excluded.xid,
      began_at_horizon = ${kept}, noted_at = excluded.noted_at
  `.execute(db);
}

/** Whether it began to read from nothing when the horizon was where it is now. */
export async function beganSinceHorizon(db: CentralDb | CentralTransaction, deviceId: string): Promise<boolean> {
  const { rows } = await sql<{ since: boolean }>`
    select began_at_horizon = (select horizon from feed_state) as since from device_cursor where device_id = ${deviceId}
  `.execute(db);
  return rows[0]?.since === true;
}

const WAIT_DAYS = { 'stages nothing': UNSTAGED_WAIT_DAYS, 'can not refill': V1_HORIZON_DAYS };

/**
 * The oldest position among desks of protocol 1; '0' when there is one that has not been seen since positions are noted.
 * Nobody waits for ever: those not seen for the given days, and revoked ones, hold nothing up.
 */
export async function oldestCursor(db: CentralDb, why: keyof typeof WAIT_DAYS): Promise<string | undefined> {
  const { rows } = await sql<{ xid: string }>`
    select coalesce(c.xid, '0'::xid8)::text as xid
    from device d left join device_cursor c using (device_id)
    where d.revoked_at is null and d.kind = 'desk' and coalesce(c.protocol, 1) < 2
      and coalesce(c.noted_at, d.last_seen_at) > clock_timestamp() - make_interval(days => ${WAIT_DAYS[why]})
    order by coalesce(c.xid, '0'::xid8) limit 1
  `.execute(db);
  return rows[0]?.xid;
}
