/**
 * A program of the project as a child: started, waited for until it says where it is ready, stopped in good order.
 *
 * It is in a process group of its own, so that Ctrl-C reaches this program alone and the children end one after the
 * other; and it has a channel to this one, whose end stops it even when this one is killed outright.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { nodeFlags } from '../node-flags.mjs';
import { READY_WITHIN_MS, STOPPED_WITHIN_MS } from './limits.ts';
import { StartError } from './words.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PRELOAD = new URL('../stop-with-parent.mjs', import.meta.url).href;

export interface Program {
  name: string;
  pid: number;
  /** What it said that it is ready at. */
  address: string;
  /** Resolves when it has ended, however. */
  ended: Promise<void>;
  /** SIGTERM, and SIGKILL where that is not enough. */
  stop(): Promise<void>;
}

export interface ProgramOptions {
  /** As in the line "NAME ready at ADDRESS" that it prints. */
  name: string;
  script: string;
  args: readonly string[];
  signal: AbortSignal;
}

/** @throws StartError when it ends or hangs before it is ready; it has then said why on stderr itself. */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  options.signal.throwIfAborted();
  const { name } = options;
  const child = spawn(
    process.execPath,
    [...nodeFlags(options.script), '--import', PRELOAD, options.script, ...options.args],
    {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      detached: process.platform !== 'win32',
    },
  );
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const stop = (): Promise<void> => stopChild(child, ended);
  try {
    const address = await readyAddress(child, options);
    return { name, pid: child.pid ?? 0, address, ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function readyAddress(child: ChildProcess, { name, signal }: ProgramOptions): Promise<string> {
  const ready = new RegExp(`^${name} ready at (\\S+)$`);
  return new Promise((resolve, reject) => {
    const failed = (en: string, zh: string): void => reject(new StartError({ en, zh }));
    const late = setTimeout(
      () => failed(`${name} did not get ready in ${READY_WITHIN_MS / 1_000} s.`, `${name} 启动超时。`),
      READY_WITHIN_MS,
    );
    child.once('close', () => {
      clearTimeout(late);
      failed(`${name} could not be started; what it says is above.`, `${name} 启动失败，原因见上。`);
    });
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    if (!child.stdout) throw new Error('the child was started without a pipe');
    createInterface({ input: child.stdout }).on('line', (line) => {
      const address = ready.exec(line)?.[1];
      clearTimeout(address === undefined ? undefined : late);
      if (address === undefined) process.stderr.write(`${line}\n`);
      else resolve(address);
    });
  });
}

async function stopChild(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), STOPPED_WITHIN_MS);
  await ended;
  clearTimeout(late);
}
