/**
 * What a sign-in leaves on the desk so that central can learn it again: after central was set back, mutations that were
 * signed in a session it has forgotten would have no author.
 */
import { sessionText, type SessionCertificate } from '../../src-shared/protocol/proof.ts';
import type { CentralTransaction } from '../db/schema.ts';
import type { ReceiptKey } from './receipt-key.ts';

/** Writes down the sessions that central does not have, of people it has. What it has stays as it is. */
export async function learnSessions(
  tx: CentralTransaction,
  of: { key: ReceiptKey; deviceId: string; sessions: readonly SessionCertificate[] },
): Promise<void> {
  if (of.sessions.length === 0) return;
  const known = await tx
    .selectFrom('user_session')
    .select('session_id')
    .where(
      'session_id',
      'in',
      of.sessions.map((session) => session.sessionId),
    )
    .execute();
  const knownIds = new Set(known.map((row) => row.session_id));
  for (const session of of.sessions) {
    if (knownIds.has(session.sessionId)) continue;
    if (!(await of.key.verify(sessionText(session, of.deviceId), session.certificate))) continue;
    await tx
      .insertInto('user_session')
      .columns(['session_id', 'user_id', 'device_id', 'public_key', 'expires_at'])
      .expression((select) =>
        select
          .selectFrom('app_user')
          .where('user_id', '=', session.userId)
          .select((each) => [
            each.val(session.sessionId).as('session_id'),
            'user_id',
            each.val(of.deviceId).as('device_id'),
            each.val(session.publicKey).as('public_key'),
            each.val(new Date(session.expiresAt)).as('expires_at'),
          ]),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}
