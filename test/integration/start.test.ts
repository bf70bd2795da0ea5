// Goal: one command starts everything, goes on with what was there, and leaves nothing running. Method: the command
// itself, on a folder of its own, stopped as a person stops it and killed as a crash would.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import type { OrderId } from '../../src-shared/domain/ids.ts';
import { deskApi, eventually, type DeskApi } from '../support/programs.ts';
import { newId } from '../support/test-house.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The first start builds the screens and makes a database and a sample. */
const READY_WITHIN_MS = 150_000;
const folder = mkdtempSync(path.join(tmpdir(), 'orderdesk-start-'));
const started = new Set<ChildProcess>();

afterAll(async () => {
  // Only what a failed test has left: its end ends the programs under it.
  for (const child of started) child.kill('SIGKILL');
  await eventually(
    () => Promise.resolve(alive()),
    (pids) => pids.length === 0,
  ).catch(() => undefined);
  rmSync(folder, { recursive: true, force: true });
});

interface Run {
  child: ChildProcess;
  stdout: () => string;
  stderr: () => string;
  exit: Promise<number | null>;
}

function run(args: readonly string[]): Run {
  const all = ['scripts/start.mjs', '--no-open', '--host', 'browser', '--data', folder, ...args];
  const child = spawn(process.execPath, all, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  started.add(child);
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  const exit = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      started.delete(child);
      resolve(code);
    });
  });
  return { child, stdout: () => said.stdout, stderr: () => said.stderr, exit };
}

async function startedDesk(): Promise<Run & { api: DeskApi }> {
  const going = run(['--port', '0', '--central-port', '0']);
  const stdout = await eventually(
    () => Promise.resolve(going.stdout()),
    (text) => text.includes('desk ready at') || going.child.exitCode !== null,
    { withinMs: READY_WITHIN_MS },
  );
  const lines =
    /^central ready at http:\/\/127\.0\.0\.1:\d+\ndesk ready at (http:\/\/127\.0\.0\.1:\d+)\/\?token=(\S+)\n$/;
  const match = lines.exec(stdout);
  if (!match) throw new Error(`not started:\n${stdout}\n${going.stderr()}`);
  return { ...going, api: deskApi(match[1] ?? '', match[2] ?? '') };
}

/** The processes of this folder that the start's own record names. */
function alive(): number[] {
  const record = JSON.parse(readRecord()) as { pid: number; children: number[] };
  return [record.pid, ...record.children].filter(isRunning);
}

/** Whether it runs: one that has ended and was not yet fetched by whoever inherited it still has its number. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // Not Linux; or it has gone this moment, and the next look tells.
    return true;
  }
}

let lastRecord = '{"pid":0,"children":[]}';
/** Gone after an orderly end; the last one that was there names who should have gone. */
function readRecord(): string {
  try {
    lastRecord = readFileSync(path.join(folder, 'start.json'), 'utf8');
  } catch {
    // See above.
  }
  return lastRecord;
}

test(
  'one command starts all of it, Ctrl-C ends all of it, and an order outlives that and a crash',
  { timeout: 2 * READY_WITHIN_MS },
  async () => {
    const first = await startedDesk();
    const [product] = await first.api.products.search.query({ text: '22423', limit: 5 });
    const [customer] = await first.api.customers.search.query({ text: '13089', limit: 5 });
    expect(product).toMatchObject({ code: '22423', name: 'REGENCY CAKESTAND 3 TIER' });
    const orderId = newId() as OrderId;
    const placed = await first.api.orders.place.mutate({
      orderId,
      customerId: customer?.customerId ?? '',
      lines: [{ productId: product?.productId ?? '', unit: 'piece', quantity: 2 }],
    });
    expect(alive()).toHaveLength(3);
    first.child.kill('SIGINT');
    expect(await first.exit).toBe(0);
    expect(alive()).toEqual([]);

    const second = await startedDesk();
    expect(await second.api.orders.get.query({ orderId })).toMatchObject({ number: placed.number });
    const again = run([]);
    expect(await again.exit).toBe(1);
    expect(again.stderr()).toContain(folder);
    // What it started is on its own then; the next start waits for their end.
    process.kill(alive()[0] ?? 0, 'SIGKILL');
    expect(await second.exit).toBe(128 + 9);

    const third = await startedDesk();
    expect(await third.api.session.state.query()).toMatchObject({ user: { userName: 'clerk' } });
    expect(await third.api.orders.get.query({ orderId })).toMatchObject({ number: placed.number });
    expect(alive()).toHaveLength(3);
    third.child.kill('SIGTERM');
    expect(await third.exit).toBe(0);
    expect(alive()).toEqual([]);
  },
);

test('a wrong option is named, and ends with 2', async () => {
  const wrong = run(['--sampel', 'small']);
  expect(await wrong.exit).toBe(2);
  expect(wrong.stderr()).toContain('--sampel');
});

test('a port that is taken is named, and ends with 3', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const refused = run(['--port', String(port)]);
  expect(await refused.exit).toBe(3);
  expect(refused.stderr()).toContain(String(port));
  other.close();
  expect(alive()).toEqual([]);
});
