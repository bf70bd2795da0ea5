/** How a desk becomes known: a code that a person was given, once, against an id, a token and an incarnation. */
import { createPublicKey, randomUUID } from 'node:crypto';
import type { DeviceId, IncarnationId } from '../../src-shared/domain/ids.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { EnrolRequest, EnrolResponse } from '../../src-shared/protocol/enrol.ts';
import { nameActor } from '../db/acting.ts';
import { branchOf } from '../db/rows.ts';
import type { CentralDb, CentralTransaction } from '../db/schema.ts';
import { writeTransaction } from '../db/write-transaction.ts';
import type { Epoch } from './epoch.ts';
import { newIncarnation } from './incarnations.ts';
import { enrolmentCodeHash, newEnrolmentCode, newToken, secretHash } from './tokens.ts';

/** Makes a code for one desk of a branch. Only its hash is kept. */
export async function createEnrolmentCode(
  db: CentralDb,
  of: { branchId: string; ttlMinutes: number },
): Promise<string> {
  const code = newEnrolmentCode();
  const expires = new Date(Date.now() + of.ttlMinutes * 60_000);
  const row = { code_hash: enrolmentCodeHash(code), branch_id: of.branchId, expires_at: expires, used_by: null };
  await writeTransaction(db, [], (tx) => tx.insertInto('enrolment_code').values(row).execute());
  return code;
}

export interface Enrolling {
  db: CentralDb;
  epoch: Epoch;
  /** Gives a device the scopes that it should have. @returns the transaction's id when that changed anything. */
  grantScopes: (tx: CentralTransaction, deviceId: string) => Promise<string | undefined>;
  /** Told the id of the transaction that gave them. */
  committed: (xid: string) => void;
}

/**
 * Uses a code. The same desk (by its public key) may use it again while it is valid and gets a new token, for the
 * answer may have been lost; nobody else may.
 *
 * @throws AppError CODE_INVALID when the code is wrong, used by another desk or expired.
 */
export async function enrolDevice(
  { db, epoch, grantScopes, committed }: Enrolling,
  request: EnrolRequest,
): Promise<EnrolResponse> {
  assertEd25519(request.publicKey);
  const { answer, xid } = await db.transaction().execute(async (tx) => {
    await nameActor(tx, { via: 'desk', userId: null, userName: '', deviceId: null });
    const code = await tx
      .selectFrom('enrolment_code')
      .innerJoin('branch', 'branch.branch_id', 'enrolment_code.branch_id')
      .where('code_hash', '=', enrolmentCodeHash(request.code))
      .where('expires_at', '>', new Date())
      .selectAll('branch')
      .select(['code_hash', 'used_by'])
      .forUpdate('enrolment_code')
      .executeTakeFirst();
    if (!code) throw new AppError({ code: 'CODE_INVALID', retry: 'never' });
    const token = newToken();
    const device = code.used_by
      ? await renewToken(tx, { deviceId: code.used_by, publicKey: request.publicKey, token })
      : await newDevice(tx, { request, branchId: code.branch_id, codeHash: code.code_hash, token });
    const enrolled: EnrolResponse = {
      epoch: epoch.epoch,
      deviceId: device.deviceId as DeviceId,
      deviceName: device.name,
      deviceToken: token,
      incarnationId: device.incarnationId as IncarnationId,
      incarnationCode: device.incarnationCode,
      branch: branchOf(code),
      currency: epoch.currency,
    };
    return { answer: enrolled, xid: await grantScopes(tx, device.deviceId) };
  });
  if (xid !== undefined) committed(xid);
  return answer;
}

interface MadeDevice {
  deviceId: string;
  name: string;
  incarnationId: string;
  incarnationCode: string;
}

async function newDevice(
  tx: CentralTransaction,
  of: { request: EnrolRequest; branchId: string; codeHash: Buffer; token: string },
): Promise<MadeDevice> {
  const deviceId = randomUUID();
  const { deviceName: name, publicKey } = of.request;
  await tx
    .insertInto('device')
    .values({
      device_id: deviceId,
      name,
      branch_id: of.branchId,
      public_key: publicKey,
      token_hash: secretHash(of.token),
    })
    .execute();
  const { incarnationId, incarnationCode } = await newIncarnation(tx, { deviceId });
  await tx.updateTable('enrolment_code').set({ used_by: deviceId }).where('code_hash', '=', of.codeHash).execute();
  return { deviceId, name, incarnationId, incarnationCode };
}

async function renewToken(
  tx: CentralTransaction,
  of: { deviceId: string; publicKey: string; token: string },
): Promise<MadeDevice> {
  const device = await tx
    .updateTable('device')
    .set({ token_hash: secretHash(of.token) })
    .where('device_id', '=', of.deviceId)
    .where('public_key', '=', of.publicKey)
    .where('revoked_at', 'is', null)
    .returning(['device_id', 'name'])
    .executeTakeFirst();
  if (!device) throw new AppError({ code: 'CODE_INVALID', retry: 'never' });
  const incarnation = await tx
    .selectFrom('incarnation')
    .where('device_id', '=', device.device_id)
    .orderBy('created_at', 'desc')
    .selectAll()
    .executeTakeFirstOrThrow();
  return {
    deviceId: device.device_id,
    name: device.name,
    incarnationId: incarnation.incarnation_id,
    incarnationCode: incarnation.code,
  };
}

/** @throws AppError MALFORMED: a key that can't verify would quarantine everything it signs. */
export function assertEd25519(publicKey: string): void {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
    if (key.asymmetricKeyType === 'ed25519') return;
  } catch {
    // Reported below, with the path.
  }
  const fields = [{ path: 'publicKey', reason: 'not an Ed25519 public key (base64 of its SPKI DER)' }];
  throw new AppError({ code: 'MALFORMED', retry: 'never', fields });
}
