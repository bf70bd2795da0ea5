/**
 * The README's pictures: `node scripts/run.mjs scripts/screenshots.ts`, after `npm run build`. They show the real
 * program on the sample data: a central and a desk are started for them, orders are typed by keys, central hangs and
 * answers again. English and Chinese, 1,440 x 900, into docs/screenshots/.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from '@playwright/test';
import { SAMPLE_PEOPLE } from '../src-central/sample/sample-people.ts';
import type { Language } from '../src-shared/text/language.ts';
import { ensureBrowser } from '../test/support/find-browser.ts';
import { newOrderId } from '../test/support/office.ts';
import { eventually, startCentralProgram, startDeskProgram } from '../test/support/programs.ts';
import type { CentralProgram, DeskProgram } from '../test/support/programs.ts';
import { shrinkPng } from './shrink-png.ts';
import { callerOf } from './start/trpc-call.ts';

const TARGET = join(import.meta.dirname, '..', 'docs', 'screenshots');
const SIZE = { width: 1440, height: 900 };
/** A customer of the sample with an own price, and products of which there is much and little. */
const CUSTOMER = '12347';
const OTHERS = ['12348', '12377', '12386', '12423', '12427', '12431'];
const PRODUCTS = ['22469', '22295', '22296', '22156'];
const SCARCE = '22470';

const data = await mkdtemp(join(tmpdir(), 'orderdesk-pictures-'));
const central = await startCentralProgram(['--data', join(data, 'central'), '--port', '0', '--sample', 'small']);
const desk = await startDeskProgram({ centralUrl: central.url, dataDir: join(data, 'desk') });
const browser = await chromium.launch({
  executablePath: await ensureBrowser(),
  chromiumSandbox: process.getuid?.() !== 0,
});
try {
  await mkdir(TARGET, { recursive: true });
  await openShop();
  for (const language of ['en', 'zh-CN'] as const) await takePictures(browser, language);
} finally {
  await browser.close();
  await desk.stop();
  central.resume();
  await central.stop();
  await rm(data, { recursive: true, force: true });
}

async function openShop(): Promise<void> {
  const person = (name: string) => SAMPLE_PEOPLE.find(({ userName }) => userName === name);
  const [admin, clerk] = [person('admin'), person('clerk')];
  if (!admin || !clerk) throw new Error('the sample has no admin or no clerk');
  const signal = AbortSignal.timeout(60_000);
  const { userName, password } = admin;
  const { token } = await callerOf(central.url, '', signal).mutate<{ token: string }>('auth.signIn', {
    userName,
    password,
  });
  const { code } = await callerOf(central.url, token, signal).mutate<{ code: string }>('enrolment.createCode', {
    branchCode: 'PD',
  });
  await desk.api.session.enrol.mutate({ centralUrl: central.url, code, deviceName: '柜台 1' });
  await desk.api.session.signIn.mutate({ userName: clerk.userName, password: clerk.password });
  await eventually(
    () => desk.api.sync.status.query(),
    (status) => !status.filling && status.asOf !== null,
  );
  for (const [at, customer] of OTHERS.entries()) await place(customer, PRODUCTS.slice(0, 2 + (at % 3)), 2 + at);
  await place(CUSTOMER, [SCARCE], 40);
  await settled();
}

async function place(customer: string, products: readonly string[], quantity: number): Promise<void> {
  const [buyer] = await desk.api.customers.search.query({ text: customer, limit: 1 });
  const found = await Promise.all(products.map((text) => desk.api.products.search.query({ text, limit: 1 })));
  const lines = found.flatMap(([hit]) => (hit ? [{ productId: hit.productId, unit: hit.unit, quantity }] : []));
  await desk.api.orders.place.mutate({ orderId: newOrderId(), customerId: buyer?.customerId ?? '', lines });
}

async function settled(): Promise<void> {
  await eventually(
    () => desk.api.sync.status.query(),
    (status) => status.waiting === 0 && status.link === 'online',
    { withinMs: 60_000 },
  );
}

async function takePictures(by: Browser, language: Language): Promise<void> {
  const page = await openPage(by, desk, language);
  const shoot = async (name: string): Promise<void> => {
    // What opens takes 120 ms, what an event changes glows for longer: the picture is of what is then.
    await page.waitForTimeout(2_000);
    await writeFile(join(TARGET, `${name}.${language}.png`), shrinkPng(await page.screenshot()));
  };
  await typeOrder(page);
  await shoot('new-order');
  await openList(page, 'Alt+2', 3);
  await shoot('orders');
  await page.keyboard.press('Alt+3');
  await page.getByRole('article').first().waitFor();
  await shoot('attention');
  await openList(page, 'Alt+4', 1);
  await shoot('customers');
  await openList(page, 'Alt+5', 13);
  await shoot('products');
  await shootWaiting(page, central, () => shoot('waiting'));
  await page.context().close();
  for (const draft of await desk.api.drafts.list.query()) await desk.api.drafts.discard.mutate(draft);
}

async function openPage(by: Browser, of: DeskProgram, language: Language): Promise<Page> {
  const context = await by.newContext({ viewport: SIZE, locale: language, colorScheme: 'light' });
  const page = await context.newPage();
  await page.goto(of.url);
  await page.getByRole('navigation').waitFor();
  return page;
}

async function typeOrder(page: Page): Promise<void> {
  const { keyboard } = page;
  const grid = page.getByRole('grid');
  const type = async (text: string): Promise<void> => {
    await keyboard.type(text);
    await keyboard.press('Enter');
  };
  await page.getByRole('combobox', { name: /^(Customer|客户)$/ }).waitFor();
  await type(CUSTOMER);
  const lines = [
    ['85167B', '12'],
    ['22469', '6'],
    ['22295', '24'],
    [SCARCE, '12'],
  ] as const;
  for (const [code, quantity] of lines) {
    await type(code);
    await grid.getByRole('row', { name: code }).waitFor();
    await type(quantity);
  }
  await keyboard.type('heart');
  await page.getByRole('option').first().waitFor();
}

async function openList(page: Page, key: string, row: number): Promise<void> {
  await page.keyboard.press(key);
  await page.getByRole('grid').getByRole('row').nth(1).waitFor();
  for (let at = 0; at < row; at += 1) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('article').waitFor();
}

async function shootWaiting(page: Page, office: CentralProgram, shoot: () => Promise<void>): Promise<void> {
  office.hang();
  for (const customer of OTHERS.slice(0, 3)) await place(customer, PRODUCTS.slice(0, 2), 3);
  await page.keyboard.press('Alt+2');
  await page.getByRole('button', { name: /^(Sync|同步): / }).click();
  await shoot();
  office.resume();
  await settled();
}
