/**
 * `under-load`: what a person feels while a desk is being filled. A search is asked for every 25 ms and an order placed
 * every 100 ms on the desk's own thread, each timed from the moment at which it was due, so that waiting for the fill's
 * work counts; from when the first order can be placed until the fill ends, and as long again when all is quiet.
 *
 * Value and reference: the slower of the two p99 (a search's counted against 20 ms, an order's against 50 ms) under
 * load, and the same one idle.
 */
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { uuidV7 } from '../src-shared/domain/uuid-v7.ts';
import { startLocalServer, type LocalServer } from '../src-main/hosts/local-server.ts';
import { systemPlatform } from '../src-main/hosts/system-platform.ts';
import { AppError } from '../src-shared/protocol/app-error.ts';
import { seededRandom } from '../test/support/seeded-catalogue.ts';
import { quantile, type Bench, type BenchResult } from './bench.ts';
import { CLERK, openFillOffice, type FillOffice } from './fill-parts/fill-office.ts';

const SIZE = { products: 40_000, customers: 8_000, orders: 40_000 };
const SEARCH_EVERY_MS = 25;
const ORDER_EVERY_MS = 100;
const ORDER_LINES = 20;
const SEARCH_BOUND_MS = 20;
const ORDER_BOUND_MS = 50;
const IDLE_MS = 10_000;
/** The first calls compile what they run. */
const WARM_UP = 10;

interface Felt {
  searches: number[];
  orders: number[];
}

export const bench: Bench = { name: 'under-load', run };

async function run(): Promise<BenchResult> {
  const office = await openFillOffice(SIZE);
  collectGarbage();
  const desk = await startLocalServer({
    dataDir: path.join(office.folder, 'desk'),
    centralUrls: [office.url],
    platform: systemPlatform,
    chunkWorker: new URL('../src-main/fill/chunk-worker.ts', import.meta.url),
  });
  try {
    const { session, sync } = desk.services;
    await session.enrol({ centralUrl: office.url, code: await office.enrolmentCode(), deviceName: 'Bench' });
    await session.signIn(CLERK);
    const load = await feel(desk, office, () => sync.status().filling);
    const end = performance.now() + IDLE_MS;
    const idle = await feel(desk, office, () => performance.now() < end);
    return result(load, idle);
  } finally {
    await desk.close();
    await office.stop();
  }
}

function result(load: Felt, idle: Felt): BenchResult {
  const p99 = (samples: number[]): number => quantile(samples.slice(WARM_UP), 0.99);
  const [search, order] = [p99(load.searches), p99(load.orders)];
  const searchIsWorse = search / SEARCH_BOUND_MS > order / ORDER_BOUND_MS;
  const value = searchIsWorse ? search : order;
  const reference = p99(searchIsWorse ? idle.searches : idle.orders);
  const told = (of: Felt): string => `search ${p99(of.searches).toFixed(1)} ms, order ${p99(of.orders).toFixed(1)} ms`;
  return {
    value,
    unit: 'ms',
    reference,
    ratio: value / reference,
    note:
      `p99 while filling: ${told(load)} (bounds ${SEARCH_BOUND_MS} and ${ORDER_BOUND_MS}); idle: ${told(idle)}; ` +
      `${load.searches.length} searches and ${load.orders.length} orders of ${ORDER_LINES} lines while filling`,
  };
}

/** As long as `goesOn`. Before the first order can be placed nothing is timed: nobody could have felt it. */
async function feel(desk: LocalServer, office: FillOffice, goesOn: () => boolean): Promise<Felt> {
  const felt: Felt = { searches: [], orders: [] };
  const random = seededRandom(3);
  const { products } = office.house;
  let [begun, at] = [false, performance.now()];
  for (let tick = 0; goesOn(); tick += 1) {
    at = Math.max(at + SEARCH_EVERY_MS, performance.now() - SEARCH_EVERY_MS);
    await due(at);
    if (begun) {
      const { name } = products[Math.floor(random() * products.length)] ?? { name: 'a' };
      desk.services.products.search({ text: name.slice(0, 3), limit: 20 });
      felt.searches.push(performance.now() - at);
    }
    if (tick % (ORDER_EVERY_MS / SEARCH_EVERY_MS) !== 0) continue;
    const placed = performance.now();
    if (!place(desk, office, random)) continue;
    if (begun) felt.orders.push(performance.now() - Math.min(placed, at));
    begun = true;
  }
  return felt;
}

/** @returns false while what it needs is not there yet. */
function place(desk: LocalServer, { house }: FillOffice, random: () => number): boolean {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const lines = Array.from({ length: ORDER_LINES }, () => ({
    productId: pick(house.products).productId,
    unit: 'piece',
    quantity: 1,
  }));
  const orderId = uuidV7(
    Date.now(),
    Uint8Array.from({ length: 10 }, () => Math.floor(random() * 256)),
  );
  try {
    desk.services.orders.place({ orderId, customerId: pick(house.customers).customerId, lines, note: '' }, 'en');
    return true;
  } catch (error) {
    if (error instanceof AppError && error.data.code === 'INPUT') return false;
    throw error;
  }
}

/** This process has written the house: what that left behind is none of a desk's. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

function due(at: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, Math.max(0, at - performance.now()));
  });
}
