/**
 * `load`: how much one desk more costs central, and what breaks first.
 *
 * Central's real program holds DESKS poke streams, ten desks a branch. Its memory a desk (RSS when all are connected,
 * less before, divided) is held against plain node:http with as many open streams that only beat. Then one desk of each
 * of some branches pushes orders at a rate that doubles; all desks of those branches are poked and pull. A rate is
 * borne when a push's p99 is within PUSH_BOUND_MS and nothing fails. The light desks share the two cores with central
 * and PostgreSQL, as the note says.
 */
import { HEARTBEAT_INTERVAL_MS } from '../src-shared/protocol/limits.ts';
import { ENDPOINTS } from '../src-shared/protocol/endpoints.ts';
import { PROTOCOL_VERSION } from '../src-shared/protocol/versions.ts';
import { quantile, type BenchResult } from './bench.ts';
import { residentKb, startBareServer, startLightDesks, type LightDesks } from './load-parts/light-process.ts';
import { processorSeconds } from './processor.ts';
import { DESKS_PER_BRANCH, startLoadHouse, type LoadHouse } from './load-parts/load-house.ts';

const DESKS = 2_000;
const PUSHING = 20;
const LINES = 20;
const FIRST_RATE = 5;
const LAST_RATE = 640;
const RATE_SECONDS = 12;
const PUSH_BOUND_MS = 1_000;
/** Long enough for every stream to have beaten a few times, and for garbage to be collected. */
const SETTLE_MS = 3 * HEARTBEAT_INTERVAL_MS;

interface Rate {
  ordersPerSecond: number;
  pushP99Ms: number;
  pullP99Ms: number;
  pokesPerSecond: number;
  failures: number;
  /** What the first one that failed said. */
  firstFailure: string;
  /** Of one core. */
  centralProcessor: number;
}

async function run(): Promise<BenchResult> {
  const bareKb = await bareStreams();
  const house = await startLoadHouse({ desks: DESKS, pushing: PUSHING, lines: LINES });
  const light = startLightDesks();
  try {
    const cursor = await cursorNow(house);
    const before = residentKb(house.central.pid);
    light.tell({ what: 'connect', url: house.central.url, tokens: house.tokens, cursor });
    await untilOpen(light, DESKS);
    await wait(SETTLE_MS);
    const perDeskKb = (residentKb(house.central.pid) - before) / DESKS;
    const { rates, broken } = await ramp(house, light);
    const best = rates.at(-1);
    return {
      value: Math.round(perDeskKb * 10) / 10,
      unit: 'KB/desk',
      reference: Math.round(bareKb * 10) / 10,
      ratio: Math.round((perDeskKb / bareKb) * 100) / 100,
      note: noteOf(best, broken),
    };
  } finally {
    light.stop();
    await house.stop();
  }
}

/** Kilobytes a stream of plain node:http, measured as central's are. */
async function bareStreams(): Promise<number> {
  const { url, child } = await startBareServer();
  const light = startLightDesks();
  try {
    const pid = child.pid ?? 0;
    const before = residentKb(pid);
    light.tell({ what: 'connect', url, tokens: Array.from({ length: DESKS }, () => 'x'), cursor: '' });
    await untilOpen(light, DESKS);
    await wait(SETTLE_MS);
    return (residentKb(pid) - before) / DESKS;
  } finally {
    light.stop();
    child.kill('SIGKILL');
  }
}

/** Doubles the rate until one is not borne. */
async function ramp(house: LoadHouse, light: LightDesks): Promise<{ rates: Rate[]; broken: Rate | undefined }> {
  const rates: Rate[] = [];
  for (let ordersPerSecond = FIRST_RATE; ordersPerSecond <= LAST_RATE; ordersPerSecond *= 2) {
    const rate = await atRate(house, light, ordersPerSecond);
    if (rate.pushP99Ms > PUSH_BOUND_MS || rate.failures > 0) return { rates, broken: rate };
    rates.push(rate);
  }
  return { rates, broken: undefined };
}

async function atRate(house: LoadHouse, light: LightDesks, ordersPerSecond: number): Promise<Rate> {
  light.tell({ what: 'reset' });
  const began = performance.now();
  const processorBefore = processorSeconds(house.central.pid);
  const pushMs: number[] = [];
  const failed: string[] = [];
  const pushes: Promise<void>[] = [];
  const count = ordersPerSecond * RATE_SECONDS;
  for (let n = 0; n < count; n += 1) {
    const due = began + (n * 1_000) / ordersPerSecond;
    const early = due - performance.now();
    if (early > 0) await wait(early);
    const at = house.pushing[n % house.pushing.length];
    if (!at) throw new Error('load: nobody pushes');
    const prepared = at.desk.prepare([house.makeOrder(at.house)]);
    pushes.push(
      at.desk.push(prepared).then(
        // From when it was due: one that had to wait behind others waited for central.
        () => void pushMs.push(performance.now() - due),
        (error: unknown) => void failed.push(String(error)),
      ),
    );
  }
  await Promise.all(pushes);
  const seconds = (performance.now() - began) / 1_000;
  const report = await light.report();
  return {
    ordersPerSecond,
    pushP99Ms: quantile(pushMs.length > 0 ? pushMs : [Infinity], 0.99),
    pullP99Ms: quantile(report.pullMs.length > 0 ? report.pullMs : [0], 0.99),
    pokesPerSecond: report.pokes / seconds,
    failures: failed.length + report.failures + (DESKS - report.open),
    firstFailure: failed[0]?.slice(0, 200) ?? (report.failures > 0 ? 'a pull' : 'a stream'),
    centralProcessor: (processorSeconds(house.central.pid) - processorBefore) / seconds,
  };
}

function noteOf(best: Rate | undefined, broken: Rate | undefined): string {
  const shown = ({ ordersPerSecond, pushP99Ms, pullP99Ms, pokesPerSecond, failures, ...rate }: Rate): string =>
    `${ordersPerSecond} orders/s: push p99 ${Math.round(pushP99Ms)} ms, pull p99 ${Math.round(pullP99Ms)} ms, ` +
    `${Math.round(pokesPerSecond)} pokes/s, central ${Math.round(rate.centralProcessor * 100)} % of a core` +
    (failures > 0 ? `, ${failures} failures (${rate.firstFailure})` : '');
  return (
    `${DESKS} desks, ${DESKS_PER_BRANCH} a branch, ${PUSHING} of them pushing orders of ${LINES} lines; the desks run on ` +
    `the same cores. Borne: ${best ? shown(best) : 'nothing'}. ${broken ? `Not borne: ${shown(broken)}` : 'Nothing broke'}`
  );
}

async function cursorNow(house: LoadHouse): Promise<string> {
  for (let cursor = ''; ;) {
    const answer = await fetch(house.central.url + ENDPOINTS.pull.path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${house.tokens[0]}` },
      body: JSON.stringify({ protocol: PROTOCOL_VERSION, cursor }),
    });
    const page = ENDPOINTS.pull.response.parse(await answer.json());
    cursor = page.cursor;
    if (!page.more) return cursor;
  }
}

async function untilOpen(light: LightDesks, count: number): Promise<void> {
  for (;;) {
    const { open, failures } = await light.report();
    if (failures > 0) throw new Error(`load: ${failures} of ${count} streams did not open`);
    if (open === count) return;
    await wait(100);
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

export const bench = { name: 'load', run };
