/**
 * `propagation`: from "saved" on one desk to in sight on another, at 50 orders a second of 20 lines on loopback. The
 * value is the median; the note has p99.
 *
 * Both desks are whole local servers in processes of their own, with real files, lines and loops. An order is in sight
 * once the other desk's event has named it and reading it there has shown it. The reference is the HTTP that this takes
 * and nothing else (desk-parts/bare-hops.ts), at the same pace: no signature, no rule, no disk.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { eventually } from '../test/support/programs.ts';
import { quantile, type BenchResult } from './bench.ts';
import { startBenchDesk, type BenchDesk } from './desk-parts/bench-desk.ts';
import { sharedNow } from './desk-parts/messages.ts';
import { newOrders, openShop } from './desk-parts/open-shop.ts';
import { tellOfHouse } from './desk-parts/tell-of-house.ts';
import { perOne, processorSeconds } from './processor.ts';
import { startBenchHouse } from './push-parts/bench-house.ts';

const PER_SECOND = 50;
const WARM_UP_ORDERS = 250;
const ORDERS = 1_500;
const LINES = 20;
const SEEN_WITHIN_MS = 60_000;

async function run(): Promise<BenchResult> {
  const house = await startBenchHouse();
  const [from, to] = [await startBenchDesk(), await startBenchDesk()];
  try {
    await tellOfHouse(house.central, house.ids.branchId);
    await openShop(house, from, 'clerk-a');
    await openShop(house, to, 'clerk-b');
    await to.ask('watch', {});
    const warmUp = newOrders(house, WARM_UP_ORDERS, LINES);
    await from.ask('placeAtPace', { orders: warmUp, perSecond: PER_SECOND });
    const processor = () => ({ ...house.processor(), from: processorSeconds(from.pid), to: processorSeconds(to.pid) });
    const before = processor();
    const { saved } = await from.ask('placeAtPace', { orders: newOrders(house, ORDERS, LINES), perSecond: PER_SECOND });
    const seen = await allSeen(to, [...warmUp.map(({ orderId }) => orderId), ...saved.map(([orderId]) => orderId)]);
    const used = perOne(before, processor(), ORDERS);
    const tookMs = saved.map(([orderId, atMs]) => (seen.get(orderId) ?? Infinity) - atMs);
    const bareMs = await bareHops(JSON.stringify(warmUp[0]));
    const [value, reference] = [quantile(tookMs, 0.5), quantile(bareMs, 0.5)];
    return {
      value,
      unit: 'ms',
      reference,
      ratio: value / reference,
      note:
        `${ORDERS} orders of ${LINES} lines at ${PER_SECOND}/s; p99 ${quantile(tookMs, 0.99).toFixed(1)} ms, ` +
        `of the bare HTTP ${quantile(bareMs, 0.99).toFixed(1)} ms. Processor an order: ${used}`,
    };
  } finally {
    await Promise.all([from.end(), to.end()]);
    await house.stop();
  }
}

async function allSeen(desk: BenchDesk, orderIds: readonly string[]): Promise<Map<string, number>> {
  const seen = await eventually(
    async () => new Map((await desk.ask('seen', {})).seen),
    (found) => orderIds.every((orderId) => found.has(orderId)),
    { withinMs: SEEN_WITHIN_MS, everyMs: 250 },
  );
  return seen;
}

/** Milliseconds from sending to having, each time. */
async function bareHops(body: string): Promise<number[]> {
  const server = fork(fileURLToPath(new URL('desk-parts/bare-hops.ts', import.meta.url)));
  try {
    const [url] = (await once(server, 'message')) as [string];
    const [sender, receiver] = [new Agent({ keepAlive: true }), new Agent({ keepAlive: true })];
    const stream = request(`${url}/stream`).end();
    const [lines] = (await once(stream, 'response')) as [NodeJS.ReadableStream];
    await once(lines, 'data');
    const tookMs: number[] = [];
    const began = sharedNow();
    for (let count = 0; count < ORDERS; count += 1) {
      const dueMs = began + (count * 1_000) / PER_SECOND - sharedNow();
      if (dueMs > 0) await new Promise((resolve) => setTimeout(resolve, dueMs));
      const sentAt = sharedNow();
      const poked = once(lines, 'data');
      await Promise.all([post(`${url}/push`, sender, body), poked.then(() => post(`${url}/pull`, receiver, '{}'))]);
      tookMs.push(sharedNow() - sentAt);
    }
    stream.destroy();
    sender.destroy();
    receiver.destroy();
    return tookMs;
  } finally {
    server.kill('SIGKILL');
  }
}

function post(url: string, agent: Agent, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const asked = request(url, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', resolve);
      answer.on('error', reject);
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

export const bench = { name: 'propagation', run };
