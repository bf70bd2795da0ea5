/**
 * Keeping and restoring a desk's file, cut short by SIGKILL at every step, in processes of their own. Goal: whatever is
 * left, the next start has every order, and no copy that has a name is a bad one.
 */
import { spawn } from 'node:child_process';
import { existsSync, truncateSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDeskFile } from '../../src-main/restore/open-desk-file.ts';
import { readNotice } from '../../src-main/restore/notice.ts';
import type { RestoreStep } from '../../src-main/restore/parts.ts';
import type { CopyStep } from '../../src-main/safety/copy-orders.ts';
import { checkFile } from '../../src-main/safety/check-file.ts';
import { deskFolder, listCopies, namesIn } from '../../src-main/safety/desk-folder.ts';
import { systemPlatform } from '../../src-main/hosts/system-platform.ts';
import { filledDesk, type FilledDesk } from '../support/filled-desk.ts';
import { eventually } from '../support/programs.ts';

const PROGRAM = fileURLToPath(new URL('../safety/crash-at.ts', import.meta.url));
const COPY_STEPS: readonly CopyStep[] = ['begun', 'copied', 'synced', 'verified', 'named'];
const RESTORE_STEPS: readonly RestoreStep[] = [
  'found',
  'marked',
  'setAside',
  'baseCopied',
  'broughtOver',
  'salvageListed',
  'built',
  'named',
  'done',
];

let made: FilledDesk;

beforeAll(async () => {
  made = await filledDesk({ products: 60, settled: 10, waiting: 30, inWal: 10, linesEach: 12 });
});
afterAll(() => made.dispose());

function start(args: readonly string[]) {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  const signal = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, by) => resolve(by)));
  return { child, signal };
}

/** Opens what is left, and expects every order in it. */
async function expectAllThere(dataDir: string): Promise<string | null> {
  const store = await openDeskFile({ dataDir, platform: systemPlatform, warn: () => undefined });
  const ids = store.query<Record<string, never>, { id: string }>((db) =>
    db.selectFrom('outbox').select('mutation_id as id'),
  );
  const there = new Set(ids.all({}).map(({ id }) => id));
  expect(made.waiting.filter((id) => !there.has(id))).toEqual([]);
  expect(there.size).toBe(made.waiting.length);
  const notice = readNotice(store);
  store.close();
  const folder = deskFolder(dataDir);
  expect(checkFile({ file: folder.file, how: 'thorough' })).toEqual([]);
  expect(existsSync(folder.marker)).toBe(false);
  return notice?.base ?? null;
}

describe('a copy that is cut short', () => {
  test.concurrent.for(COPY_STEPS.flatMap((step) => [['orders', step] as const, ['whole', step] as const]))(
    'leaves no bad copy and no bad file: %s, at "%s"',
    async ([what, step]) => {
      const dataDir = made.leave('none');
      expect(await start([dataDir, what, step]).signal).toBe('SIGKILL');
      for (const copy of listCopies(deskFolder(dataDir))) {
        expect(checkFile({ file: copy.path, how: 'thorough' })).toEqual([]);
      }
      expect(await expectAllThere(dataDir)).toBeNull();
    },
  );
});

describe('a restoring that is cut short', () => {
  test.concurrent.for(RESTORE_STEPS)('goes on at the next start: at "%s"', async (step) => {
    const dataDir = made.leave('both');
    const folder = deskFolder(dataDir);
    truncateSync(folder.file, 20_000);
    expect(await start([dataDir, 'restore', step]).signal).toBe('SIGKILL');
    expect(await expectAllThere(dataDir)).toBe('copy');
    expect(namesIn(folder.damaged)).toHaveLength(1);
  });
});

test('a migration that is cut short leaves the file as it was, and a copy of it', async () => {
  const dataDir = made.leave('none');
  const { child, signal } = start([dataDir, 'migrate']);
  const copies = await eventually(
    async () => listCopies(deskFolder(dataDir)),
    (found) => found.length > 0,
  );
  child.kill('SIGKILL');
  expect(await signal).toBe('SIGKILL');
  expect(copies.map(({ kind }) => kind)).toEqual(['whole']);
  expect(await expectAllThere(dataDir)).toBeNull();
});
