// Goal: of every number that a desk has given somebody can say what has become of it. Method: a desk's pushes over HTTP in
// any order, with some left out, at a real PostgreSQL.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestCentral, type TestCentral } from '../support/central-fixture.ts';
import { type PeopleApi, signedInApi } from '../support/people-api.ts';
import { known, TestDesk, type Signed } from '../support/test-desk.ts';

let central: TestCentral;
let desk: TestDesk;
let manager: PeopleApi;

beforeAll(async () => {
  central = await startTestCentral();
  desk = await TestDesk.enrol(central, 'PD', 'clerk');
  manager = await signedInApi(central.url, 'manager');
});
afterAll(() => central.stop());

const given = (quantity = 1_000): Signed => desk.place([{ product: 'P1', quantity }]);
const account = () => manager.numbers.account.query({ branchCode: 'pd' });

test('each number is an order’s, is refused, is on its way, or was left behind with its file', async () => {
  const [first, second, third, fourth, fifth, sixth, seventh] = Array.from({ length: 7 }, (_, at) =>
    given(at === 4 ? 900_000_000_000 : 1_000),
  ).map(known);
  const placed = [first, second, fifth, seventh].map(known);
  await desk.push(...placed.map(({ pushed }) => pushed));
  const numberOf = (of: Signed | undefined): string => known(of).content.number;
  const { incarnationCode, deviceName } = desk.identity;
  const [series] = (await account()).series;
  expect(series).toMatchObject({ incarnationCode, deviceName, goesOn: true, highest: numberOf(seventh), orders: 3 });
  expect(series?.lastSeen).toBeGreaterThan(Date.now() - 60_000);
  expect(series?.gaps).toEqual([
    { from: numberOf(third), to: numberOf(fourth), count: 2, why: 'notHere' },
    { from: numberOf(fifth), to: numberOf(fifth), count: 1, why: 'refused' },
    { from: numberOf(sixth), to: numberOf(sixth), count: 1, why: 'notHere' },
  ]);

  // One comes late, another never: the desk is taken away.
  await desk.push(known(fourth).pushed);
  const admin = await signedInApi(central.url, 'admin');
  await admin.devices.revoke.mutate({ deviceId: desk.identity.deviceId });
  const [revoked] = (await account()).series;
  expect(revoked).toMatchObject({ goesOn: false, orders: 4 });
  expect(revoked?.gaps.map(({ from, why }) => [from, why])).toEqual([
    [numberOf(third), 'leftBehind'],
    [numberOf(fifth), 'refused'],
    [numberOf(sixth), 'leftBehind'],
  ]);
});

test('what was cancelled, or refused and given up, leaves its number with who ended it and why', async () => {
  desk = await TestDesk.enrol(central, 'PD', 'clerk');
  const [order, refused] = [given(), given(900_000_000_000)];
  await desk.push(order.pushed, refused.pushed);
  const { note: _note, lines: _lines, ...head } = order.content;
  const cancelled = desk.body('order.cancel', { ...head, baseVersion: 1, reason: 'shop is shut' });
  expect((await desk.pushOne(desk.sign(cancelled))).outcome).toBe('applied');
  await manager.refusals.dismiss.mutate({ mutationId: refused.pushed.id, baseVersion: 0, reason: 'typed wrong' });
  const { voided, series } = await account();
  expect(voided).toMatchObject([
    { number: refused.content.number, userName: 'manager', reason: 'typed wrong', neverPlaced: true },
    { number: order.content.number, userName: 'clerk', reason: 'shop is shut', neverPlaced: false },
  ]);
  const ofDesk = series.find(({ incarnationCode }) => incarnationCode === desk.identity.incarnationCode);
  expect(ofDesk).toMatchObject({ orders: 2, gaps: [] });
});

test('another branch’s numbers are nothing for its people', async () => {
  const elsewhere = await signedInApi(central.url, 'manager-nb');
  await expect(elsewhere.numbers.account.query({ branchCode: 'PD' })).rejects.toMatchObject({
    data: { app: { code: 'NOT_ALLOWED' } },
  });
  expect(await elsewhere.numbers.account.query({ branchCode: 'NB' })).toEqual({ series: [], voided: [] });
});
