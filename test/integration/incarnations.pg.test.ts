/**
 * Two files that speak under one name: clones of a disk image, a file gone back in time, a moved profile. Goal: each
 * unsent order of each file arrives once, no number is given twice, and the desks settle it among themselves.
 */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { beginNewIncarnation } from '../../src-main/identity/incarnation.ts';
import { parseOrderNumber } from '../../src-shared/domain/order-number.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { startTestCentral, type TestCentral } from '../support/central-fixture.ts';
import { EngineDesk } from '../support/engine-desk.ts';

let central: TestCentral;
const open: EngineDesk[] = [];

beforeAll(async () => {
  central = await startTestCentral();
});
afterEach(() => {
  for (const desk of open.splice(0)) desk.close();
});
afterAll(() => central.stop());

function opened(desk: EngineDesk): EngineDesk {
  open.push(desk);
  return desk;
}

async function enrolled(machine: string | null = null): Promise<EngineDesk> {
  const code = await central.createEnrolmentCode('PD');
  const options = { url: central.url, house: central.house, machine };
  return opened(await EngineDesk.enrol(options, { code, userName: 'clerk' }));
}

/** `restart` closes the old one. */
function restarted(desk: EngineDesk, of: Parameters<EngineDesk['restart']>[0] = {}): EngineDesk {
  open.splice(open.indexOf(desk), 1);
  return opened(desk.restart(of));
}

async function atCentral(
  orderIds: readonly string[],
): Promise<{ order_id: string; number: string; version: number }[]> {
  return central.db
    .selectFrom('sales_order')
    .select(['order_id', 'number', 'version'])
    .where('order_id', 'in', orderIds)
    .orderBy('order_id')
    .execute();
}

function bodies(desk: EngineDesk): Map<string, string> {
  const rows = desk.store
    .query<Record<string, never>, { mutation_id: string; body: string; signature: string }>((db) =>
      db
        .selectFrom('outbox')
        .select(['mutation_id', 'body', 'signature'])
        .unionAll(db.selectFrom('journal').select(['mutation_id', 'body', 'signature'])),
    )
    .all({});
  return new Map(rows.map((row) => [row.mutation_id, row.body + row.signature]));
}

test('two clones of a disk image: every unsent order of both arrives once, and a number both gave is given anew', async () => {
  const first = await enrolled();
  const shared = first.place(1);
  const second = opened(first.clone());
  // Neither knows of the other: both give the same next number to different orders.
  const [of1, of2] = [first.place(2), second.place(3)];
  expect(of1.number).toBe(of2.number);
  const texts = bodies(second);

  await first.sync();
  await second.sync();

  const stored = await atCentral([shared.orderId, of1.orderId, of2.orderId]);
  expect(stored).toHaveLength(3);
  expect(new Set(stored.map((row) => row.number)).size).toBe(3);
  expect(stored.map((row) => row.version)).toEqual([1, 1, 1]);
  expect(stored.find((row) => row.order_id === of1.orderId)?.number).toBe(of1.number);
  expect(second.line.incarnationId).not.toBe(first.line.incarnationId);
  // Ids and signed texts are as they were, byte for byte.
  for (const [id, text] of texts) expect(bodies(second).get(id)).toBe(text);

  const renumbered = stored.find((row) => row.order_id === of2.orderId)?.number ?? '';
  expect(parseOrderNumber(renumbered)?.incarnationCode).toBe(second.line.incarnationCode);
  expect(second.waiting()).toBe(0);
  const [notice] = second.orders.attention.list('en');
  expect(notice).toMatchObject({ orderId: of2.orderId, notice: true, number: renumbered });
  expect(notice?.issues[0]?.message).toContain(`from ${of2.number} to ${renumbered}`);
  expect(second.orders.attention.list('zh-CN')[0]?.issues[0]?.message).toContain(`由 ${of2.number} 改为 ${renumbered}`);
  // Asked again, as after a lost answer: the number is the order's, not the one that another order has.
  expect(second.placeAgain(of2.orderId, 3).number).toBe(renumbered);
  second.orders.attention.dismiss(of2.orderId);
  expect(second.orders.attention.list('en')).toEqual([]);
});

test('a desk passes over the numbers that a clone gave, once it sees those orders', async () => {
  const original = await enrolled();
  const clone = opened(original.clone());
  // Three of the clone's, before it knows; one of the original's.
  const cloned = [clone.place(1), clone.place(2), clone.place(3)];
  const own = original.place(1);
  expect(own.number).toBe(cloned[0]?.number);
  await original.sync();
  await clone.sync();
  await original.sync();
  const next = original.place(2);
  expect(cloned.map(({ number }) => number)).not.toContain(next.number);
  await original.sync();
  const stored = await atCentral([next.orderId, ...cloned.map(({ orderId }) => orderId)]);
  expect(stored.find((row) => row.order_id === next.orderId)).toMatchObject({ number: next.number });
  expect(new Set(stored.map((row) => row.number)).size).toBe(4);
  expect(original.orders.attention.list('en')).toEqual([]);
});

test('a clone whose original has not said hello since is told apart by the first of the two that does', async () => {
  const original = await enrolled();
  const clone = opened(original.clone());
  const cloned = clone.place(1);
  // The clone's program starts, and speaks first; the original's next request finds that it is not the last to speak.
  const again = restarted(clone);
  await again.sync();
  const own = original.place(1);
  const said: string[] = [];
  const inner = original.line.transport;
  original.use({
    hello: async (request, call) => {
      const answer = await inner.hello(request, call);
      said.push(answer.outcome === 'forked' ? answer.reason : answer.outcome);
      return answer;
    },
  });
  await original.sync();
  // By its life alone: it has used no place that the other has, and no fewer.
  expect(said).toEqual(['life']);
  expect(await atCentral([cloned.orderId, own.orderId])).toHaveLength(2);
  expect(again.line.incarnationId).not.toBe(original.line.incarnationId);
});

test('a desk file gone back in time loses no number and doubles no order', async () => {
  const desk = await enrolled();
  desk.place(1);
  await desk.sync();
  // Within one life, and with as many places used since as before: only the places themselves tell.
  const backup = desk.copyFile();
  const [lost, lostToo] = [desk.place(2), desk.place(3)];
  await desk.sync();
  const back = restarted(desk, { dir: backup });
  const [after, afterToo] = [back.place(4), back.place(5)];
  expect(after.number).toBe(lost.number);
  await back.sync();
  const stored = await atCentral([lost.orderId, lostToo.orderId, after.orderId, afterToo.orderId]);
  expect(stored).toHaveLength(4);
  expect(new Set(stored.map((row) => row.number)).size).toBe(4);
  expect(back.waiting()).toBe(0);
});

test('a file that was put back while its life went on, with places used again, is found by the places', async () => {
  const desk = await enrolled();
  const backup = desk.copyFile();
  const before = desk.place(1);
  await desk.sync();
  const back = restarted(desk, { dir: backup });
  // As if the program had never stopped: it goes on under the life that central knows.
  back.line.life = await lifeAtCentral(back);
  const after = back.place(2);
  await back.sync();
  expect(await atCentral([before.orderId, after.orderId])).toHaveLength(2);
  expect(back.line.incarnationId).not.toBe(desk.line.incarnationId);
});

async function lifeAtCentral(desk: EngineDesk): Promise<string> {
  const row = await central.db
    .selectFrom('incarnation')
    .select('life')
    .where('incarnation_id', '=', desk.line.incarnationId)
    .executeTakeFirstOrThrow();
  return row.life ?? '';
}

/** A desk whose file central has given an incarnation of its own. */
async function forked(desk: EngineDesk): Promise<EngineDesk> {
  const { incarnationId } = desk.line;
  await restarted(opened(desk.clone())).sync();
  desk.place(1);
  await desk.sync();
  expect(desk.line.incarnationId).not.toBe(incarnationId);
  return desk;
}

/** Central is set back to before it gave that incarnation out, and nothing tells it so. */
async function forgetIncarnation(incarnationId: string): Promise<void> {
  const made = central.db.selectFrom('receipt').select('mutation_id').where('incarnation_id', '=', incarnationId);
  const orders = (await central.db.selectFrom('receipt').select('lane').where('mutation_id', 'in', made).execute()).map(
    ({ lane }) => lane.replace('order:', ''),
  );
  await central.db.deleteFrom('sales_order_line').where('order_id', 'in', orders).execute();
  await central.db.deleteFrom('sales_order').where('order_id', 'in', orders).execute();
  await central.db.deleteFrom('receipt').where('incarnation_id', '=', incarnationId).execute();
  await central.db.deleteFrom('incarnation').where('incarnation_id', '=', incarnationId).execute();
  await central.db
    .updateTable('epoch')
    .set((row) => ({ next_incarnation: row('next_incarnation', '-', 1) }))
    .execute();
}

test('a code that central gave twice, set back and not aware of it, is kept by one; the other goes on under a new one', async () => {
  const another = await enrolled();
  const first = await forked(await enrolled());
  const { incarnationId, incarnationCode } = first.line;
  await forgetIncarnation(incarnationId);
  const second = await forked(another);
  expect(second.line.incarnationCode).toBe(incarnationCode);

  // As many under that code as the other has given: both give one number.
  const orders = [second.place(1), first.place(2)];
  expect(orders[0]?.number).toBe(orders[1]?.number);
  await second.sync();
  await first.sync();
  expect(first.line.incarnationCode).not.toBe(incarnationCode);
  const later = first.place(3);
  await first.sync();
  const stored = await atCentral([...orders, later].map(({ orderId }) => orderId));
  expect(stored).toHaveLength(3);
  expect(new Set(stored.map((row) => row.number)).size).toBe(3);
  expect([first.waiting(), second.waiting()]).toEqual([0, 0]);
});

test('an incarnation that central has forgotten counts as given, before it has noticed that it was set back', async () => {
  const another = await enrolled();
  const first = await forked(await enrolled());
  const { incarnationId, incarnationCode } = first.line;
  await forgetIncarnation(incarnationId);
  const order = first.place(1);
  await first.sync();
  expect(await atCentral([order.orderId])).toMatchObject([{ number: order.number }]);
  expect((await forked(another)).line.incarnationCode).not.toBe(incarnationCode);
});

test('a program that only starts again keeps its incarnation, also when answers to its hellos were lost', async () => {
  let desk = await enrolled();
  const { incarnationId } = desk.line;
  for (let start = 0; start < 3; start += 1) {
    desk = restarted(desk);
    const inner = desk.line.transport;
    desk.use({
      hello: async (request, call) => {
        await inner.hello(request, call);
        throw new AppError({ code: 'CENTRAL_UNREACHABLE', retry: 'later', reason: 'broken off' });
      },
    });
    await expect(desk.sync()).rejects.toThrow('CENTRAL_UNREACHABLE');
  }
  desk = restarted(desk);
  desk.place(1);
  await desk.sync();
  expect(desk.line.incarnationId).toBe(incarnationId);
  expect(desk.waiting()).toBe(0);
});

test('a new incarnation whose answer was lost is given again, and not another one', async () => {
  const first = await enrolled();
  const second = opened(first.clone());
  restarted(first).place(1);
  await open.at(-1)?.sync();
  const given: string[] = [];
  const inner = second.line.transport;
  second.use({
    hello: async (request, call) => {
      const answer = await inner.hello(request, call);
      if (answer.outcome === 'forked') given.push(answer.incarnationId);
      if (given.length === 1) throw new AppError({ code: 'CENTRAL_UNREACHABLE', retry: 'later', reason: 'broken off' });
      return answer;
    },
  });
  const placed = second.place(1);
  await expect(second.sync()).rejects.toThrow('CENTRAL_UNREACHABLE');
  await second.sync();
  expect(given).toHaveLength(2);
  expect(given[0]).toBe(given[1]);
  expect(second.line.incarnationId).toBe(given[0]);
  expect(await atCentral([placed.orderId])).toHaveLength(1);
});

test('a profile moved to another machine takes orders offline under numbers of their own, and a new name at its hello', async () => {
  const original = await enrolled('machine-1');
  original.place(1);
  const moved = opened(
    new EngineDesk({ url: central.url, house: central.house, dir: original.copyFile(), machine: 'machine-2' }),
  );
  const [here, there] = [original.place(2), moved.place(2)];
  expect(there.number).not.toBe(here.number);
  await moved.sync();
  await original.sync();
  expect(await atCentral([here.orderId, there.orderId])).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ order_id: here.orderId, number: here.number }),
      expect.objectContaining({ order_id: there.orderId, number: there.number }),
    ]),
  );
  expect(moved.line.incarnationId).not.toBe(original.line.incarnationId);
  expect(moved.orders.attention.list('en')).toEqual([]);
});

test('a restored file gives no number that it gave before it was restored, also offline and twice in a row', async () => {
  const desk = await enrolled();
  const backup = desk.copyFile();
  const given = [desk.place(1).number];
  let at = desk;
  let nowMs = Date.now();
  for (let restore = 0; restore < 2; restore += 1) {
    nowMs += 1_000;
    at = restarted(at, { dir: backup });
    const { store } = at;
    store.transaction((tx) => beginNewIncarnation(store, tx, { reason: 'restored', nowMs }));
    given.push(at.place(2).number, at.place(3).number);
  }
  expect(new Set(given).size).toBe(given.length);
  await at.sync();
  expect(at.line.incarnationId).not.toBe(desk.line.incarnationId);
  expect(at.waiting()).toBe(0);
  // From now on under the new code, from one.
  expect(parseOrderNumber(at.place(1).number)).toMatchObject({ incarnationCode: at.line.incarnationCode, running: 1 });
});
