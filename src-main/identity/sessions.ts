/**
 * People who signed in on this desk. One at a time; a sign-in ends the one before. A session's row stays, key and all,
 * while an unsettled mutation was signed in it.
 */
import { sql } from 'kysely';
import type { Role } from '../../src-shared/domain/role.ts';
import type { SignInResponse } from '../../src-shared/protocol/enrol.ts';
import type { SessionId, UserId } from '../../src-shared/domain/ids.ts';
import { MAX_CERTIFICATES } from '../../src-shared/protocol/limits.ts';
import type { SessionCertificate } from '../../src-shared/protocol/proof.ts';
import type { Signer } from './identity.ts';
import { bodySigner, publicKeyOf } from './signing-key.ts';
import { perStore, type Store, type StoreReader, type WriteTx } from '../store/store.ts';

export interface UserSession {
  sessionId: SessionId;
  userId: UserId;
  userName: string;
  displayName: string;
  role: Role;
  privateKey: string;
  /** Unix milliseconds by central's clock. */
  expiresAt: number;
}

const COLUMNS = [
  sql<SessionId>`session_id`.as('sessionId'),
  sql<UserId>`user_id`.as('userId'),
  'user_name as userName',
  'display_name as displayName',
  sql<Role>`role`.as('role'),
  'private_key as privateKey',
  'expires_at as expiresAt',
] as const;

const sessionById = perStore((store: StoreReader) =>
  store.query<{ sessionId: string }, UserSession>((db, p) =>
    db.selectFrom('session').select(COLUMNS).where('session_id', '=', p.sessionId),
  ),
);

const reading = perStore((store: StoreReader) =>
  store.query<Record<string, never>, UserSession>((db) =>
    db
      .selectFrom('session')
      .select(COLUMNS)
      .where('signed_out_at', 'is', null)
      .orderBy('signed_in_at', 'desc')
      .limit(1),
  ),
);

const certificates = perStore((store: StoreReader) =>
  store.query<{ limit: number }, SessionCertificate>(
    (_, p) => sql<SessionCertificate>`
      select session_id as sessionId, user_id as userId, public_key as publicKey, expires_at as expiresAt, certificate
      from session where certificate is not null and public_key is not null
      order by signed_in_at desc limit ${p.limit}`,
  ),
);

const writing = perStore((store: Store) => ({
  insert: store.command<NewSession, never>((db, p) =>
    db.insertInto('session').values({
      session_id: p.session_id,
      user_id: p.user_id,
      user_name: p.user_name,
      display_name: p.display_name,
      role: p.role,
      branch_id: p.branch_id,
      private_key: p.private_key,
      expires_at: p.expires_at,
      signed_in_at: p.signed_in_at,
      signed_out_at: null,
      public_key: p.public_key,
      certificate: p.certificate,
    }),
  ),
  end: store.command<{ at: number }, never>((db, p) =>
    db.updateTable('session').set({ signed_out_at: p.at }).where('signed_out_at', 'is', null),
  ),
  // A body names its session: only the outbox's own text says which keys still matter.
  forget: store.command<Record<string, never>, never>(
    () => sql<never>`
      update session set private_key = '' where signed_out_at is not null and private_key <> ''
        and not exists (select 1 from outbox where instr(outbox.body, session.session_id) > 0)`,
  ),
  // Of a sign-in whose mutations are settled and kept, the half that signs nothing stays as long as they.
  remove: store.command<Record<string, never>, never>(
    () => sql<never>`
      delete from session where signed_out_at is not null and private_key = '' and (certificate is null
        or not exists (select 1 from journal where journal.settled_at >= session.signed_in_at))`,
  ),
}));

interface NewSession extends Record<string, unknown> {
  session_id: string;
  user_id: string;
  user_name: string;
  display_name: string;
  role: string;
  branch_id: string | null;
  private_key: string;
  expires_at: number;
  signed_in_at: number;
  public_key: string;
  certificate: string | null;
}

/** The session that was begun last and not ended; it may have expired. */
export function lastSession(store: StoreReader): UserSession | undefined {
  return reading(store).get({});
}

export function beginSession(
  store: Store,
  tx: WriteTx,
  { signedIn, privateKey }: { signedIn: SignInResponse; privateKey: string },
): void {
  const { end, insert } = writing(store);
  end.run(tx, { at: signedIn.now });
  insert.run(tx, {
    session_id: signedIn.sessionId,
    user_id: signedIn.userId,
    user_name: signedIn.userName,
    display_name: signedIn.displayName,
    role: signedIn.role,
    branch_id: signedIn.branchId,
    private_key: privateKey,
    expires_at: signedIn.expiresAt,
    signed_in_at: signedIn.now,
    public_key: publicKeyOf(privateKey),
    certificate: signedIn.certificate ?? null,
  });
}

/** Somebody who signed in here before, while that sign-in still counts: to say again what that person has said. */
export function signerOfSession(store: StoreReader, sessionId: string, nowMs: number): Signer | undefined {
  const session = sessionById(store).get({ sessionId });
  if (!session || session.privateKey === '' || session.expiresAt <= nowMs) return undefined;
  const { userId, displayName, role, privateKey } = session;
  return { sessionId: session.sessionId, userId, displayName, role, sign: bodySigner(privateKey) };
}

/** `at`: Unix milliseconds by central's clock. */
export function endSession(store: Store, tx: WriteTx, at: number): void {
  writing(store).end.run(tx, { at });
  forgetEndedSessions(store, tx);
}

/** Removes ended sessions that no unsettled mutation was signed in. */
export function forgetEndedSessions(store: Store, tx: WriteTx): void {
  const { forget, remove } = writing(store);
  forget.run(tx, {});
  remove.run(tx, {});
}

/** The sign-ins that central can be shown again, youngest first. */
export function certificatesOf(store: StoreReader): SessionCertificate[] {
  return certificates(store).all({ limit: MAX_CERTIFICATES });
}
