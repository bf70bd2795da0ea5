/**
 * A copy of the built desktop program beside an Electron that runs it, in a folder that any user may read. What an older
 * Electron needs besides goes into this copy: the project's `out` and `node_modules` stay as they are.
 */
import { existsSync } from 'node:fs';
import { chmod, copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareElectronRuntime, type ElectronRuntime } from './electron-runtime.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const require = createRequire(import.meta.url);

/** Chromium's sandbox refuses root; tests that root starts run Electron as this user (nobody). */
export const UNPRIVILEGED_ID = 65_534;

export interface StagedDesktop {
  /** Starts Electron with the arguments it is given. */
  executable: string;
  /** The app's folder. */
  app: string;
  /** Playwright's script that holds the program back until it listens. */
  loader: string;
  remove(): Promise<void>;
}

export async function stageDesktop(): Promise<StagedDesktop> {
  if (!existsSync(join(root, 'out', 'main', 'main.cjs'))) throw new Error('Nothing is built. Run: npm run build');
  const runtime = await prepareElectronRuntime();
  const folder = await mkdtemp(join(tmpdir(), 'orderdesk-desktop-'));
  await chmod(folder, 0o755);
  const app = join(folder, 'app');
  const loader = join(folder, 'loader.js');
  await Promise.all([
    cp(runtime.folder, join(folder, 'electron'), { recursive: true, verbatimSymlinks: true }),
    copyApp(app, runtime),
    copyFile(join(dirname(require.resolve('playwright-core/package.json')), 'lib/server/electron/loader.js'), loader),
  ]);
  if (runtime.sqliteBinding !== undefined) await addNewerApis(app);
  const electron = join(folder, 'electron', relative(runtime.folder, runtime.executable));
  return {
    executable: process.getuid?.() === 0 ? await unprivileged(folder, electron) : electron,
    app,
    loader,
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

async function copyApp(app: string, runtime: ElectronRuntime): Promise<void> {
  const sqlite = dirname(require.resolve('better-sqlite3/package.json'));
  const staged = join(app, 'node_modules', 'better-sqlite3');
  await mkdir(staged, { recursive: true });
  await Promise.all([
    copyFile(join(root, 'package.json'), join(app, 'package.json')),
    cp(join(root, 'out'), join(app, 'out'), { recursive: true }),
    copyFile(join(sqlite, 'package.json'), join(staged, 'package.json')),
    cp(join(sqlite, 'lib'), join(staged, 'lib'), { recursive: true }),
  ]);
  if (runtime.sqliteBinding === undefined) {
    await cp(join(sqlite, 'prebuilds'), join(staged, 'prebuilds'), { recursive: true });
  } else {
    // Where the package looks first: for a binding that was compiled on purpose.
    await mkdir(join(staged, 'build', 'Release'), { recursive: true });
    await copyFile(runtime.sqliteBinding, join(staged, 'build', 'Release', 'better_sqlite3.node'));
  }
}

/** In front of the programs, and in front of the page's first script. */
async function addNewerApis(app: string): Promise<void> {
  const script = join(root, 'test', 'electron-runtime', 'newer-apis.cjs');
  await copyFile(script, join(app, 'newer-apis.cjs'));
  await copyFile(script, join(app, 'out', 'renderer', 'newer-apis.js'));
  for (const program of ['main.cjs', 'local-server-process.cjs']) {
    const file = join(app, 'out', 'main', program);
    await writeFile(file, `require('../../newer-apis.cjs');\n${await readFile(file, 'utf8')}`);
  }
  const page = join(app, 'out', 'renderer', 'index.html');
  const html = await readFile(page, 'utf8');
  if (!html.includes('<head>')) throw new Error('index.html has no <head> to put a script into');
  await writeFile(page, html.replace('<head>', '<head><script src="./newer-apis.js"></script>'));
}

async function unprivileged(folder: string, electron: string): Promise<string> {
  const launcher = join(folder, 'launch');
  const as = `--reuid=${UNPRIVILEGED_ID} --regid=${UNPRIVILEGED_ID} --clear-groups`;
  await writeFile(launcher, `#!/bin/sh\nexec setpriv ${as} '${electron}' "$@"\n`, { mode: 0o755 });
  return launcher;
}
