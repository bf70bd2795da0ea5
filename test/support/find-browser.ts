/**
 * A Chrome, Chromium or Edge for the tests that need a browser: the one that `ORDERDESK_BROWSER` names, else one that
 * is installed, else Playwright's own, else one that is got now.
 */
import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { chromium } from '@playwright/test';
import { ensureDebianPackages } from './debian-packages.ts';
import { run } from './run.ts';

/** Without a font that has Chinese, every screenshot shows boxes. */
const FONTS = ['fonts-noto-cjk'];

const LINUX_NAMES = [
  'google-chrome-stable',
  'google-chrome',
  'chromium',
  'chromium-browser',
  'microsoft-edge-stable',
  'microsoft-edge',
];
const MAC_PROGRAMS = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
const WINDOWS_PROGRAMS = [
  join('Google', 'Chrome', 'Application', 'chrome.exe'),
  join('Microsoft', 'Edge', 'Application', 'msedge.exe'),
];

/** Its executable; `undefined` when there is none on this machine. */
export function findBrowser(): string | undefined {
  const named = process.env['ORDERDESK_BROWSER'];
  if (named) {
    if (!isExecutable(named)) throw new Error(`ORDERDESK_BROWSER names ${named}, which can't be run.`);
    return named;
  }
  return [...installedBrowsers(), chromium.executablePath()].find(isExecutable);
}

/** @throws Error that says what to install, when none is there and none can be got. */
export async function ensureBrowser(): Promise<string> {
  if (process.platform === 'linux' && process.getuid?.() === 0) await ensureDebianPackages('browser tests', FONTS);
  const found = findBrowser() ?? (await downloadBrowser());
  if (found) return found;
  try {
    await ensureDebianPackages('browser tests', ['chromium']);
  } catch (cause) {
    throw new Error('The browser tests need Chrome, Chromium or Edge. Install one, or name it in ORDERDESK_BROWSER.', {
      cause,
    });
  }
  const installed = findBrowser();
  if (!installed) throw new Error("Debian's chromium was installed, but /usr/bin/chromium can't be run.");
  return installed;
}

function installedBrowsers(): string[] {
  if (process.platform === 'darwin') {
    return MAC_PROGRAMS.map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
  }
  if (process.platform === 'win32') {
    const roots = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].map((name) => process.env[name] ?? '');
    return roots.filter(Boolean).flatMap((root) => WINDOWS_PROGRAMS.map((program) => join(root, program)));
  }
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/snap/bin'];
  return LINUX_NAMES.flatMap((name) => folders.filter(Boolean).map((folder) => join(folder, name)));
}

/** Playwright's own build. Where its address can't be reached, there is nothing wrong: Debian has one too. */
async function downloadBrowser(): Promise<string | undefined> {
  const cli = createRequire(import.meta.url).resolve('@playwright/test/cli');
  try {
    await run(process.execPath, [cli, 'install', 'chromium'], { deadlineMs: DOWNLOAD_DEADLINE_MS });
  } catch {
    return undefined;
  }
  return findBrowser();
}

const DOWNLOAD_DEADLINE_MS = 300_000;

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
