/**
 * Who made a mutation: the session whose key signed it, on this very device. What the body claims of people counts for
 * nothing. Signatures are checked in the thread pool, while the database works on the batch before.
 */
import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import type { BranchId, UserId } from '../../src-shared/domain/ids.ts';
import type { Role } from '../../src-shared/domain/role.ts';
import type { PushOutcome } from '../../src-shared/protocol/receipt.ts';
import type { CentralDb } from '../db/schema.ts';
import type { Device } from '../identity/device.ts';
import { SESSION_KEY_CACHE } from '../limits.ts';
import type { ReadMutation } from './read-pushed.ts';

const verifySignature = promisify<null, NodeJS.ArrayBufferView, KeyObject, NodeJS.ArrayBufferView, boolean>(verify);

/** Who signed, and whether that still counts: judged when the mutation is, for it makes a refusal, not an alarm. */
export interface Signed {
  userId: UserId;
  displayName: string;
  role: Role;
  userBranchId: BranchId | null;
  /** Why the sign-in no longer counts; `expired`: work after its end, by the desk's clock, which is a hint. */
  invalid: 'deactivated' | 'revoked' | 'expired' | null;
  /** Of the desk file that gave the order its number. */
  incarnationCode: string;
  /** Of all files that this device has had: an earlier one may have given it. */
  deviceCodes?: ReadonlySet<string>;
  /** True of a person who acts at central itself. */
  atOffice: boolean;
}

export type Authentication = { ok: true; signed: Signed } | { ok: false; outcome: PushOutcome };

interface SessionRow {
  session_id: string;
  public_key: string;
  expires_at: Date;
  revoked_at: Date | null;
  user_id: string;
  display_name: string;
  role: Role;
  branch_id: string | null;
  active: boolean;
}

/** One for each mutation, in their order. */
export async function authenticate(
  of: { db: CentralDb; device: Device; incarnations: ReadonlyMap<string, string> },
  mutations: readonly ReadMutation[],
): Promise<Authentication[]> {
  const sessions = await sessionsOf(
    of.db,
    of.device,
    mutations.map(({ body }) => body.sessionId),
  );
  const deviceCodes = new Set(of.incarnations.values());
  return Promise.all(
    mutations.map(async (mutation): Promise<Authentication> => {
      const { id, sessionId, incarnationId, madeAt } = mutation.body;
      const alarm = (reason: string): Authentication => ({
        ok: false,
        outcome: { id, outcome: 'unauthentic', reason },
      });
      const incarnationCode = of.incarnations.get(incarnationId);
      if (incarnationCode === undefined) return alarm('incarnation');
      const session = sessions.get(sessionId);
      if (!session) return alarm('session');
      if (!(await signatureHolds(mutation, session))) return alarm('signature');
      return {
        ok: true,
        signed: {
          userId: session.user_id as UserId,
          displayName: session.display_name,
          role: session.role,
          userBranchId: session.branch_id as BranchId | null,
          invalid: whyInvalid(session, madeAt),
          incarnationCode,
          deviceCodes,
          atOffice: false,
        },
      };
    }),
  );
}

function whyInvalid(session: SessionRow, madeAt: number): Signed['invalid'] {
  if (!session.active) return 'deactivated';
  if (session.revoked_at !== null) return 'revoked';
  return madeAt > session.expires_at.getTime() ? 'expired' : null;
}

async function sessionsOf(
  db: CentralDb,
  device: Device,
  sessionIds: readonly string[],
): Promise<Map<string, SessionRow>> {
  const rows = await db
    .selectFrom('user_session')
    .innerJoin('app_user', 'app_user.user_id', 'user_session.user_id')
    .where('session_id', '=', sql<string>`any(${[...new Set(sessionIds)]}::uuid[])`)
    .where('device_id', '=', device.deviceId)
    .select(['session_id', 'public_key', 'expires_at', 'revoked_at'])
    .select(['app_user.user_id', 'display_name', 'role', 'branch_id', 'active'])
    .execute();
  return new Map(rows.map((row) => [row.session_id, row]));
}

/** Codes by id, of every incarnation that this device's desk file has had: late mutations of an earlier one count. */
export async function incarnationCodes(db: CentralDb, device: Device): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('incarnation')
    .where('device_id', '=', device.deviceId)
    .select(['incarnation_id', 'code'])
    .execute();
  return new Map(rows.map((row) => [row.incarnation_id, row.code]));
}

const keys = new Map<string, KeyObject>();

async function signatureHolds({ pushed }: ReadMutation, session: SessionRow): Promise<boolean> {
  const signature = Buffer.from(pushed.signature, 'base64');
  return verifySignature(null, Buffer.from(pushed.body, 'utf8'), keyOf(session.public_key), signature);
}

/** Parsed keys by their own text, so that a cached one can never be another session's. */
function keyOf(publicKey: string): KeyObject {
  const known = keys.get(publicKey);
  if (known) return known;
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
  const oldest = keys.keys().next();
  if (keys.size >= SESSION_KEY_CACHE && !oldest.done) keys.delete(oldest.value);
  keys.set(publicKey, key);
  return key;
}
