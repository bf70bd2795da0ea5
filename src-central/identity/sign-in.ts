/** How a person signs in: on a desk (a key that will sign), or on central's own API (a token). */
import { randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { BranchId, SessionId, UserId } from '../../src-shared/domain/ids.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { sessionText } from '../../src-shared/protocol/proof.ts';
import type { Role } from '../../src-shared/domain/role.ts';
import type { SignInRequest, SignInResponse } from '../../src-shared/protocol/enrol.ts';
import { actingFor } from '../db/acting.ts';
import type { AppUserTable, CentralDb } from '../db/schema.ts';
import { writeTransaction } from '../db/write-transaction.ts';
import { API_SESSION_MS, DESK_SESSION_MS } from '../limits.ts';
import type { Device } from './device.ts';
import { assertEd25519 } from './enrol.ts';
import { hashPassword, passwordMatches } from './passwords.ts';
import type { ReceiptKey } from './receipt-key.ts';
import { bearerOf, newToken, secretHash } from './tokens.ts';

/** A person, as central's own API knows one. */
export interface User {
  userId: UserId;
  userName: string;
  displayName: string;
  role: Role;
  /** null for admins, who belong to all branches. */
  branchId: BranchId | null;
}

/** @throws AppError WRONG_CREDENTIALS; NOT_ALLOWED for a person of another branch. */
export async function signInOnDesk(
  { db, key }: { db: CentralDb; key: ReceiptKey },
  device: Device,
  request: SignInRequest,
): Promise<SignInResponse> {
  assertEd25519(request.publicKey);
  const user = userOf(await checkPassword(db, request.userName, request.password));
  if (!mayActFor(user, device.branch.branchId)) throw new AppError({ code: 'NOT_ALLOWED', retry: 'never' });
  const now = Date.now();
  const sessionId = randomUUID();
  const expiresAt = now + DESK_SESSION_MS;
  const { userId, userName } = user;
  const { deviceId } = device;
  await actingFor({ via: 'desk', userId, userName, deviceId }, () =>
    writeTransaction(db, [], (tx) =>
      tx
        .insertInto('user_session')
        .values({
          session_id: sessionId,
          user_id: userId,
          device_id: deviceId,
          public_key: request.publicKey,
          expires_at: new Date(expiresAt),
        })
        .execute(),
    ),
  );
  const text = sessionText({ sessionId, userId, publicKey: request.publicKey, expiresAt }, deviceId);
  return { ...user, sessionId: sessionId as SessionId, expiresAt, now, certificate: await key.sign(text) };
}

/** @throws AppError WRONG_CREDENTIALS. */
export async function signInOnApi(
  db: CentralDb,
  of: { userName: string; password: string },
): Promise<{ token: string; user: User }> {
  const user = userOf(await checkPassword(db, of.userName, of.password));
  const token = newToken();
  const { userId, userName } = user;
  const session = {
    token_hash: secretHash(token),
    user_id: userId,
    expires_at: new Date(Date.now() + API_SESSION_MS),
  };
  await actingFor({ via: 'people', userId, userName, deviceId: null }, () =>
    writeTransaction(db, [], (tx) => tx.insertInto('api_session').values(session).execute()),
  );
  return { token, user };
}

/** `undefined` without a token, or with one that is unknown or has expired, or whose user was deactivated. */
export async function userOfRequest(db: CentralDb, authorization: string | undefined): Promise<User | undefined> {
  const token = bearerOf(authorization);
  if (token === undefined) return undefined;
  const row = await db
    .selectFrom('api_session')
    .innerJoin('app_user', 'app_user.user_id', 'api_session.user_id')
    .where('token_hash', '=', secretHash(token))
    .where('expires_at', '>', new Date())
    .where('active', '=', true)
    .selectAll('app_user')
    .executeTakeFirst();
  return row && userOf(row);
}

/** Clerks and managers act for their own branch, admins for any. */
export function mayActFor(user: Pick<User, 'role' | 'branchId'>, branchId: string): boolean {
  return user.role === 'admin' || user.branchId === branchId;
}

let nobodysPassword: Promise<string> | undefined;

async function checkPassword(db: CentralDb, userName: string, password: string): Promise<Selectable<AppUserTable>> {
  const found = await db
    .selectFrom('app_user')
    .where((where) => where(where.fn<string>('lower', ['user_name']), '=', userName.trim().toLowerCase()))
    .where('active', '=', true)
    .selectAll()
    .executeTakeFirst();
  // An unknown name costs as much time as a wrong password, so that names can't be found by the clock.
  nobodysPassword ??= hashPassword(newToken());
  const matches = await passwordMatches(password, found?.password_hash ?? (await nobodysPassword));
  if (!found || !matches) throw new AppError({ code: 'WRONG_CREDENTIALS', retry: 'never' });
  return found;
}

export function userOf(row: Selectable<AppUserTable>): User {
  return {
    userId: row.user_id as UserId,
    userName: row.user_name,
    displayName: row.display_name,
    role: row.role,
    branchId: row.branch_id as BranchId | null,
  };
}
