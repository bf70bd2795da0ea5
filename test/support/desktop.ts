/** Starts the staged desktop program in a real window, as a person would, with a data folder of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, chown, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { UNPRIVILEGED_ID, type StagedDesktop } from './stage-desktop.ts';
import type { VirtualDisplay } from './virtual-display.ts';

export interface DesktopHome {
  /** Of the user's own files: a home, and the desk's data folder in it. */
  folder: string;
  dataFolder: string;
  remove(): Promise<void>;
}

export async function makeDesktopHome(): Promise<DesktopHome> {
  const folder = await mkdtemp(join(tmpdir(), 'orderdesk-home-'));
  const dataFolder = join(folder, 'data');
  await mkdir(dataFolder);
  if (process.getuid?.() === 0) {
    for (const own of [folder, dataFolder]) await chown(own, UNPRIVILEGED_ID, UNPRIVILEGED_ID);
  }
  return { folder, dataFolder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

export interface RunningDesktop {
  app: ElectronApplication;
  window: Page;
  /** What it has printed so far, for the reader of a failure. */
  log(): string;
}

interface LaunchOptions {
  display: VirtualDisplay;
  args: readonly string[];
  language?: 'zh-CN' | 'en';
}

export async function launchDesktop(
  staged: StagedDesktop,
  home: DesktopHome,
  options: LaunchOptions,
): Promise<RunningDesktop> {
  const app = await _electron.launch({
    executablePath: staged.executable,
    // The sandbox is part of what is tested.
    chromiumSandbox: true,
    args: argumentsOf(staged, home, options),
    env: environmentOf(home, options),
  });
  const printed: string[] = [];
  for (const stream of [app.process().stdout, app.process().stderr]) {
    stream?.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
  }
  return { app, window: await app.firstWindow(), log: () => printed.join('') };
}

/** Starts the program without driving it, for one that is expected to end by itself. @returns its exit code. */
export async function runDesktop(
  staged: StagedDesktop,
  home: DesktopHome,
  options: LaunchOptions,
): Promise<number | null> {
  const program = spawn(staged.executable, argumentsOf(staged, home, options), {
    env: environmentOf(home, options),
    stdio: 'ignore',
  });
  const [code] = (await once(program, 'exit')) as [number | null];
  return code;
}

function argumentsOf(staged: StagedDesktop, home: DesktopHome, { args }: LaunchOptions): string[] {
  return ['-r', staged.loader, staged.app, '--data', home.dataFolder, ...args];
}

function environmentOf(home: DesktopHome, { display, language }: LaunchOptions): Record<string, string> {
  const { XDG_RUNTIME_DIR: _runtime, DBUS_SESSION_BUS_ADDRESS: _bus, ...inherited } = process.env;
  const locale = language === 'zh-CN' ? 'zh_CN.UTF-8' : 'en_US.UTF-8';
  return {
    ...(inherited as Record<string, string>),
    ...display.env,
    HOME: home.folder,
    XDG_CONFIG_HOME: join(home.folder, '.config'),
    XDG_CACHE_HOME: join(home.folder, '.cache'),
    LANG: locale,
    LANGUAGE: locale,
  };
}
