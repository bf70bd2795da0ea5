/**
 * `flaky`: what a bad line has to carry. 2 s round trip (and as long for each new connection), 64 kbit/s each way, every
 * fifth exchange broken by a reset: before the request passed, after it, or in the middle of its answer. Five times 100
 * orders of 20 lines are placed on a desk and settle.
 *
 * The value is bytes an order: all that the line carried in both ways from the first order to the last receipt, with the
 * exchanges that were lost, the rows that came down and the stock that changed. As TCP carries it, without its headers.
 * The reference's bytes are measured in the same run (flaky-parts/reference.ts).
 */
import { QUIET_POLL_MS } from '../src-main/sync/limits.ts';
import { eventually } from '../test/support/programs.ts';
import { startFlakyHouse, type FlakyHouse } from './flaky-parts/flaky-house.ts';
import { measureReference } from './flaky-parts/reference.ts';
import type { BenchResult } from './bench.ts';

const ORDERS = 100;
/** As often as that: so few exchanges carry them that in one go the line may happen to break none. */
const ROUNDS = 5;
const LINES = 20;
const SETTLE_WITHIN_MS = 300_000;
const IDLE_MS = 60_000;
const HOUR_MS = 3_600_000;
const REFERENCE_POLL_MS = 3_000;
const ROUND_TRIP_MS = 2_000;

async function run(): Promise<BenchResult> {
  const house = await startFlakyHouse(ROUNDS * ORDERS, LINES);
  try {
    const { perOrder, seconds, resets } = await settleOrders(house);
    const idlePerHour = await idleHour(house);
    const reference = await measureReference(await asJson(house));
    const referenceIdle = reference.perPoll * (HOUR_MS / REFERENCE_POLL_MS);
    return {
      value: Math.round(perOrder),
      unit: 'B/order',
      reference: Math.round(reference.perOrder),
      ratio: perOrder / reference.perOrder,
      note:
        `${ROUNDS} times ${ORDERS} orders of ${LINES} lines, settled in ${seconds.map((each) => each.toFixed(0)).join(', ')} s, ` +
        `${resets} resets; an idle hour: ` +
        `${kilobytes(idlePerHour)} kB here (from one minute measured and the slow polls), ` +
        `${kilobytes(referenceIdle)} kB by polling every 3 s (from one poll measured), ratio ${(idlePerHour / referenceIdle).toFixed(3)}`,
    };
  } finally {
    await house.stop();
  }
}

async function settleOrders({ line, desk, orders }: FlakyHouse) {
  await line.set({
    latencyMs: ROUND_TRIP_MS / 2,
    acceptDelayMs: ROUND_TRIP_MS,
    bytesPerSecond: 64_000 / 8,
    resetRate: 0.2,
  });
  line.resetAll();
  const before = carried(line);
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    for (const order of orders.slice(round * ORDERS, (round + 1) * ORDERS)) desk.services.orders.place(order, 'en');
    await eventually(
      () => Promise.resolve(desk.services.sync.status()),
      (status) => status.waiting === 0,
      { withinMs: SETTLE_WITHIN_MS, everyMs: 100 },
    );
    seconds.push((performance.now() - began) / 1_000);
  }
  const resets = Object.entries(line.counts()).reduce(
    (sum, [what, n]) => sum + (what.startsWith('a reset') ? n : 0),
    0,
  );
  const refused = orders.filter(({ orderId }) => desk.services.orders.get(orderId, 'en').sync !== 'applied');
  if (refused.length > 0) throw new Error(`flaky: ${refused.length} orders were not applied`);
  return { perOrder: (carried(line) - before) / orders.length, seconds, resets };
}

/** The same line without its resets; one minute of heartbeats, and the polls that an hour has. */
async function idleHour({ line, desk }: FlakyHouse): Promise<number> {
  await line.set({ resetRate: 0 });
  await desk.services.sync.now();
  await quiet(line);
  const beforePoll = carried(line);
  await desk.services.sync.now();
  await quiet(line);
  const perPoll = carried(line) - beforePoll;
  const before = carried(line);
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const perMinute = carried(line) - before;
  return perMinute * (HOUR_MS / IDLE_MS) + perPoll * (HOUR_MS / QUIET_POLL_MS);
}

/** Until nothing but a heartbeat has passed for some seconds. */
async function quiet(line: FlakyHouse['line']): Promise<void> {
  let last = carried(line);
  let since = performance.now();
  await eventually(
    () => Promise.resolve(carried(line)),
    (bytes) => {
      if (bytes - last > 200) since = performance.now();
      if (bytes - last > 200) last = bytes;
      return performance.now() - since > 3 * ROUND_TRIP_MS;
    },
    { withinMs: 60_000, everyMs: 200 },
  );
}

async function asJson(house: FlakyHouse): Promise<{ sent: string; got: string }[]> {
  const got = await Promise.all(house.orders.map(({ orderId }) => house.kept(orderId)));
  return house.orders.map((order, index) => ({ sent: JSON.stringify(order), got: got[index] ?? '' }));
}

function carried(line: FlakyHouse['line']): number {
  const { up, down } = line.bytes();
  return up + down;
}

function kilobytes(bytes: number): string {
  return (bytes / 1_000).toFixed(1);
}

export const bench = { name: 'flaky', run };
