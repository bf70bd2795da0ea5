/**
 * A desk copies its file, as its keeper does: the very functions, one after the other, without the keeper's thread. In
 * some of them it is killed, at one of their steps.
 */
import SqliteDatabase from 'better-sqlite3';
import { copyOrders, type CopyStep } from '../../../src-main/safety/copy-orders.ts';
import { copyWhole } from '../../../src-main/safety/copy-whole.ts';
import { copyPath, deskFolder, listCopies } from '../../../src-main/safety/desk-folder.ts';
import { makeFolder } from '../../../src-main/safety/durable-files.ts';
import { pruneCopies } from '../../../src-main/safety/prune-copies.ts';
import { TODAY } from '../actors/desk-build.ts';
import type { Scene, Seat } from '../scene.ts';
import { Violation } from '../violation.ts';
import type { Fault } from './fault.ts';

const STEPS: readonly CopyStep[] = ['begun', 'copied', 'synced', 'verified', 'named'];
const KILLED_RATE = 0.5;

function canCopy({ desk }: Seat): boolean {
  return desk.services !== undefined && !desk.dead && desk.build === TODAY;
}

export const deskCopies: Fault = {
  name: 'desk copies its file',
  weight: 3,
  possible: ({ seats }) => seats.some(canCopy),
  strike: (scene) => {
    const { world, seats } = scene;
    const { desk } = world.random.pick(seats.filter(canCopy));
    const { dir } = desk;
    if (dir === undefined) return;
    const what = world.random.pick(['orders', 'whole'] as const);
    const killedAt = world.random.chance(KILLED_RATE) ? world.random.pick(STEPS) : undefined;
    const at = (step: CopyStep): void => {
      if (step !== killedAt || desk.dir !== dir) return;
      world.tally.hit('fault: desk killed while it copied its file');
      desk.dieAfter(0);
    };
    world.tally.hit('fault: desk copied its file');
    scene.spawn('copy', () => desk.use(() => copied(scene, { dir, what, at })));
  },
};

async function copied(
  { world }: Scene,
  { dir, what, at }: { dir: string; what: 'orders' | 'whole'; at: (step: CopyStep) => void },
): Promise<void> {
  const folder = deskFolder(dir);
  makeFolder(folder.backups);
  pruneCopies(folder);
  for (const { path } of listCopies(folder)) assertWhole(path);
  const order = { file: folder.file, path: copyPath(folder, what, world.nowMs), at };
  if (what === 'orders') copyOrders(order);
  else await copyWhole(order);
  pruneCopies(folder);
}

/** What has a copy's name is one, wherever its desk was killed. */
function assertWhole(path: string): void {
  const copy = new SqliteDatabase(path, { readonly: true });
  try {
    const found = copy.pragma('quick_check', { simple: true });
    if (found !== 'ok') throw new Violation(`${path} is no whole copy: ${String(found)}`);
  } finally {
    copy.close();
  }
}
