/**
 * Planted bugs: faults that engines of this kind have had, kept as patches beside this file. Each is laid on a copy of
 * the tree, and the simulation must find it; one that it does not find would not have been found in earnest.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { SIMULATED_CODE } from '../kept-seeds.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = join(HERE, '..', '..', '..');
export function plantedBugs(): string[] {
  return readdirSync(HERE)
    .filter((name) => name.endsWith('.patch'))
    .map((name) => name.slice(0, -'.patch'.length))
    .toSorted();
}

export interface Hunt {
  found: boolean;
  /** Seeds that were run, the one that found it included. */
  seeds: number;
  /** What broke. */
  reason: string;
}

/** @throws when the patch does not apply: whoever changed the code under it must bring it up to date. */
export async function hunt(bug: string, of: { seeds: number; workers: number }): Promise<Hunt> {
  return onPatchedTree(bug, async (tree) => {
    const args = ['test/sim/main.ts', '--seeds', `${of.seeds}`, '--workers', `${of.workers}`, '--until-violation'];
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      cwd: tree,
      maxBuffer: 100_000_000,
    }).catch((error: unknown) => error as { stdout: string });
    const [, reason = ''] = /^seed \d+ broke a law at step \d+: (.*)$/m.exec(stdout) ?? [];
    const [, run = '0'] = /^(\d+) seeds, /m.exec(stdout) ?? [];
    return { found: reason !== '', seeds: Number(run), reason };
  });
}

/** Runs `work` on a copy of the tree that has the bug. */
export async function onPatchedTree<T>(bug: string, work: (tree: string) => Promise<T>): Promise<T> {
  const tree = mkdtempSync(join(tmpdir(), 'orderdesk-planted-'));
  try {
    for (const name of SIMULATED_CODE) cpSync(join(ROOT, name), join(tree, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'), 'junction');
    await promisify(execFile)('git', ['apply', '-C1', '--recount', join(HERE, `${bug}.patch`)], { cwd: tree });
    return await work(tree);
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}
