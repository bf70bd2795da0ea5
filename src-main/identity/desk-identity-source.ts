/** Answers who this desk is and who sits at it, from its file, as of now. */
import type { Store } from '../store/store.ts';
import { identityOf, readEnrolment, type EnrolmentRecord } from './enrolment-record.ts';
import type { IdentitySource, Signer } from './identity.ts';
import { lastSession, type UserSession } from './sessions.ts';
import { bodySigner } from './signing-key.ts';

export interface DeskIdentitySource extends IdentitySource {
  enrolment(): EnrolmentRecord | undefined;
  /** The signed-in person's session; `undefined` once it has expired by central's clock. */
  session(): UserSession | undefined;
  /** To be called when the enrolment was written. */
  enrolmentChanged(): void;
}

/** `centralNow`: central's time in Unix milliseconds, as well as it is known here. */
export function createIdentitySource(store: Store, centralNow: () => number): DeskIdentitySource {
  let enrolment = readEnrolment(store);
  let signing: { sessionId: string; sign: Signer['sign'] } | undefined;

  const session = (): UserSession | undefined => {
    const last = lastSession(store);
    return last && last.expiresAt > centralNow() ? last : undefined;
  };
  return {
    enrolment: () => enrolment,
    enrolmentChanged: () => {
      enrolment = readEnrolment(store);
    },
    session,
    desk: () => enrolment && identityOf(store, enrolment),
    signer: () => {
      const current = session();
      if (!current) return undefined;
      const { sessionId, userId, displayName, role, privateKey } = current;
      // Reading a key costs as much as signing with it.
      if (signing?.sessionId !== sessionId) signing = { sessionId, sign: bodySigner(privateKey) };
      return { sessionId, userId, displayName, role, sign: signing.sign };
    },
  };
}
