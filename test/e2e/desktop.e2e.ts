/**
 * The desktop program in a real Electron window, with a real central and PostgreSQL behind it. Goal: what only the
 * desktop program has (window, sandbox, message port, local server in a process of its own) carries an order from the
 * keys to central, through a hung line, a refusal, and the sudden death of the local server.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { startTestCentral, type TestCentral } from '../support/central-fixture.ts';
import { saveByKey, savedBar, syncPill, typeOrder } from '../support/desk-page.ts';
import {
  launchDesktop,
  makeDesktopHome,
  runDesktop,
  type DesktopHome,
  type RunningDesktop,
} from '../support/desktop.ts';
import { electronVersion, prepareElectronRuntime } from '../support/electron-runtime.ts';
import { eventually, startCentralProgram, type CentralProgram } from '../support/programs.ts';
import { stageDesktop, type StagedDesktop } from '../support/stage-desktop.ts';
import { setOnHand, TEST_PASSWORD } from '../support/test-house.ts';
import { openVirtualDisplay, type VirtualDisplay } from '../support/virtual-display.ts';

const VERSION = electronVersion(await prepareElectronRuntime());
const LOCAL_SERVER = 'Orderdesk local server';

let house: TestCentral;
let central: CentralProgram;
let display: VirtualDisplay;
let staged: StagedDesktop;
let home: DesktopHome;
let desktop: RunningDesktop;

function launch(...args: string[]): Promise<RunningDesktop> {
  return launchDesktop(staged, home, { display, args: ['--central', central.url, ...args] });
}

test.beforeAll(async () => {
  // One after another: what is there when the next one fails is put away by afterAll.
  display = await openVirtualDisplay();
  home = await makeDesktopHome();
  staged = await stageDesktop();
  house = await startTestCentral();
  central = await startCentralProgram(['--database-url', house.databaseUrl, '--port', '0']);
  const code = await house.createEnrolmentCode('PD');
  desktop = await launch('--enrol', code, '--device-name', 'Till 1');
});

test.afterAll(async () => {
  await desktop?.app.close().catch(() => undefined);
  central?.resume();
  await central?.kill();
  await house?.stop();
  await display?.close();
  await Promise.all([staged?.remove(), home?.remove()]);
});

test.afterEach(async () => {
  const info = test.info();
  if (info.status === info.expectedStatus || !desktop) return;
  await info.attach('what the program said', { body: desktop.log() });
  await info.attach('window', { body: await desktop.window.screenshot(), contentType: 'image/png' });
});

/** The hands never leave the keys. Ends with the order saved, and returns its number. */
async function placeByKeys(window: Page, of: { customer: string; product: string; quantity: string }): Promise<string> {
  await window.keyboard.press('Alt+1');
  await typeOrder(window, of.customer, [of]);
  return saveByKey(window);
}

async function localServerPid(): Promise<number | undefined> {
  const metrics = await desktop.app.evaluate(({ app }) => app.getAppMetrics());
  return metrics.find((one) => one.name === LOCAL_SERVER)?.pid;
}

/** What central has of an order. */
async function atCentral(number: string): Promise<{ status: string; lines: number[] } | undefined> {
  const rows = await house.db
    .selectFrom('sales_order')
    .innerJoin('sales_order_line', 'sales_order_line.order_id', 'sales_order.order_id')
    .where('number', '=', number)
    .select(['status', 'quantity_base'])
    .execute();
  const [first] = rows;
  return first && { status: first.status, lines: rows.map((row) => row.quantity_base) };
}

test.describe.serial(`the desktop program in Electron ${VERSION}`, () => {
  test('opens its window on the data of its branch, for whoever signs in', async () => {
    const { window } = desktop;
    await expect(window.getByRole('textbox', { name: 'User name' })).toBeFocused();
    await window.keyboard.type('clerk');
    await window.keyboard.press('Tab');
    await window.keyboard.type(TEST_PASSWORD);
    await window.keyboard.press('Enter');
    await expect(syncPill(window)).toHaveAccessibleName(/all at head office/);
    await window.keyboard.press('Alt+5');
    await expect(window.getByText('WHITE HANGING HEART T-LIGHT HOLDER').first()).toBeVisible();
  });

  test('gives its page neither Node nor a way out', async () => {
    const { app, window } = desktop;
    const preferences = await app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
        getLastWebPreferences(): Record<string, unknown>;
      };
      const { sandbox, contextIsolation, nodeIntegration, webviewTag } = contents.getLastWebPreferences();
      return { sandbox, contextIsolation, nodeIntegration, webviewTag };
    });
    expect(preferences).toEqual({ sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false });
    if (process.platform === 'linux') {
      const metrics = await app.evaluate(({ app: program }) => program.getAppMetrics());
      const page = metrics.find((one) => one.type === 'Tab');
      // 2: a seccomp filter is on, so Chromium's sandbox is not only asked for.
      expect(readFileSync(`/proc/${page?.pid}/status`, 'utf8')).toMatch(/^Seccomp:\s+2$/m);
    }
    const url = window.url();
    const found = await window.evaluate(async (outside) => {
      const failed = (what: Promise<unknown>): Promise<string> => what.then(String, () => 'refused');
      location.href = 'https://example.org/';
      return {
        globals: ['process', 'require', 'module', 'Buffer', 'ipcRenderer', 'electron'].filter(
          (name) => name in globalThis,
        ),
        opened: open('https://example.org/') === null,
        fetched: await failed(fetch(outside)),
        inline: (() => {
          const script = document.createElement('script');
          script.textContent = 'globalThis.ranInline = true';
          document.head.append(script);
          return 'ranInline' in globalThis;
        })(),
        notified: await Notification.requestPermission(),
        located: await new Promise((resolve) => {
          navigator.geolocation.getCurrentPosition(
            () => resolve('given'),
            () => resolve('refused'),
          );
        }),
      };
    }, `${central.url}/healthz`);
    expect(found).toEqual({
      globals: [],
      opened: true,
      fetched: 'refused',
      inline: false,
      notified: 'denied',
      located: 'refused',
    });
    expect(window.url()).toBe(url);
    expect(app.windows()).toHaveLength(1);
  });

  test('places an order by keyboard alone, and central settles it', async () => {
    const { window } = desktop;
    const number = await placeByKeys(window, { customer: 'C2', product: 'P1', quantity: '4' });
    await expect(savedBar(window)).toContainText('at head office');
    expect(await atCentral(number)).toEqual({ status: 'placed', lines: [4_000] });
  });

  test('takes orders while central hangs, says what waits, and settles it when central answers again', async () => {
    const { window } = desktop;
    central.hang();
    const begun = performance.now();
    const number = await placeByKeys(window, { customer: 'C2', product: 'P3', quantity: '5' });
    expect(performance.now() - begun).toBeLessThan(5_000);
    await expect(syncPill(window)).toHaveAccessibleName(/1 order waiting/);
    expect(await atCentral(number)).toBeUndefined();
    central.resume();
    await expect(syncPill(window)).toHaveAccessibleName(/all at head office/, { timeout: 30_000 });
    expect(await atCentral(number)).toEqual({ status: 'placed', lines: [5_000] });
  });

  test('shows an order that central refused until it is mended, by one key', async () => {
    const { window } = desktop;
    central.hang();
    const number = await placeByKeys(window, { customer: 'C2', product: 'P5', quantity: '7' });
    await setOnHand(house.db, { branch: house.house.pudong, product: house.house.products['P5'], onHand: 3_000 });
    central.resume();
    await expect(syncPill(window)).toHaveAccessibleName(/1 needs you/, { timeout: 30_000 });
    await window.keyboard.press('Alt+3');
    const card = window.getByRole('article', { name: number });
    await expect(card).toContainText('Only 3 left in stock');
    await window.keyboard.press('Alt+R');
    await expect(window.getByText('Nothing needs you.')).toBeVisible();
    await expect(syncPill(window)).toHaveAccessibleName(/all at head office/);
    expect(await atCentral(number)).toEqual({ status: 'placed', lines: [3_000] });
  });

  test('keeps an order whose local server is killed at once after it was saved', async () => {
    const { window } = desktop;
    central.hang();
    const before = await localServerPid();
    const number = await placeByKeys(window, { customer: 'C1', product: 'P1', quantity: '2' });
    process.kill(before ?? 0, 'SIGKILL');
    const after = await eventually(localServerPid, (pid) => pid !== undefined && pid !== before);
    expect(after).not.toBe(before);
    // The same page goes on over another port: nobody signs in or loads anything again.
    await expect(syncPill(window)).toHaveAccessibleName(/1 order waiting/, { timeout: 15_000 });
    await window.keyboard.press('Alt+2');
    await expect(window.getByText(number).first()).toBeVisible();
    central.resume();
    await expect(syncPill(window)).toHaveAccessibleName(/all at head office/, { timeout: 30_000 });
    expect(await atCentral(number)).toEqual({ status: 'placed', lines: [2_000] });
  });

  test('speaks the language that its page is in, also in its menu', async () => {
    const { app } = desktop;
    const menu = (): Promise<string[]> =>
      app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items.map((item) => item.label) ?? []);
    expect(await menu()).toContain('Edit');
    await desktop.window.evaluate(() => (document.documentElement.lang = 'zh-CN'));
    await expect.poll(menu).toContain('编辑');
  });

  test('is one program on one folder: a second start brings the first to the front', async () => {
    expect(await runDesktop(staged, home, { display, args: ['--central', central.url] })).toBe(0);
    await expect(syncPill(desktop.window)).toBeVisible();
  });

  test('quits in order, and goes on with the same orders when it is opened again', async () => {
    const { app, window } = desktop;
    const number = await placeByKeys(window, { customer: 'C2', product: 'P4', quantity: '1' });
    const program = app.process();
    const ended = new Promise<number | null>((resolve) => program.once('exit', resolve));
    await app.evaluate(({ app: own }) => own.quit());
    expect(await ended).toBe(0);
    // An orderly end leaves nothing in the write-ahead log.
    expect(existsSync(join(home.dataFolder, 'desk.sqlite-wal'))).toBe(false);
    desktop = await launch();
    await expect(syncPill(desktop.window)).toHaveAccessibleName(/all at head office/);
    await desktop.window.keyboard.press('Alt+2');
    await expect(desktop.window.getByText(number).first()).toBeVisible();
  });
});
