import type { SessionState } from '../../../src-main/api/desk-services.ts';

/** Who is at which desk, once somebody is. */
export interface SignedIn {
  session: SessionState;
  user: NonNullable<SessionState['user']>;
}
