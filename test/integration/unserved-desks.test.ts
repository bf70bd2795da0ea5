/**
 * A desk and a central that no longer speak a common version, as a real desk process sees it. Goal: whoever sits there
 * goes on taking orders, reads which of the two programs has to be updated, and has nothing to do when it has been.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import { startTestCentral, type TestCentral } from '../support/central-fixture.ts';
import { keptDesks } from '../support/kept-desk.ts';
import { openKeptDesk, type KeptOfficeDesk } from '../support/kept-office.ts';
import { orderFor, settled } from '../support/office.ts';
import { eventually } from '../support/programs.ts';
import { TEST_PASSWORD } from '../support/test-house.ts';

let central: TestCentral;
beforeAll(async () => {
  central = await startTestCentral();
});
afterAll(() => central.stop());

describe.each(keptDesks())('a desk of protocol %i', (protocol) => {
  let desk: KeptOfficeDesk;
  beforeAll(async () => {
    const enrol = await central.createEnrolmentCode('PD');
    desk = await openKeptDesk(protocol, { centralUrl: central.url, enrol, user: 'clerk' });
  });
  afterAll(() => desk.close());

  const place = () => desk.api.orders.place.mutate(orderFor(central.house));
  const becomes = (wanted: { link: string; linkReason: string | null }) =>
    eventually(
      () => desk.api.sync.status.query(),
      ({ link, linkReason }) => link === wanted.link && linkReason === wanted.linkReason,
    );
  const expectSettled = async (...orderIds: string[]): Promise<void> => {
    await settled(desk);
    for (const orderId of orderIds) {
      expect(await desk.api.orders.get.query({ orderId })).toMatchObject({ sync: 'applied', version: 1 });
    }
    expect(await desk.api.sync.verify.query()).toMatchObject({ different: [], equal: true });
  };

  test('that central no longer serves takes orders, says why they wait, and sends them once it is updated', async () => {
    const before = await place();
    await settled(desk);
    const { user, device } = await desk.api.session.state.query();
    await central.restart({ oldest: protocol + 1, newest: PROTOCOL_VERSION });
    await becomes({ link: 'blocked', linkReason: 'UPGRADE_REQUIRED' });
    const waiting = [await place(), await place()];
    expect(await desk.api.sync.status.query()).toMatchObject({ link: 'blocked', waiting: 2 });
    await expect(desk.api.session.signIn.mutate({ userName: 'manager', password: TEST_PASSWORD })).rejects.toThrow(
      /^This version is too old for head office/,
    );
    expect((await desk.api.session.state.query()).user).toEqual(user);

    await desk.restart('today');
    await expectSettled(before.orderId, ...waiting.map(({ orderId }) => orderId));
    const after = await desk.api.session.state.query();
    expect([after.user, after.device]).toEqual([user, device]);
  });

  test('that was updated before its central takes orders, says that central is older, and sends them after that', async () => {
    const older = { oldest: Math.max(1, PROTOCOL_VERSION - 3), newest: PROTOCOL_VERSION - 1 };
    await central.restart(older);
    await becomes({ link: 'blocked', linkReason: 'CENTRAL_OLDER' });
    const waits = await place();
    expect(await desk.api.sync.now.mutate()).toMatchObject({ link: 'blocked', waiting: 1 });
    await expect(desk.api.session.signIn.mutate({ userName: 'manager', password: TEST_PASSWORD })).rejects.toThrow(
      /^Head office runs an older version/,
    );
    await central.restart();
    // As the button does; by itself it tries every half minute.
    await desk.api.sync.now.mutate();
    await expectSettled(waits.orderId);
  });
});
