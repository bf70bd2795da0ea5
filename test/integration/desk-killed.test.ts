/**
 * The desk's process is killed with SIGKILL at once after it has acknowledged an order, again and again, with real
 * processes on one folder. Goal: each order is there after the restart and settles at central once. (SIGKILL leaves the
 * system's caches alive: what a power cut does is proven in test/power-cut.)
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openOffice, orderFor, settled, type Office, type OfficeDesk } from '../support/office.ts';

const KILLS = 50;
/** A start takes half a second on a quiet machine, and several on a busy one. */
const TIME_LIMIT_MS = 300_000;

let office: Office;
let desk: OfficeDesk;

beforeAll(async () => {
  office = await openOffice();
  desk = await office.openDesk();
});
afterAll(() => office.close());

test(
  `an order that was acknowledged is there after SIGKILL, ${KILLS} times, and settles once`,
  async () => {
    const placed: string[] = [];
    const starts: number[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      const answer = await desk.api.orders.place.mutate(orderFor(office.house.house));
      await desk.program.kill();
      placed.push(answer.orderId);
      await desk.restart();
      starts.push(desk.program.readyAfterMs);
      const found = await desk.api.orders.get.query({ orderId: answer.orderId });
      expect(found.number).toBe(answer.number);
    }
    await settled(desk);
    for (const orderId of placed) expect((await desk.api.orders.get.query({ orderId })).sync).toBe('applied');

    const { db } = office.house;
    const orders = await db.selectFrom('sales_order').select('order_id').where('order_id', 'in', placed).execute();
    expect(orders).toHaveLength(KILLS);
    const lanes = placed.map((orderId) => `order:${orderId}`);
    const receipts = await db.selectFrom('receipt').select('verdict').where('lane', 'in', lanes).execute();
    expect(receipts.map((receipt) => receipt.verdict)).toEqual(placed.map(() => 'applied'));
    expect((await desk.api.sync.verify.query()).different).toEqual([]);
    const median = starts.toSorted((a, b) => a - b)[Math.floor(starts.length / 2)] ?? 0;
    console.log(`${KILLS} kills; a start takes ${Math.round(median)} ms (median)`);
  },
  TIME_LIMIT_MS,
);
