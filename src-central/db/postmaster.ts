/** The running server of a folder, as its own `postmaster.pid` tells. */
import { spawn } from 'node:child_process';
import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { EMBEDDED_POLL_MS, EMBEDDED_STOP_TIMEOUT_MS } from './limits.ts';
import type { Cluster } from './postgres-binaries.ts';

export interface Postmaster {
  pid: number;
  port: number;
  /** Whether it takes connections. */
  ready: boolean;
}

/** `undefined` when none runs there: no file, another folder's, or a process that has gone and left its file. */
export async function readPostmaster(directory: string): Promise<Postmaster | undefined> {
  const text = await readFile(path.join(directory, 'postmaster.pid'), 'utf8').catch(() => '');
  const [pidText, folder = '', , portText, , , , status = ''] = text.split('\n');
  const pid = Number(pidText);
  if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
  // A folder copied together with the file of a server that still runs on the original.
  if (!(await sameFolder(folder.trim(), directory))) return undefined;
  if (!(await isPostmaster(pid))) return undefined;
  return { pid, port: Number(portText), ready: status.trim() === 'ready' };
}

async function sameFolder(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([a, b].map((each) => realpath(each).catch(() => path.resolve(each))));
  return left === right;
}

/** After a restart of the machine the number may be any process; where the system tells its name, we look. */
async function isPostmaster(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  if (process.platform !== 'linux') return true;
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const [, name = '', state = ''] = /^\d+ \((.*)\) (\S)/.exec(stat) ?? [];
  return name.startsWith('postgres') && state !== 'Z';
}

/** Stops it cleanly: open transactions are rolled back, everything committed is on disk when this returns. */
export async function stopPostmaster(cluster: Cluster, { pid }: Postmaster): Promise<void> {
  if (process.platform === 'win32') {
    spawn(cluster.binaries.pgCtl, ['stop', '-D', cluster.directory, '-m', 'fast'], { windowsHide: true });
  } else {
    process.kill(pid, 'SIGINT');
  }
  const deadline = Date.now() + EMBEDDED_STOP_TIMEOUT_MS;
  while ((await readPostmaster(cluster.directory))?.pid === pid) {
    if (Date.now() > deadline) throw new Error(`PostgreSQL (process ${pid}) did not stop`);
    await new Promise((resolve) => {
      setTimeout(resolve, EMBEDDED_POLL_MS);
    });
  }
}
