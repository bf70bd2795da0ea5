/**
 * Which scopes each desk has: made from its branch, the branches it may look at besides, and how many months of orders
 * those keep. Told to the desk as rows of its own scope, so that it hears of it in the order of the feed.
 *
 * Every change of what it is made from, and every turn of a month, wants a reconciliation; central makes one at its
 * start and every hour besides.
 */
import { sql } from 'kysely';
import { deviceScope, type Scope } from '../../src-shared/protocol/scope.ts';
import { GRANTS_LOCK } from '../db/lock-keys.ts';
import type { CentralDb, CentralTransaction } from '../db/schema.ts';
import { writeTransaction } from '../db/write-transaction.ts';
import { GRANT_DEVICES_AT_A_TIME } from '../limits.ts';
import { putOf, recordChanges, type RecordedChange } from '../change-feed/record-changes.ts';

interface GrantRow {
  device_id: string;
  scope: Scope;
  active: boolean;
  rev: number;
}

/**
 * Sets the grants of all desks to what they should be.
 *
 * @param nowMs central's time, Unix milliseconds: which month it is, in each branch's time zone.
 * @returns the last transaction that changed any; undefined when all were right.
 */
export async function reconcileAllGrants(db: CentralDb, nowMs: number): Promise<string | undefined> {
  let last: string | undefined;
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const devices = await db
      .selectFrom('device')
      .select('device_id')
      .where('revoked_at', 'is', null)
      .where('device_id', '>', after)
      .orderBy('device_id')
      .limit(GRANT_DEVICES_AT_A_TIME)
      .execute();
    const ids = devices.map((device) => device.device_id);
    const [newest] = ids.slice(-1);
    if (newest === undefined) return last;
    after = newest;
    last = (await writeTransaction(db, [GRANTS_LOCK], (tx) => reconcileGrants(tx, ids, nowMs))) ?? last;
  }
}

/** The same for some desks, in a transaction that has changed what their grants are made from. */
export async function reconcileGrants(
  tx: CentralTransaction,
  deviceIds: readonly string[],
  nowMs: number,
): Promise<string | undefined> {
  const { rows } = await sql<GrantRow>`
    with seen as (
      select device_id, branch_id from device where device_id = any(${deviceIds}::uuid[])
      union
      select device_id, branch_id from device_branch where device_id = any(${deviceIds}::uuid[])
    ), wanted as (
      select device_id, 'catalogue' as scope from seen
      union
      select device_id, 'device:' || device_id from seen
      union
      select device_id, 'branch:' || branch_id from seen
      union
      select device_id, 'orders:' || branch_id || ':' || to_char(month, 'YYYY-MM')
      from seen join branch using (branch_id)
      cross join lateral (
        select date_trunc('month', to_timestamp(${nowMs}::double precision / 1000) at time zone time_zone) as this_month
      ) today
      -- The next month, too: an order may be dated a few days ahead.
      cross join lateral generate_series(
        this_month - make_interval(months => order_months - 1), this_month + interval '1 month', interval '1 month'
      ) month
    ), revoked as (
      update scope_grant g set active = false, rev = g.rev + 1
      where g.active and g.device_id = any(${deviceIds}::uuid[])
        and not exists (select from wanted w where w.device_id = g.device_id and w.scope = g.scope)
      returning g.*
    ), granted as (
      insert into scope_grant (device_id, scope, active, rev) select device_id, scope, true, 1 from wanted
      on conflict (device_id, scope) do update set active = true, rev = scope_grant.rev + 1
        where not scope_grant.active
      returning *
    )
    select * from revoked union all select * from granted
  `.execute(tx);
  return recordChanges(tx, rows.map(changeOf));
}

function changeOf({ device_id: deviceId, scope, active, rev }: GrantRow): RecordedChange {
  const own = deviceScope(deviceId);
  return active ? putOf(own, 'grant', { scope }, rev) : { scope: own, kind: 'grant', key: scope, rev, rowJson: null };
}
