/**
 * Which start uses a data folder: a small file in it, with process numbers.
 *
 * Guarantees: two starts never run on one folder; what a killed one left behind is gone before the next goes on. A
 * process counts as ours only when its command line names the folder: numbers are given out again.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { ORPHANS_WITHIN_MS, POLL_MS } from './limits.ts';
import { StartError } from './words.ts';

interface RunRecord {
  pid: number;
  /** Of the programs that it started. */
  children: number[];
  deskUrl: string;
}

const START_MARK = 'scripts/start.ts';

/** @throws StartError when another start runs on the folder. */
export async function claimFolder(dataDir: string): Promise<void> {
  mkdirSync(dataDir, { recursive: true });
  const earlier = read(dataDir);
  if (earlier && earlier.pid !== process.pid && commandOf(earlier.pid)?.includes(START_MARK)) {
    throw new StartError({
      en: `It runs already on ${dataDir} (process ${earlier.pid}): ${earlier.deskUrl}\nStop that one first, or use another folder with --data DIR.`,
      zh: `${dataDir} 上已有程序在运行（进程 ${earlier.pid}）：${earlier.deskUrl}\n请先停止它，或用 --data DIR 指定另一文件夹。`,
    });
  }
  const orphans = (earlier?.children ?? []).filter((pid) => isOurs(pid, dataDir));
  for (const signal of [undefined, 'SIGTERM', 'SIGKILL'] as const) await endAll(orphans, { dataDir, signal });
  writeRecord(dataDir, { pid: process.pid, children: [], deskUrl: '' });
}

export function writeRecord(dataDir: string, record: RunRecord): void {
  writeFileSync(fileOf(dataDir), JSON.stringify(record), { mode: 0o600 });
}

export function releaseFolder(dataDir: string): void {
  if (read(dataDir)?.pid === process.pid) rmSync(fileOf(dataDir), { force: true });
}

/** Tells those that still run, if there is something to tell, and gives them their time. */
async function endAll(
  pids: readonly number[],
  { dataDir, signal }: { dataDir: string; signal: NodeJS.Signals | undefined },
): Promise<void> {
  const running = pids.filter((pid) => isOurs(pid, dataDir));
  if (signal) for (const pid of running) process.kill(pid, signal);
  const deadline = performance.now() + ORPHANS_WITHIN_MS;
  while (running.some((pid) => isOurs(pid, dataDir)) && performance.now() < deadline) await after(POLL_MS);
}

function isOurs(pid: number, dataDir: string): boolean {
  return commandOf(pid)?.includes(dataDir) ?? false;
}

/** The command line of a running process; `undefined` when there is none of that number. */
function commandOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    if (process.platform === 'win32') return undefined;
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return undefined;
  }
}

function read(dataDir: string): RunRecord | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(dataDir), 'utf8')) as RunRecord;
  } catch {
    // Not there, or cut off by a crash while it was written: nobody can be read from it.
    return undefined;
  }
}

function fileOf(dataDir: string): string {
  return join(dataDir, 'start.json');
}
