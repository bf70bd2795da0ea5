/**
 * The machine's own id, as its system keeps it: a desk's folder that was copied to another machine is noticed by it. Only
 * a hash of it leaves this file.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { MACHINE_ID_WAIT_MS } from './limits.ts';

/** Answers null where the system tells none; a desk then only misses this one way of noticing. */
export type MachineSource = () => Promise<string | null>;

export async function systemMachine(): Promise<string | null> {
  const id = await readId().catch(() => null);
  const text = id?.trim().toLowerCase() ?? '';
  return text === '' ? null : createHash('sha256').update(`orderdesk machine\n${text}`).digest('hex');
}

async function readId(): Promise<string | null> {
  switch (process.platform) {
    case 'linux':
      return await readFile('/etc/machine-id', 'utf8').catch(() => readFile('/var/lib/dbus/machine-id', 'utf8'));
    case 'win32':
      return found(
        await output('reg', ['query', String.raw`HKLM\SOFTWARE\Microsoft\Cryptography`, '/v', 'MachineGuid']),
        /MachineGuid\s+REG_SZ\s+(\S+)/,
      );
    case 'darwin':
      return found(await output('ioreg', ['-rd1', '-c', 'IOPlatformExpertDevice']), /"IOPlatformUUID" = "([^"]+)"/);
    default:
      return null;
  }
}

async function output(command: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(command, [...args], { timeout: MACHINE_ID_WAIT_MS, windowsHide: true });
  return stdout;
}

function found(text: string, pattern: RegExp): string | null {
  return pattern.exec(text)?.[1] ?? null;
}
