/**
 * `push`: orders a second through central's whole push (HTTP, signatures, schemas, rules, locks, receipts, feed) against
 * hand-written set-wise SQL that writes the same rows into the same tables, in the same batches, as durably.
 *
 * Both run on one PostgreSQL, each on a database of its own with the same house in it; rounds alternate and the ratio is
 * the median of the rounds' ratios, so that a slow moment of the machine strikes both. Orders and signatures are made
 * beforehand. Two desks push, each one batch at a time, as desks do; the reference writes one batch after another.
 */
import { startBenchHouse, type BenchHouse } from './push-parts/bench-house.ts';
import { PushDesk } from './push-parts/push-desk.ts';
import { writeReference } from './push-parts/reference.ts';

const ROUNDS = 7;
const WARM_UP_ROUNDS = 2;
const BATCHES = 16;
const BATCH_ORDERS = 50;
const LINES = 20;
const DESKS = 2;

interface Round {
  central: number;
  reference: number;
}

async function run(): Promise<{ value: number; unit: string; reference: number; ratio: number; note: string }> {
  const house = await startBenchHouse();
  try {
    const desks: PushDesk[] = [];
    for (let index = 0; index < DESKS; index += 1) desks.push(await PushDesk.enrol(house));
    const rounds: Round[] = [];
    for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round += 1) {
      const measured = await oneRound(house, desks, round);
      if (round >= WARM_UP_ROUNDS) rounds.push(measured);
    }
    await house.check();
    const ratio = median(rounds.map(({ central, reference }) => central / reference));
    return {
      value: Math.round(median(rounds.map(({ central }) => central))),
      unit: 'orders/s',
      reference: Math.round(median(rounds.map(({ reference }) => reference))),
      ratio: Math.round(ratio * 1_000) / 1_000,
      note: `${LINES} lines an order, ${BATCH_ORDERS} orders a batch, ${DESKS} desks`,
    };
  } finally {
    await house.stop();
  }
}

/** Orders a second of both sides; which goes first alternates. */
async function oneRound(house: BenchHouse, desks: readonly PushDesk[], round: number): Promise<Round> {
  const perDesk = BATCHES / desks.length;
  const pushes = desks.map((desk) =>
    Array.from({ length: perDesk }, () => desk.prepare(house.makeOrders(BATCH_ORDERS, LINES))),
  );
  const batches = Array.from({ length: BATCHES }, () => house.makeOrders(BATCH_ORDERS, LINES));
  const orders = BATCHES * BATCH_ORDERS;
  const central = async (): Promise<number> =>
    timed(orders, async () => {
      await Promise.all(
        desks.map(async (desk, index) => {
          for (const prepared of pushes[index] ?? []) await desk.push(prepared);
        }),
      );
    });
  const reference = async (): Promise<number> =>
    timed(orders, async () => {
      for (const batch of batches) await writeReference(house.reference, batch);
    });
  if (round % 2 === 0) {
    const first = await central();
    return { central: first, reference: await reference() };
  }
  const first = await reference();
  return { reference: first, central: await central() };
}

async function timed(orders: number, work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (orders * 1_000) / (performance.now() - began);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}

export const bench = { name: 'push', run };
