/** Which desk is speaking: by its bearer token, looked up at every request, so that a revoked one is out at once. */
import { sql, type Selectable } from 'kysely';
import type { Branch } from '../../src-shared/domain/branch.ts';
import type { DeviceId } from '../../src-shared/domain/ids.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { type Scope } from '../../src-shared/protocol/scope.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import { branchOf } from '../db/rows.ts';
import type { BranchTable, CentralDb } from '../db/schema.ts';
import { writeTransaction } from '../db/write-transaction.ts';
import { bearerOf, secretHash } from './tokens.ts';

const HAS = sql`g.active`;

/**
 * A desk of protocol 1 knows of no grants: it can't fetch what lies behind its position, nor drop what it was sent. So
 * it has what it had from its first day on, its own branch and all months of its orders, until it is updated.
 */
const HAD_BY_1 = sql`(
  g.scope in ('catalogue', 'device:' || g.device_id, 'branch:' || device.branch_id)
  or starts_with(g.scope, 'orders:' || device.branch_id || ':')
)`;

export interface Device {
  deviceId: DeviceId;
  name: string;
  branch: Branch;
  /** What its token opens. */
  scopes: readonly Scope[];
}

/**
 * @param protocol which version the desk speaks; this build's when left out.
 * @throws AppError TOKEN_INVALID when there is no such device, or it was revoked.
 */
export async function deviceOfRequest(
  db: CentralDb,
  authorization: string | undefined,
  protocol = PROTOCOL_VERSION,
): Promise<Device> {
  const token = bearerOf(authorization);
  const row = token === undefined ? undefined : await deviceRow(db, secretHash(token), protocol);
  if (!row) throw new AppError({ code: 'TOKEN_INVALID', retry: 'never' });
  const deviceId = row.device_id as DeviceId;
  const branch = branchOf(row);
  return {
    deviceId,
    name: row.device_name,
    branch,
    scopes: row.scopes,
  };
}

interface DeviceRow extends Selectable<BranchTable> {
  device_id: string;
  device_name: string;
  scopes: Scope[];
}

async function deviceRow(db: CentralDb, tokenHash: Buffer, protocol: number): Promise<DeviceRow | undefined> {
  const { rows } = await sql<DeviceRow>`
    select branch.*, device.device_id, device.name as device_name, array(
      select scope from scope_grant g where g.device_id = device.device_id and ${protocol < 2 ? HAD_BY_1 : HAS}
    ) as scopes
    from device join branch using (branch_id)
    where device.token_hash = ${tokenHash} and device.revoked_at is null
  `.execute(db);
  return rows[0];
}

export async function noteSeen(db: CentralDb, deviceId: DeviceId): Promise<void> {
  await db.updateTable('device').set({ last_seen_at: new Date() }).where('device_id', '=', deviceId).execute();
}

/** @returns false when there is no such device, or it had been revoked before. */
export async function revokeDevice(db: CentralDb, deviceId: string): Promise<boolean> {
  const result = await writeTransaction(db, [], (tx) =>
    tx
      .updateTable('device')
      .set({ revoked_at: new Date() })
      .where('device_id', '=', deviceId)
      .where('revoked_at', 'is', null)
      .executeTakeFirst(),
  );
  return result.numUpdatedRows > 0n;
}
