/**
 * The device that a branch's mutations have when people make them at central: receipts name one. No token opens it, its
 * key verifies nothing, and it is in no list of desks.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Branch } from '../../src-shared/domain/branch.ts';
import type { DeviceId, IncarnationId } from '../../src-shared/domain/ids.ts';
import { incarnationCodeOf } from '../../src-shared/domain/order-number.ts';
import type { CentralTransaction } from '../db/schema.ts';
import type { Device } from '../identity/device.ts';

export interface OfficeDevice {
  device: Device;
  incarnationId: IncarnationId;
}

/** Made at the first use. To be called by a writer of the branch's warehouse: its lock keeps a second one out. */
export async function officeDevice(tx: CentralTransaction, branch: Branch): Promise<OfficeDevice> {
  const known = await tx
    .selectFrom('device')
    .innerJoin('incarnation', 'incarnation.device_id', 'device.device_id')
    .where('branch_id', '=', branch.branchId)
    .where('kind', '=', 'office')
    .select(['device.device_id', 'incarnation_id'])
    .executeTakeFirst();
  const made = known ?? (await make(tx, branch));
  return {
    device: { deviceId: made.device_id as DeviceId, name: '', branch, scopes: [] },
    incarnationId: made.incarnation_id as IncarnationId,
  };
}

async function make(tx: CentralTransaction, branch: Branch): Promise<{ device_id: string; incarnation_id: string }> {
  const ids = { device_id: randomUUID(), incarnation_id: randomUUID() };
  await tx
    .insertInto('device')
    .values({
      device_id: ids.device_id,
      name: `office ${branch.code}`,
      branch_id: branch.branchId,
      public_key: '',
      // Of no token: nothing hashes to random bytes that nobody knows the source of.
      token_hash: randomBytes(32),
      kind: 'office',
    })
    .execute();
  const { next_incarnation: next } = await tx
    .updateTable('epoch')
    .set({ next_incarnation: sql<number>`next_incarnation + 1` })
    .returning('next_incarnation')
    .executeTakeFirstOrThrow();
  await tx
    .insertInto('incarnation')
    .values({ ...ids, code: incarnationCodeOf(next - 1) })
    .execute();
  return ids;
}
