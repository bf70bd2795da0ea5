/** Who this desk is and who sits at it, on a real file. */
import { createPublicKey, verify } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deskFixture, EPOCH, START_MS, type DeskFixture } from '../../test/support/desk-fixture.ts';
import { BRANCH, seededId } from '../../test/support/seeded-catalogue.ts';
import type { DeviceId, IncarnationId, SessionId, UserId } from '../../src-shared/domain/ids.ts';
import type { SignInResponse } from '../../src-shared/protocol/enrol.ts';
import { createOrderDesk } from '../orders/order-desk.ts';
import { applyPage } from '../replica/apply-page.ts';
import { createIdentitySource, type DeskIdentitySource } from './desk-identity-source.ts';
import { writeEnrolment, type EnrolmentRecord } from './enrolment-record.ts';
import { beginSession, endSession } from './sessions.ts';
import { makeKeyPair, type KeyPair } from './signing-key.ts';

const HOUR_MS = 3_600_000;

let fixture: DeskFixture;
let identity: DeskIdentitySource;
let now: number;

beforeEach(() => {
  fixture = deskFixture({ products: 3, customers: 2 });
  now = START_MS;
  identity = createIdentitySource(fixture.store, () => now);
});
afterEach(() => fixture.dispose());

function enrol(): void {
  const record: EnrolmentRecord = {
    epoch: EPOCH,
    deviceId: seededId(30, 0) as DeviceId,
    deviceName: 'Till 2',
    deviceToken: 'token',
    privateKey: makeKeyPair().privateKey,
    incarnationId: seededId(31, 0) as IncarnationId,
    incarnationCode: '9Z',
    branch: { ...BRANCH, name: 'as it was called at enrolment' },
    currency: 'CNY',
    centralUrls: ['http://central.example'],
  };
  fixture.store.transaction((tx) => writeEnrolment(fixture.store, tx, record));
  identity.enrolmentChanged();
}

function signIn(user: number): KeyPair {
  const keys = makeKeyPair();
  const signedIn: SignInResponse = {
    sessionId: seededId(32, user) as SessionId,
    userId: seededId(33, user) as UserId,
    userName: `user${user}`,
    displayName: `User ${user}`,
    role: 'clerk',
    branchId: BRANCH.branchId,
    expiresAt: now + 8 * HOUR_MS,
    now,
  };
  const { privateKey } = keys;
  fixture.store.transaction((tx) => beginSession(fixture.store, tx, { signedIn, privateKey }));
  return keys;
}

const signOut = (): void => fixture.store.transaction((tx) => endSession(fixture.store, tx, now));

function sessionsOnFile(): string[] {
  const rows = fixture.store.query<Record<string, never>, { session_id: string }>((db) =>
    db.selectFrom('session').select('session_id'),
  );
  return rows.all({}).map((row) => row.session_id);
}

describe('a desk', () => {
  test('is nobody until it is enrolled, and the same after a restart', () => {
    expect(identity.desk()).toBeUndefined();
    enrol();
    const before = identity.desk();
    expect(before).toMatchObject({ deviceName: 'Till 2', incarnationCode: '9Z', currency: 'CNY' });
    fixture.reopen();
    expect(createIdentitySource(fixture.store, () => now).desk()).toEqual(before);
  });

  test('has its branch as the feed last told it', () => {
    enrol();
    expect(identity.desk()?.branch.name).toBe(BRANCH.name);
    const row = { ...BRANCH, name: 'moved to the new mall' };
    applyPage(fixture.store, {
      epoch: EPOCH,
      now,
      changes: [{ scope: 'catalogue', kind: 'branch', op: 'put', key: BRANCH.branchId, rev: 99, row }],
      cursor: 'later',
      more: false,
    });
    expect(identity.desk()?.branch.name).toBe('moved to the new mall');
  });
});

describe('a person', () => {
  test('signs with the key whose public half central was told', () => {
    enrol();
    const { publicKey } = signIn(1);
    const { bodyHash, signature } = identity.signer()?.sign('{"名":"值"}') ?? { bodyHash: '', signature: '' };
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), type: 'spki', format: 'der' });
    expect(verify(undefined, Buffer.from('{"名":"值"}'), key, Buffer.from(signature, 'base64'))).toBe(true);
    expect(bodyHash).toMatch(/^[0-9a-f]{64}$/);
  });

  test('is there after a restart, and gone when the time is over by central’s clock', () => {
    enrol();
    signIn(1);
    fixture.reopen();
    const again = createIdentitySource(fixture.store, () => now);
    expect(again.signer()?.displayName).toBe('User 1');
    now += 8 * HOUR_MS;
    expect(again.signer()).toBeUndefined();
    expect(again.session()).toBeUndefined();
  });

  test('who signs in ends the session of the one before, and signs with an own key', () => {
    enrol();
    signIn(1);
    const first = identity.signer()?.sign('x').signature;
    now += 1;
    signIn(2);
    expect(identity.signer()?.displayName).toBe('User 2');
    expect(identity.signer()?.sign('x').signature).not.toBe(first);
    signOut();
    expect(identity.signer()).toBeUndefined();
  });

  test('who signs out leaves the key there while an unsettled order was signed with it, and no longer', () => {
    enrol();
    signIn(1);
    const { store, platform, catalogue } = fixture;
    const desk = createOrderDesk({ store, identity, platform, notify: () => {} });
    const [product] = catalogue.products;
    const [customer] = catalogue.customers;
    desk.orders.place(
      {
        orderId: fixture.newOrderId(),
        customerId: customer?.customerId ?? '',
        lines: [
          {
            productId: product?.productId ?? '',
            unit: product?.baseUnit ?? '',
            quantity: (product?.step ?? 0) / 1_000,
          },
        ],
        note: '',
      },
      'en',
    );
    signOut();
    expect(sessionsOnFile()).toHaveLength(1);
    now += 1;
    signIn(2);
    signOut();
    expect(sessionsOnFile()).toEqual([seededId(32, 1)]);
    const settle = store.command<Record<string, never>, never>((db) => db.deleteFrom('outbox'));
    store.transaction((tx) => settle.run(tx, {}));
    signOut();
    expect(sessionsOnFile()).toEqual([]);
  });
});
