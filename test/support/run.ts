/** Runs a command to its end. */
import { spawn } from 'node:child_process';

/**
 * @returns its standard output.
 * @throws Error with the command and the last of its output, when it fails or can't be started.
 */
export async function run(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; deadlineMs?: number } = {},
): Promise<string> {
  const { deadlineMs: timeout, ...where } = options;
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
  const child = spawn(command, args, { ...where, ...(timeout === undefined ? {} : { timeout }), stdio });
  const out: Buffer[] = [];
  const both: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    out.push(chunk);
    both.push(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => both.push(chunk));
  const code = await new Promise<number | string>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => resolve(status ?? signal ?? 'unknown'));
  });
  if (code === 0) return Buffer.concat(out).toString();
  const tail = Buffer.concat(both).toString().slice(-4_000);
  throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${tail}`);
}
