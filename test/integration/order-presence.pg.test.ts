// Goal: who has an order open to change it is told to the others of the branch while it is so, in the name of who is signed
// in there, and to nobody else. Method: desks' requests over HTTP to a real central on a real PostgreSQL.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { OrderPresenceResponse } from '../../src-shared/protocol/order-presence.ts';
import { PRESENCE_HOLDS_MS } from '../../src-shared/protocol/limits.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import { forgetPresence } from '../../src-central/orders/order-presence.ts';
import { startTestCentral, type TestCentral } from '../support/central-fixture.ts';
import { signedInApi } from '../support/people-api.ts';
import { TestDesk } from '../support/test-desk.ts';
import { newId } from '../support/test-house.ts';

let central: TestCentral;
let [clerk, manager, elsewhere] = [] as unknown as [TestDesk, TestDesk, TestDesk];
let orderId: string;

beforeAll(async () => {
  central = await startTestCentral();
  clerk = await TestDesk.enrol(central, 'PD', 'clerk');
  manager = await TestDesk.enrol(central, 'PD', 'manager');
  elsewhere = await TestDesk.enrol(central, 'NB', 'clerk-nb');
});
beforeEach(() => {
  orderId = newId();
});
afterAll(() => central.stop());

async function ask(desk: TestDesk, editing: boolean, sessionId: string = desk.session.sessionId) {
  const answer = await fetch(`${central.url}/sync/order-presence`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${desk.identity.deviceToken}` },
    body: JSON.stringify({ protocol: PROTOCOL_VERSION, orderId, sessionId, editing }),
  });
  const { others, now } = (await answer.json()) as OrderPresenceResponse;
  return {
    names: others.map(({ userName, deviceName }) => `${userName} at ${deviceName}`),
    since: others[0]?.since,
    now,
  };
}

/** As if so much time had passed for what is there. */
async function aged(ms: number): Promise<void> {
  await sql`update order_presence set since = since - ${ms}, seen_at = seen_at - ${ms}`.execute(central.db);
}

test('each hears of the others and not of itself, from when on, until it is closed or no longer said', async () => {
  expect((await ask(clerk, true)).names).toEqual([]);
  const seen = await ask(manager, false);
  expect(seen.names).toEqual(['clerk at desk of clerk']);
  await aged(20_000);
  expect((await ask(clerk, true)).names).toEqual([]);
  // Said again in time: it has been open since then.
  expect((await ask(manager, true)).since).toBeLessThanOrEqual(seen.now - 19_000);
  expect((await ask(clerk, true)).names).toEqual(['manager at desk of manager']);
  await ask(clerk, false);
  expect((await ask(manager, true)).names).toEqual([]);
  await aged(PRESENCE_HOLDS_MS + 1);
  expect((await ask(clerk, false)).names).toEqual([]);
  const back = await ask(manager, true);
  expect((await ask(clerk, false)).since).toBeGreaterThanOrEqual(back.now);
});

test('nobody is named by another’s session, after being switched off, or to another branch', async () => {
  await ask(manager, true, clerk.session.sessionId);
  expect((await ask(clerk, false, newId())).names).toEqual([]);
  await ask(clerk, true);
  expect((await ask(elsewhere, false)).names).toEqual([]);
  await ask(elsewhere, true);
  expect((await ask(clerk, true)).names).toEqual([]);
  const admin = await signedInApi(central.url, 'admin');
  const users = await admin.users.list.query();
  const userId = users.find(({ userName }) => userName === 'manager')?.userId ?? '';
  await admin.users.setActive.mutate({ userId, active: false });
  await ask(manager, true);
  expect((await ask(clerk, true)).names).toEqual([]);
  await admin.users.setActive.mutate({ userId, active: true });
});

test('what nobody asks about any more is forgotten by central’s own job', async () => {
  await ask(clerk, true);
  await aged(PRESENCE_HOLDS_MS + 1);
  await forgetPresence(central.db, Date.now());
  const { rows } = await sql`select 1 from order_presence where order_id = ${orderId}`.execute(central.db);
  expect(rows).toEqual([]);
});
