/**
 * Runs a program under strace. Linux alone has it: elsewhere the power-cut proof can't run, and says so instead of
 * passing.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { ensureDebianPackages } from '../support/debian-packages.ts';
import { UNTRACED_CALLS } from './trace.ts';

/** Longer than any one write; strace says so where it cuts, and the reader of the trace throws. */
const LONGEST_STRING_BYTES = 64 * 1024 * 1024;

/** @throws Error that says what to install, or that this is no Linux. */
export async function ensureStrace(): Promise<void> {
  if (process.platform !== 'linux') {
    throw new Error('The power-cut proof records system calls with strace, which only Linux has. Run it there.');
  }
  if (spawnSync('strace', ['-V']).status !== 0) await ensureDebianPackages('the power-cut proof', ['strace']);
}

/**
 * Runs a TypeScript program on this Node until it kills itself.
 *
 * @returns what strace wrote.
 * @throws Error with the program's last words when it ends in any other way.
 */
export async function traceProgram(program: string, args: readonly string[], traceFile: string): Promise<string> {
  const options = ['-f', '-y', '-xx', '-qqq', '--seccomp-bpf', '-s', String(LONGEST_STRING_BYTES), '-o', traceFile];
  const calls = ['-e', 'signal=none', '-e', `trace=!${UNTRACED_CALLS.join(',')}`];
  const child = spawn('strace', [...options, ...calls, process.execPath, program, ...args], {
    stdio: ['ignore', 'inherit', 'pipe'],
    // libuv can hand file operations to the kernel through io_uring, past every system call; here it must not.
    env: { ...process.env, UV_USE_IO_URING: '0' },
  });
  const words: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => words.push(chunk));
  const end = await new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(signal ?? code));
  });
  // strace ends as its program did.
  if (end === 'SIGKILL') return readFile(traceFile, 'latin1');
  throw new Error(`${program} under strace ended with ${String(end)}:\n${Buffer.concat(words).toString()}`);
}
