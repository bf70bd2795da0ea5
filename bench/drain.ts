/**
 * `drain`: a desk that was offline for a week comes back with 10,000 orders of 20 lines. Orders a second, from the
 * moment the desk is open until central has judged the last of them, against hand-written set-wise SQL that writes the
 * same rows into the same tables, in the same batches, as durably.
 *
 * The desk is a real one in a process of its own: it reads its outbox, checks and packs it, sends it, and takes its
 * receipts and orders in meanwhile. Both sides run on one PostgreSQL, each on a database of its own with the same house
 * in it; half of the reference runs before the drain and half after it, so that a slow moment strikes both.
 */
import { sql } from 'kysely';
import type { BenchResult } from './bench.ts';
import { startBenchDesk, type BenchDesk } from './desk-parts/bench-desk.ts';
import { sharedNow } from './desk-parts/messages.ts';
import { newOrders, openShop } from './desk-parts/open-shop.ts';
import { tellOfHouse } from './desk-parts/tell-of-house.ts';
import { perOne, processorSeconds } from './processor.ts';
import { startBenchHouse, type BenchHouse } from './push-parts/bench-house.ts';
import { writeReference } from './push-parts/reference.ts';

const ORDERS = 10_000;
const LINES = 20;
const BATCH_ORDERS = 50;
/** Asked for in as many messages as a week has days. */
const PLACED_AT_ONCE = 1_500;
const NOBODY = 'http://127.0.0.1:9';
const LOOK_EVERY_MS = 50;

async function run(): Promise<BenchResult> {
  const house = await startBenchHouse();
  const desk = await startBenchDesk();
  try {
    await tellOfHouse(house.central, house.ids.branchId);
    await openShop(house, desk, 'clerk');
    await desk.ask('close', {});
    await queueOffline(house, desk);
    // Plans and code are warm on both sides: central has judged the orders of other desks all week.
    await referenceRate(house, ORDERS / 10);
    const before = await referenceRate(house, ORDERS / 2);
    const { judged, known, used } = await drain(house, desk);
    const after = await referenceRate(house, ORDERS / 2);
    const reference = 2 / (1 / before.rate + 1 / after.rate);
    return {
      value: Math.round(judged),
      unit: 'orders/s',
      reference: Math.round(reference),
      ratio: judged / reference,
      note:
        `${ORDERS} orders of ${LINES} lines, one desk; until that desk knew all of it: ${Math.round(known)} orders/s. ` +
        `Processor an order until judged: ${used}; of the reference: ${after.used}`,
    };
  } finally {
    await desk.end();
    await house.stop();
  }
}

async function queueOffline(house: BenchHouse, desk: BenchDesk): Promise<void> {
  await desk.ask('open', { dataDir: desk.dataDir, centralUrl: NOBODY });
  for (let placed = 0; placed < ORDERS; placed += PLACED_AT_ONCE) {
    const orders = newOrders(house, Math.min(PLACED_AT_ONCE, ORDERS - placed), LINES);
    await desk.ask('place', { orders });
  }
  await desk.ask('close', {});
}

interface Drained {
  /** Orders a second until central had judged the last one, and until the desk knew it. */
  judged: number;
  known: number;
  used: string;
}

async function drain(house: BenchHouse, desk: BenchDesk): Promise<Drained> {
  const processor = () => ({ ...house.processor(), desk: processorSeconds(desk.pid) });
  const before = processor();
  const { atMs } = await desk.ask('open', { dataDir: desk.dataDir, centralUrl: house.url });
  const settled = desk.ask('settled', {});
  // Not waited for yet: should central fail first, that is what is told.
  settled.catch(() => undefined);
  const judgedAt = await allJudged(house);
  const used = perOne(before, processor(), ORDERS);
  const { atMs: knownAt } = await settled;
  return { judged: (ORDERS * 1_000) / (judgedAt - atMs), known: (ORDERS * 1_000) / (knownAt - atMs), used };
}

async function allJudged(house: BenchHouse): Promise<number> {
  for (;;) {
    const { rows } = await sql<{ applied: string; all: string }>`
      select count(*) filter (where verdict = 'applied') as applied, count(*) as all from receipt`.execute(
      house.central,
    );
    const [applied, all] = [Number(rows[0]?.applied), Number(rows[0]?.all)];
    if (applied !== all) throw new Error(`drain: central refused ${all - applied} orders`);
    if (all === ORDERS) return sharedNow();
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

async function referenceRate(house: BenchHouse, orders: number): Promise<{ rate: number; used: string }> {
  const batches = Array.from({ length: orders / BATCH_ORDERS }, () => house.makeOrders(BATCH_ORDERS, LINES));
  const [before, began] = [house.processor(), performance.now()];
  for (const batch of batches) await writeReference(house.reference, batch);
  const rate = (orders * 1_000) / (performance.now() - began);
  const { central: hand, PostgreSQL } = house.processor();
  return { rate, used: perOne({ hand: before.central, PostgreSQL: before.PostgreSQL }, { hand, PostgreSQL }, orders) };
}

export const bench = { name: 'drain', run };
