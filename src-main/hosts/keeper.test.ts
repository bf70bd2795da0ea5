/** The keeper with a clock that the test moves, its real thread and a real file: when it copies, and when it looks. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { controlledPlatform, type ControlledPlatform } from '../../test/support/desk-fixture.ts';
import { filledDesk, type FilledDesk } from '../../test/support/filled-desk.ts';
import { manualScheduler, type ManualScheduler } from '../../test/support/manual-scheduler.ts';
import { eventually } from '../../test/support/programs.ts';
import { deskFolder, listCopies } from '../safety/desk-folder.ts';
import {
  CHECK_AFTER_START_MS,
  IDLE_BEFORE_LONG_JOB_MS,
  LOOK_EVERY_MS,
  ORDERS_COPY_AFTER_MS,
} from '../safety/limits.ts';
import { startKeeper, type Keeper, type KeeperParts } from './keeper.ts';

const THREAD = new URL('../safety/keeper-thread.ts', import.meta.url);
const HOUR_MS = 3_600_000;
/** Two in the afternoon in Shanghai. */
const AFTERNOON = Date.UTC(2026, 2, 3, 6);

let made: FilledDesk;
let dataDir: string;
let scheduler: ManualScheduler;
let platform: ControlledPlatform;
let damage: string[];
let keeper: Keeper;

beforeAll(async () => {
  made = await filledDesk({ products: 30, settled: 2, waiting: 5, inWal: 2, linesEach: 4 });
});
afterAll(() => made.dispose());

function begin(more: Partial<KeeperParts> = {}): void {
  keeper = startKeeper({
    dataDir,
    thread: THREAD,
    platform,
    scheduler,
    log: { info: () => undefined, warn: () => undefined, unforeseen: () => '' },
    timeZone: () => 'Asia/Shanghai',
    isFilled: () => true,
    lastThoroughCheckAt: null,
    onThoroughCheck: () => undefined,
    onDamage: (problems) => damage.push(...problems),
    onChange: () => undefined,
    ...more,
  });
}

beforeEach(() => {
  dataDir = made.leave('none');
  scheduler = manualScheduler();
  platform = controlledPlatform(3, AFTERNOON);
  damage = [];
});
afterEach(() => keeper.close({ isDamaged: true }));

async function pass(ms: number): Promise<void> {
  platform.advance(ms);
  await scheduler.advance(ms);
}

/** Until the thread has done what it was asked. */
async function wait(until: () => boolean): Promise<void> {
  await eventually(async () => until(), Boolean);
}

/** A look that finds the thread at work waits for the next minute. */
async function passUntil(until: () => boolean): Promise<void> {
  await eventually(async () => {
    if (!until()) await pass(LOOK_EVERY_MS);
    return until();
  }, Boolean);
}

function kinds(): string[] {
  return listCopies(deskFolder(dataDir)).map(({ kind }) => kind);
}

test('orders are copied soon after the first that is in no copy, however many follow; all of it when nobody works', async () => {
  begin();
  await pass(ORDERS_COPY_AFTER_MS / 2);
  keeper.touch();
  expect(kinds()).toEqual([]);
  await pass(ORDERS_COPY_AFTER_MS / 2);
  await wait(() => keeper.status().ordersCopy !== null);
  expect(kinds()).toEqual(['orders']);
  await passUntil(() => keeper.status().wholeCopy !== null);
  // Nothing was written since: nothing is copied again.
  await pass(8 * HOUR_MS);
  expect(kinds().toSorted()).toEqual(['orders', 'whole']);
});

test('a fill that goes on is not copied half', async () => {
  begin({ isFilled: () => false });
  await pass(3 * (IDLE_BEFORE_LONG_JOB_MS + LOOK_EVERY_MS));
  await wait(() => keeper.status().ordersCopy !== null);
  expect(kinds()).toEqual(['orders']);
});

test('closing makes the copy that is due', async () => {
  begin();
  await keeper.close({ isDamaged: false });
  expect(kinds()).toEqual(['orders']);
});

test('the whole file is read in the branch’s night, and what is found is told', async () => {
  const checked: number[] = [];
  begin({ onThoroughCheck: (at) => checked.push(at) });
  await pass(CHECK_AFTER_START_MS);
  await wait(() => keeper.status().check?.how === 'quick');
  await pass(ORDERS_COPY_AFTER_MS);
  await wait(() => keeper.status().ordersCopy !== null);
  await passUntil(() => keeper.status().wholeCopy !== null);
  expect(checked).toEqual([]);
  const fd = openSync(deskFolder(dataDir).file, 'r+');
  writeSync(fd, Buffer.alloc(8_192, 0x5a), 0, 8_192, 40 * 4_096);
  closeSync(fd);
  // To half past one at night in Shanghai.
  await pass(11.5 * HOUR_MS);
  await passUntil(() => checked.length === 1);
  expect(keeper.status().check).toMatchObject({ how: 'thorough', sound: false });
  expect(damage.length).toBeGreaterThan(0);
});
