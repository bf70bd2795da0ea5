/**
 * Alarms: faults that a person must hear of, found by central itself or reported by a desk. Kept until somebody has
 * acknowledged them; the same again is counted on the one that is open, so that a fault that repeats floods nobody.
 */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { CentralDb } from '../db/schema.ts';
import { writeTransaction } from '../db/write-transaction.ts';
import { ALARM_PAGE } from '../limits.ts';

export interface RaisedAlarm {
  alarmId?: string;
  /** Null: central itself. */
  deviceId: string | null;
  /** `divergence`, `digestBase`, `feedHeld`; of desks what protocol/report.ts lists. */
  what: string;
  /** What it is about; the same again, while the first is open, is counted on it. */
  subject: string;
  detail: Record<string, unknown>;
}

/** @returns false when it was reported before, or only counted. */
export async function raiseAlarm(db: CentralDb, alarm: RaisedAlarm): Promise<boolean> {
  const alarmId = alarm.alarmId ?? randomUUID();
  // An alarm that a desk reports again, its answer lost, is known by its id.
  const { rows } = await sql<{ is_new: boolean }>`
    insert into alarm (alarm_id, device_id, what, subject, detail)
    select ${alarmId}, ${alarm.deviceId}, ${alarm.what}, ${alarm.subject}, ${JSON.stringify(alarm.detail)}
    where not exists (select from alarm where alarm_id = ${alarmId})
    on conflict (coalesce(device_id, '00000000-0000-0000-0000-000000000000'), what, subject)
      where acknowledged_at is null
      do update set count = alarm.count + 1, last_at = now(), detail = excluded.detail
    returning alarm_id = ${alarmId} as is_new
  `.execute(db);
  return rows[0]?.is_new === true;
}

export interface ListedAlarm {
  alarmId: string;
  device: { deviceId: string; name: string; branchCode: string } | null;
  what: string;
  subject: string;
  detail: Record<string, unknown>;
  /** Unix milliseconds. */
  firstAt: number;
  lastAt: number;
  count: number;
  acknowledgedAt: number | null;
}

/** The newest first. `branchId`: those of this branch's desks alone; null for all, and central's own. */
export async function listAlarms(
  db: CentralDb,
  of: { branchId: string | null; open: boolean },
): Promise<ListedAlarm[]> {
  const rows = await db
    .selectFrom('alarm')
    .leftJoin('device', 'device.device_id', 'alarm.device_id')
    .leftJoin('branch', 'branch.branch_id', 'device.branch_id')
    .selectAll('alarm')
    .select(['device.name as device_name', 'branch.code as branch_code'])
    .$if(of.branchId !== null, (query) => query.where('device.branch_id', '=', of.branchId))
    .$if(of.open, (query) => query.where('alarm.acknowledged_at', 'is', null))
    .orderBy('alarm.last_at', 'desc')
    .limit(ALARM_PAGE)
    .execute();
  return rows.map((row) => ({
    alarmId: row.alarm_id,
    device:
      row.device_id === null
        ? null
        : { deviceId: row.device_id, name: row.device_name ?? '', branchCode: row.branch_code ?? '' },
    what: row.what,
    subject: row.subject,
    detail: row.detail,
    firstAt: row.first_at.getTime(),
    lastAt: row.last_at.getTime(),
    count: row.count,
    acknowledgedAt: row.acknowledged_at?.getTime() ?? null,
  }));
}

/** @returns false when there is no such open alarm among those that this person may see. */
export async function acknowledgeAlarm(
  db: CentralDb,
  of: { alarmId: string; userId: string; branchId: string | null },
): Promise<boolean> {
  const { numAffectedRows } = await writeTransaction(db, [], (tx) =>
    sql`
      update alarm set acknowledged_at = now(), acknowledged_by = ${of.userId}
      where alarm_id = ${of.alarmId} and acknowledged_at is null and (${of.branchId}::uuid is null or exists (
        select from device d where d.device_id = alarm.device_id and d.branch_id = ${of.branchId}::uuid))
    `.execute(tx),
  );
  return numAffectedRows === 1n;
}
