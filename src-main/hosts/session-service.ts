/** Enrolment and sign-in, as the desk's API has them. Both need central; being signed in does not. */
import type { DeskServices, SessionState } from '../api/desk-services.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import type { DeskIdentitySource } from '../identity/desk-identity-source.ts';
import { writeEnrolment } from '../identity/enrolment-record.ts';
import { beginSession, endSession } from '../identity/sessions.ts';
import { makeKeyPair } from '../identity/signing-key.ts';
import type { Store } from '../store/store.ts';
import type { CentralTransport } from '../sync/central-transport.ts';
import type { CentralClock } from '../sync/clock.ts';
import type { Scheduler } from '../sync/scheduler.ts';
import { TIMER_MAX_MS } from './limits.ts';
import type { Exchange } from './exchange.ts';

export interface SessionServiceParts {
  store: Store;
  identity: DeskIdentitySource;
  clock: CentralClock;
  scheduler: Scheduler;
  centralUrls: readonly string[];
  transportTo: (urls: readonly string[]) => CentralTransport;
  exchange: () => Exchange | undefined;
  onEnrolled: () => void;
  onSignedIn: () => void;
  announce: () => void;
}

export function createSessionService(parts: SessionServiceParts): {
  service: DeskServices['session'];
  close: () => void;
} {
  const { store, identity, clock, scheduler, announce } = parts;
  let cancelExpiry = (): void => {};

  /** A screen that shows somebody must hear when that somebody's time is over. */
  const watchExpiry = (): void => {
    cancelExpiry();
    const session = identity.session();
    if (!session) return;
    const leftMs = Math.max(0, session.expiresAt - clock.now());
    cancelExpiry = scheduler.after(Math.min(leftMs, TIMER_MAX_MS), () => {
      announce();
      watchExpiry();
    });
  };
  watchExpiry();

  const service: DeskServices['session'] = {
    state: () => stateOf(parts),
    enrol: async ({ centralUrl, code, deviceName }) => {
      // The orders and the rows in this file belong to what it was enrolled as.
      if (identity.enrolment()) throw new AppError({ code: 'NOT_ALLOWED', retry: 'never' });
      const { publicKey, privateKey } = makeKeyPair();
      // One of those that this desk was started with stands for all of them: any is as good as another.
      const urls = parts.centralUrls.includes(centralUrl) ? parts.centralUrls : [centralUrl];
      const answer = await parts.transportTo(urls).enrol({ protocol: PROTOCOL_VERSION, code, deviceName, publicKey });
      store.transaction((tx) => writeEnrolment(store, tx, { ...answer, privateKey, centralUrls: [...urls] }));
      identity.enrolmentChanged();
      parts.onEnrolled();
      announce();
      return service.state();
    },
    signIn: async ({ userName, password }) => {
      const exchange = parts.exchange();
      if (!exchange) throw new AppError({ code: 'NOT_ENROLLED', retry: 'never' });
      const { publicKey, privateKey } = makeKeyPair();
      const { line } = exchange;
      const request = { protocol: PROTOCOL_VERSION, userName, password, publicKey };
      const signedIn = await line.transport.signIn(request, { token: line.token });
      store.transaction((tx) => beginSession(store, tx, { signedIn, privateKey }));
      parts.onSignedIn();
      watchExpiry();
      announce();
      return service.state();
    },
    signOut: () => {
      store.transaction((tx) => endSession(store, tx, clock.now()));
      watchExpiry();
      announce();
      return service.state();
    },
  };
  return { service, close: () => cancelExpiry() };
}

function stateOf({ identity, centralUrls }: SessionServiceParts): SessionState {
  const enrolment = identity.enrolment();
  const desk = identity.desk();
  const session = identity.session();
  return {
    enrolled: enrolment !== undefined,
    centralUrl: centralUrls[0] ?? enrolment?.centralUrls[0] ?? null,
    device: desk ? { deviceId: desk.deviceId, name: desk.deviceName, incarnationCode: desk.incarnationCode } : null,
    branch: desk?.branch ?? null,
    user: session
      ? {
          userId: session.userId,
          userName: session.userName,
          displayName: session.displayName,
          role: session.role,
          expiresAt: session.expiresAt,
        }
      : null,
    currency: desk?.currency ?? null,
  };
}
