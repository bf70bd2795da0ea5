/** Central's API for people, and who may call what. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestCentral, type TestCentral } from '../support/central-fixture.ts';
import { peopleApi, type PeopleApi, signedInApi } from '../support/people-api.ts';
import { TestDesk } from '../support/test-desk.ts';
import { TEST_PASSWORD } from '../support/test-house.ts';

let central: TestCentral;

beforeAll(async () => {
  central = await startTestCentral();
});
afterAll(async () => {
  await central.stop();
});

const failing = (code: string): object => ({ data: { app: { code } } });

test('a person signs in with name and password, whatever the name’s case, and out again', async () => {
  const { token, user } = await peopleApi(central.url).auth.signIn.mutate({
    userName: 'CLERK',
    password: TEST_PASSWORD,
  });
  expect(user).toMatchObject({ userName: 'clerk', role: 'clerk', branchId: central.house.pudong.branchId });
  const api = peopleApi(central.url, { token });
  expect(await api.auth.me.query()).toEqual(user);
  await api.auth.signOut.mutate();
  await expect(api.auth.me.query()).rejects.toMatchObject(failing('SIGNED_OUT'));
});

test('a wrong password and an unknown name are told alike', async () => {
  for (const given of [
    { userName: 'clerk', password: 'wrong' },
    { userName: 'nobody', password: TEST_PASSWORD },
  ]) {
    await expect(peopleApi(central.url).auth.signIn.mutate(given)).rejects.toMatchObject(failing('WRONG_CREDENTIALS'));
  }
});

test('clerks make no enrolment codes, managers for their own branch, admins for any', async () => {
  const [clerk, manager, admin] = await Promise.all([
    signedInApi(central.url, 'clerk'),
    signedInApi(central.url, 'manager'),
    signedInApi(central.url, 'admin'),
  ]);
  await expect(clerk.enrolment.createCode.mutate({ branchCode: 'PD' })).rejects.toMatchObject(failing('NOT_ALLOWED'));
  await expect(manager.enrolment.createCode.mutate({ branchCode: 'NB' })).rejects.toMatchObject(failing('NOT_ALLOWED'));
  expect((await manager.enrolment.createCode.mutate({ branchCode: 'pd' })).code).toMatch(/^[A-Z2-9]{5}-[A-Z2-9]{5}$/);
  expect((await admin.enrolment.createCode.mutate({ branchCode: 'NB' })).code).toBeTruthy();
  await expect(admin.enrolment.createCode.mutate({ branchCode: 'XX' })).rejects.toMatchObject(failing('NOT_FOUND'));
  await expect(peopleApi(central.url).enrolment.createCode.mutate({ branchCode: 'PD' })).rejects.toMatchObject(
    failing('SIGNED_OUT'),
  );
});

test('admins make branches and users; a new branch reaches the desks; names are taken once', async () => {
  const admin = await signedInApi(central.url, 'admin');
  const desk = await TestDesk.enrol(central, 'PD', 'clerk');
  await desk.pull();
  const made = await admin.branches.create.mutate({ code: 'HZ', name: '杭州店', timeZone: 'Asia/Shanghai' });
  expect(await desk.pull()).toMatchObject([{ kind: 'branch', key: made.branchId, row: { code: 'HZ' } }]);
  await expect(
    admin.branches.create.mutate({ code: 'HZ', name: 'again', timeZone: 'Asia/Shanghai' }),
  ).rejects.toMatchObject({ data: { app: { code: 'MALFORMED', fields: [{ path: 'code' }] } } });
  await expect(admin.branches.create.mutate({ code: 'SZ', name: 'x', timeZone: 'Nowhere/Land' })).rejects.toMatchObject(
    failing('MALFORMED'),
  );
  const user = {
    userName: 'wang',
    displayName: '王芳',
    role: 'clerk',
    branchCode: 'HZ',
    password: 'long-enough',
  } as const;
  await admin.users.create.mutate(user);
  await expect(admin.users.create.mutate({ ...user, userName: 'WANG' })).rejects.toMatchObject(failing('MALFORMED'));
  expect(
    (await peopleApi(central.url).auth.signIn.mutate({ userName: 'wang', password: 'long-enough' })).user.branchId,
  ).toBe(made.branchId);
  expect((await admin.users.list.query()).map(({ userName }) => userName)).toContain('wang');
  const clerk = await signedInApi(central.url, 'clerk');
  await expect(clerk.users.list.query()).rejects.toMatchObject(failing('NOT_ALLOWED'));
});

test('a person of another branch can not sign in on a desk, an admin can', async () => {
  await expect(TestDesk.enrol(central, 'PD', 'clerk-nb')).rejects.toThrow('NOT_ALLOWED');
  const desk = await TestDesk.enrol(central, 'NB', 'admin');
  expect(
    (await desk.pushOne(desk.place([{ product: 'P1', quantity: 1_000 }], { customer: 'C3' }).pushed)).outcome,
  ).toBe('applied');
});

test('orders are listed to those whose branch they are of', async () => {
  const desk = await TestDesk.enrol(central, 'PD', 'clerk');
  const { content, pushed } = desk.place([{ product: 'P1', quantity: 1_000 }]);
  await desk.pushOne(pushed);
  const [clerk, foreign, admin] = await Promise.all([
    signedInApi(central.url, 'clerk'),
    signedInApi(central.url, 'clerk-nb'),
    signedInApi(central.url, 'admin'),
  ]);
  const find = async (api: PeopleApi): Promise<number> =>
    (await api.orders.list.query({ number: content.number })).length;
  expect([await find(clerk), await find(foreign), await find(admin)]).toEqual([1, 0, 1]);
});

test('figures count what happened', async () => {
  const text = await (await fetch(`${central.url}/metrics`)).text();
  expect(text).toMatch(/^orderdesk_mutations_total\{outcome="applied"\} [1-9]\d*$/m);
  expect(text).toMatch(/^orderdesk_pushes_total [1-9]\d*$/m);
  expect(text).toMatch(/^# TYPE orderdesk_feed_lag_transactions gauge$/m);
});

test('an unknown path and a body that is not JSON are answered with an error of ours', async () => {
  expect(await (await fetch(`${central.url}/nowhere`)).json()).toMatchObject({ error: { code: 'NOT_FOUND' } });
  const headers = { 'content-type': 'application/json' };
  const broken = await fetch(`${central.url}/sync/enrol`, { method: 'POST', headers, body: '{' });
  expect(broken.status).toBe(400);
  // No desk sends that: a line has cut it short.
  expect(await broken.json()).toMatchObject({ error: { code: 'CENTRAL_UNREACHABLE', reason: 'garbled' } });
});
