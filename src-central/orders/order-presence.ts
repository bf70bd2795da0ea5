/** Who has an order open to change it: kept by each saying so again, forgotten by itself. */
import { sql } from 'kysely';
import type { OrderEditor } from '../../src-shared/protocol/order-presence.ts';
import { PRESENCE_HOLDS_MS } from '../../src-shared/protocol/limits.ts';
import type { CentralDb } from '../db/schema.ts';

export interface Presence {
  orderId: string;
  /** A session that is none of this desk's is not written down. */
  sessionId: string;
  deviceId: string;
  branchId: string;
  editing: boolean;
  nowMs: number;
}

/** Writes down that this session has it open, or has it no more. @returns the others of the branch. */
export async function notePresence(db: CentralDb, of: Presence): Promise<OrderEditor[]> {
  const { orderId, sessionId, deviceId, branchId, editing, nowMs } = of;
  const held = nowMs - PRESENCE_HOLDS_MS;
  const { rows } = await sql<OrderEditor>`
    with gone as (
      delete from order_presence
      where order_id = ${orderId} and (seen_at < ${held} or (session_id = ${sessionId} and not ${editing}::boolean))
    ), here as (
      insert into order_presence (order_id, session_id, device_id, user_name, since, seen_at)
      select ${orderId}, s.session_id, s.device_id, u.display_name, ${nowMs}::bigint, ${nowMs}::bigint
      from user_session s join app_user u on u.user_id = s.user_id
      where ${editing}::boolean and s.session_id = ${sessionId} and s.device_id = ${deviceId}
        and s.revoked_at is null and u.active
      on conflict (order_id, session_id) do update set
        seen_at = excluded.seen_at,
        since = case when order_presence.seen_at < ${held} then excluded.since else order_presence.since end
    )
    select p.user_name as "userName", d.name as "deviceName", p.since
    from order_presence p join device d on d.device_id = p.device_id
    where p.order_id = ${orderId} and p.session_id <> ${sessionId} and p.seen_at >= ${held}
      and d.branch_id = ${branchId} and d.revoked_at is null
    order by p.since, p.session_id
  `.execute(db);
  return rows;
}

/** Of orders that nobody has asked about since. */
export async function forgetPresence(db: CentralDb, nowMs: number): Promise<void> {
  await db
    .deleteFrom('order_presence')
    .where('seen_at', '<', nowMs - PRESENCE_HOLDS_MS)
    .execute();
}
