/** The desktop program: whether it can run here, and running it. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ELECTRON = join(ROOT, 'node_modules', 'electron');

/** Electron's program, where it was downloaded and there is a screen to show it on. */
export function electronBinary(): string | undefined {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY) return undefined;
  try {
    const binary = join(ELECTRON, 'dist', readFileSync(join(ELECTRON, 'path.txt'), 'utf8').trim());
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

export interface DesktopWindow {
  pid: number;
  /** Resolves when the person has closed it. */
  closed: Promise<void>;
  close(): void;
}

export function openDesktop(binary: string, args: readonly string[]): DesktopWindow {
  const child = spawn(binary, [ROOT, ...args], { cwd: ROOT, stdio: ['ignore', 2, 2] });
  const closed = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  return { pid: child.pid ?? 0, closed, close: () => void child.kill('SIGTERM') };
}

/** Opens an address in the system's browser; that there is none is no fault, for the address was printed. */
export function openInBrowser(url: string): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '""', url]
        : ['xdg-open', url];
  if (command === undefined) return;
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
