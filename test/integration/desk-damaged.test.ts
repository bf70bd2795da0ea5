/**
 * Desks whose files go bad under them, as real programs with a real central. Goal: whatever happens to the file, the
 * desk starts by itself, tells the person in words, and every order settles at central once.
 */
import { open as openFile, readdir, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/programs.ts';
import { openOffice, orderFor, settled, type Office, type OfficeDesk } from '../support/office.ts';

const PAGE_BYTES = 4_096;
const ORDERS = 6;
/** Starts of programs on a machine that may be busy with others. */
const TIME_LIMIT_MS = 120_000;

let office: Office;

beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

/** Orders that the desk has saved, and central has not seen. */
async function placeOffline(desk: OfficeDesk): Promise<string[]> {
  desk.line.cut();
  const placed: string[] = [];
  for (let n = 0; n < ORDERS; n += 1) {
    placed.push((await desk.api.orders.place.mutate(orderFor(office.house.house))).orderId);
  }
  return placed;
}

async function settlesOnce(desk: OfficeDesk, placed: readonly string[]): Promise<void> {
  desk.line.mend();
  await settled(desk);
  await eventually(
    () => desk.api.sync.status.query(),
    (status) => !status.filling && status.asOf !== null,
  );
  for (const orderId of placed) expect((await desk.api.orders.get.query({ orderId })).sync).toBe('applied');
  const lanes = placed.map((orderId) => `order:${orderId}`);
  const { db } = office.house;
  const receipts = await db.selectFrom('receipt').select(['verdict', 'lane']).where('lane', 'in', lanes).execute();
  expect(receipts.map(({ verdict }) => verdict)).toEqual(placed.map(() => 'applied'));
  const numbers = await db.selectFrom('sales_order').select('number').where('order_id', 'in', placed).execute();
  expect(new Set(numbers.map(({ number }) => number)).size).toBe(placed.length);
  expect((await desk.api.sync.verify.query()).different).toEqual([]);
}

async function overwrite(file: string, of: { page: number; pages: number }): Promise<void> {
  const handle = await openFile(file, 'r+');
  await handle.write(Buffer.alloc(of.pages * PAGE_BYTES, 0xa5), 0, undefined, (of.page - 1) * PAGE_BYTES);
  await handle.close();
}

test(
  'a desk whose file is gone goes on with its copies, and asks for a new incarnation',
  async () => {
    const desk = await office.openDesk();
    const { incarnationCode } = (await desk.api.session.state.query()).device ?? {};
    const placed = await placeOffline(desk);
    expect(await desk.program.stop()).toBe(0);
    await rm(path.join(desk.dataDir, 'desk.sqlite'));
    await desk.restart();
    const { notice } = await desk.api.safety.status.query();
    expect(notice).toMatchObject({ reason: 'missing', base: 'empty', broughtBack: ORDERS, waiting: ORDERS, lost: [] });
    expect((await desk.api.session.state.query()).user?.userName).toBe('clerk');
    // Shown at once, and not only when central has it again.
    for (const orderId of placed) {
      expect(['waiting', 'sent']).toContain((await desk.api.orders.get.query({ orderId })).sync);
    }
    await settlesOnce(desk, placed);
    expect((await desk.api.session.state.query()).device?.incarnationCode).not.toBe(incarnationCode);
    const read = await desk.api.safety.acknowledge.mutate({ noticeId: notice?.id ?? '' });
    expect(read.notice).toBeNull();
  },
  TIME_LIMIT_MS,
);

test(
  'a desk without any copy reads its orders out of what is left of its file',
  async () => {
    const desk = await office.openDesk();
    const placed = await placeOffline(desk);
    // In the file, and not in the WAL alone.
    await desk.program.stop();
    await rm(path.join(desk.dataDir, 'backups'), { recursive: true });
    await overwrite(path.join(desk.dataDir, 'desk.sqlite'), { page: 1, pages: 2 });
    await desk.restart();
    const { notice } = await desk.api.safety.status.query();
    expect(notice).toMatchObject({ reason: 'damaged', base: 'empty', broughtBack: ORDERS, enrolled: true, lost: [] });
    expect((await readdir(notice?.folder ?? '')).toSorted()).toEqual(['desk.sqlite', 'salvage.json']);
    await settlesOnce(desk, placed);
  },
  TIME_LIMIT_MS,
);

test(
  'a file that goes bad while the desk runs is restored without anybody doing anything',
  async () => {
    const desk = await office.openDesk();
    const placed = await placeOffline(desk);
    await desk.program.stop();
    await desk.restart();
    const file = path.join(desk.dataDir, 'desk.sqlite');
    // Past the tables' descriptions; the check after the start finds it.
    await overwrite(file, { page: 20, pages: 30 });
    const { notice } = await eventually(
      () => desk.api.safety.status.query().catch(() => ({ notice: null })),
      (status) => status.notice !== null,
      { withinMs: 60_000, everyMs: 200 },
    );
    expect(notice).toMatchObject({ reason: 'damaged', lost: [] });
    expect(existsSync(path.join(notice?.folder ?? '', 'desk.sqlite'))).toBe(true);
    await settlesOnce(desk, placed);
    const after = await desk.api.orders.place.mutate(orderFor(office.house.house));
    await settlesOnce(desk, [...placed, after.orderId]);
  },
  TIME_LIMIT_MS,
);
