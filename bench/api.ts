/**
 * What a call of the desk's API costs a window: over the port, against the same call over loopback HTTP. The local
 * server is a real one, on a thread of its own, as the desktop program has it in a process of its own; the clients are
 * those of the renderer. Calls go one after another, as a person's do; both ways take turns, so that both see the same
 * machine.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import { createTRPCClient, httpLink } from '@trpc/client';
import type { AppRouter } from '../src-main/api/router.ts';
import { workerLinkPort } from '../src-main/hosts/port/link-ports.ts';
import { createPortSocket, portLink } from '../src-renderer/desk/port-link.ts';
import { quantile, type Bench, type BenchResult } from './bench.ts';

const ROUNDS = 15;
const CALLS_PER_ROUND = 200;

export const bench: Bench = { name: 'api', run };

async function run(): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'orderdesk-bench-api-'));
  const [link, echo, control] = [new MessageChannel(), new MessageChannel(), new MessageChannel()];
  const worker = new Worker(new URL('api-server.ts', import.meta.url), {
    workerData: { folder, link: link.port2, echo: echo.port2, control: control.port2 },
    transferList: [link.port2, echo.port2, control.port2],
  });
  try {
    const { url, token } = await new Promise<{ url: string; token: string }>((resolve, reject) => {
      control.port1.once('message', resolve);
      worker.once('error', reject);
    });
    const socket = createPortSocket('en');
    socket.attach(workerLinkPort(link.port1));
    const overPort = createTRPCClient<AppRouter>({ links: [portLink(socket)] });
    const overHttp = createTRPCClient<AppRouter>({
      links: [httpLink({ url: `${url}/trpc`, headers: { authorization: `Bearer ${token}` } })],
    });
    const times = { port: [] as number[], http: [] as number[], bare: [] as number[] };
    for (let round = 0; round <= ROUNDS; round += 1) {
      const port = await timed(() => overPort.session.state.query());
      const http = await timed(() => overHttp.session.state.query());
      const bare = await timed(() => bounced(echo.port1));
      // The first round warms both up.
      if (round === 0) continue;
      times.port.push(...port);
      times.http.push(...http);
      times.bare.push(...bare);
    }
    const [value, reference] = [quantile(times.port, 0.5), quantile(times.http, 0.5)];
    const [bare, late, lateHttp] = [quantile(times.bare, 0.5), quantile(times.port, 0.99), quantile(times.http, 0.99)];
    const note = `session.state, p50, against loopback HTTP; a bare message there and back ${bare.toFixed(0)} us; p99 ${late.toFixed(0)} against ${lateHttp.toFixed(0)} us`;
    return { value, unit: 'us', reference, ratio: value / reference, note };
  } finally {
    echo.port1.close();
    link.port1.close();
    workerLinkPort(control.port1).post('stop');
    await new Promise((resolve) => worker.once('exit', resolve));
    control.port1.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Microseconds of each call. */
async function timed(call: () => Promise<unknown>): Promise<number[]> {
  const took: number[] = [];
  for (let count = 0; count < CALLS_PER_ROUND; count += 1) {
    const before = performance.now();
    await call();
    took.push((performance.now() - before) * 1_000);
  }
  return took;
}

function bounced(port: MessagePort): Promise<unknown> {
  return new Promise((resolve) => {
    port.once('message', resolve);
    port.postMessage({ id: 1 });
  });
}
