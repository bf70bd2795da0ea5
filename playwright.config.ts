/**
 * The tests in real windows: `browser` drives the browser host in whichever Chrome, Chromium or Edge there is, `desktop`
 * the desktop program in Electron. Each file starts a central and desks of its own.
 */
import { defineConfig } from '@playwright/test';
import { findBrowser } from './test/support/find-browser.ts';

const DESKTOP = 'desktop.e2e.ts';
const browser = findBrowser();

export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'test-results',
  timeout: 60_000,
  expect: { timeout: 10_000 },
  // Each file has processes of its own; nothing in them measures time, it only waits for what must come.
  workers: 2,
  retries: 0,
  forbidOnly: true,
  reporter: 'list',
  use: { viewport: { width: 1440, height: 900 }, screenshot: 'only-on-failure' },
  projects: [
    {
      name: 'browser',
      testMatch: '*.e2e.ts',
      testIgnore: DESKTOP,
      use: {
        launchOptions: {
          ...(browser === undefined ? {} : { executablePath: browser }),
          // Chromium's sandbox refuses root; the desktop tests run theirs as another user.
          chromiumSandbox: process.getuid?.() !== 0,
        },
      },
    },
    { name: 'desktop', testMatch: DESKTOP },
  ],
});
