/**
 * A desk on a disk that is full, on a real small file system (tmpfs). Goal: saving says at once whether it has saved,
 * nothing is half there, the order at hand still finds room, and everything goes on when there is room again.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startLocalServer, type LocalServer } from '../../src-main/hosts/local-server.ts';
import { systemPlatform } from '../../src-main/hosts/system-platform.ts';
import { openDeskFile } from '../../src-main/restore/open-desk-file.ts';
import { checkFile } from '../../src-main/safety/check-file.ts';
import { deskFolder } from '../../src-main/safety/desk-folder.ts';
import { RESERVE_LOOK_MS } from '../../src-main/safety/limits.ts';
import { filledDesk, type FilledDesk } from '../support/filled-desk.ts';
import { manualScheduler, type ManualScheduler } from '../support/manual-scheduler.ts';
import { newOrderId } from '../support/office.ts';
import { eventually } from '../support/programs.ts';

const DISK_BYTES = 64 * 1024 * 1024;
const KEEPER_THREAD = new URL('../../src-main/safety/keeper-thread.ts', import.meta.url);

let made: FilledDesk;
let disk: string;
let ballast: string;
let scheduler: ManualScheduler;

beforeAll(async () => {
  made = await filledDesk({ products: 60, settled: 5, waiting: 20, inWal: 5, linesEach: 10 });
});
afterAll(() => made.dispose());

beforeEach(() => {
  disk = mkdtempSync(join(tmpdir(), 'orderdesk-disk-'));
  ballast = join(disk, 'ballast');
  scheduler = manualScheduler();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', disk], { stdio: 'pipe' });
  } catch (cause) {
    throw new Error('A small disk could not be mounted: run these tests as root on Linux.', { cause });
  }
});
afterEach(() => {
  execFileSync('umount', ['--lazy', disk]);
  rmSync(disk, { recursive: true, force: true });
});

/** Fills the disk to the last byte. */
function fill(): void {
  for (const bytes of [1_048_576, 4_096]) {
    const chunk = Buffer.alloc(bytes, 1);
    try {
      for (;;) appendFileSync(ballast, chunk);
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
    }
  }
}

function dataDirOnDisk(copies: 'none' | 'orders'): string {
  const dataDir = join(disk, 'desk');
  cpSync(made.leave(copies), dataDir, { recursive: true });
  return dataDir;
}

function placeOne(server: LocalServer): { orderId: string; code: string | null } {
  const { products, customers } = made.catalogue;
  const orderId = newOrderId();
  const lines = Array.from({ length: 10 }, (_, n) => ({
    productId: products[n]?.productId ?? '',
    unit: 'piece',
    quantity: 1,
  }));
  try {
    server.services.orders.place({ orderId, customerId: customers[0]?.customerId ?? '', note: '', lines }, 'en');
    return { orderId, code: null };
  } catch (error) {
    return { orderId, code: (error as { data?: { code: string } }).data?.code ?? String(error) };
  }
}

test('the order at hand is saved from the reserve, the next ones too, and what is not saved is said', async () => {
  const dataDir = dataDirOnDisk('none');
  const platform = { ...systemPlatform, now: () => Date.UTC(2026, 2, 2, 2) };
  const begin = (): Promise<LocalServer> =>
    startLocalServer({ dataDir, centralUrls: [], platform, scheduler, keeperThread: KEEPER_THREAD });
  let server = await begin();
  expect(server.services.safety.status().usingReserve).toBe(false);
  fill();

  const saved: string[] = [];
  let refused: string | undefined;
  let inReserve = 0;
  while (refused === undefined) {
    const { orderId, code } = placeOne(server);
    if (code === null) saved.push(orderId);
    else {
      expect(code).toBe('DISK_FULL');
      refused = orderId;
    }
    if (code === null && server.services.safety.status().usingReserve) inReserve += 1;
  }
  expect(inReserve).toBeGreaterThan(50);
  expect(() => server.services.orders.get(refused ?? '', 'en')).toThrow();
  for (const orderId of saved) expect(server.services.orders.get(orderId, 'en').sync).toBe('waiting');

  // A copy has no room, says so, and stops nothing.
  await scheduler.advance(RESERVE_LOOK_MS);
  const { copyProblem } = await eventually(
    async () => server.services.safety.status(),
    (status) => status.copyProblem !== null,
  );
  expect(copyProblem).toMatchObject({ what: 'orders', reason: 'noRoom' });

  truncateSync(ballast, 0);
  const again = placeOne(server);
  expect(again.code).toBeNull();
  await scheduler.advance(RESERVE_LOOK_MS);
  expect(server.services.safety.status().usingReserve).toBe(false);
  await server.close();
  expect(checkFile({ file: deskFolder(dataDir).file, how: 'thorough' })).toEqual([]);
  server = await begin();
  for (const orderId of [...saved, again.orderId])
    expect(server.services.orders.get(orderId, 'en').sync).toBe('waiting');
  await server.close();
});

test('a restoring that finds no room says so, loses nothing, and goes on when there is room', async () => {
  const dataDir = dataDirOnDisk('orders');
  writeFileSync(deskFolder(dataDir).file, 'garbled');
  fill();
  const options = { dataDir, platform: systemPlatform, warn: () => undefined };
  await expect(openDeskFile(options)).rejects.toMatchObject({ data: { code: 'DISK_FULL' } });
  await expect(openDeskFile(options)).rejects.toMatchObject({ data: { code: 'DISK_FULL' } });
  truncateSync(ballast, 0);
  const store = await openDeskFile(options);
  const count = store.query<Record<string, never>, { count: number }>((db) =>
    db.selectFrom('outbox').select(({ fn }) => fn.countAll<number>().as('count')),
  );
  // Without central's rows what was settled waits for its receipt to come again.
  expect(count.get({})?.count).toBe(made.waiting.length + made.settled.length);
  store.close();
});
