/**
 * What a person sees of the line to head office, and every screen as a whole. Goal: central cut off costs nobody a
 * moment and no order; what it refuses is mended by a key; every screen says everything in both languages and can be
 * used with a screen reader.
 */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { cell, customerField, openDeskPage, savedBar, saveByKey, syncPill, typeOrder } from '../support/desk-page.ts';
import { openOffice, orderFor, settled, type Office, type OfficeDesk } from '../support/office.ts';
import { TEST_PASSWORD } from '../support/test-house.ts';

/** Sending goes on by itself within this of the line's return. */
const RESUMES_WITHIN_MS = 30_000;

let office: Office;
let desk: OfficeDesk;
let page: Page;

test.beforeAll(async ({ browser }) => {
  office = await openOffice();
  desk = await office.openDesk();
  page = await openDeskPage(browser, desk);
});

test.afterAll(() => office?.close());

test('orders go on while head office hangs, are counted, and settle when it answers again', async () => {
  office.central.hang();
  await typeOrder(page, 'C2', [{ product: 'P1', quantity: '1' }]);
  const first = await saveByKey(page);
  await expect(syncPill(page)).toHaveAccessibleName(/1 order waiting/);
  await typeOrder(page, 'C1', [{ product: 'P1', quantity: '2' }]);
  const second = await saveByKey(page);
  await expect(syncPill(page)).toHaveAccessibleName(/2 orders waiting, oldest \d+ (s|min)/);
  await expect(savedBar(page)).toContainText(/saved here, waiting|sent, waiting for the answer/);

  await syncPill(page).click();
  const panel = page.getByRole('region', { name: 'What waits, and why' });
  await expect(panel.getByRole('link', { name: first })).toBeVisible();
  await expect(panel.getByRole('link', { name: second })).toBeVisible();
  await page.keyboard.press('Escape');

  office.central.resume();
  await expect(syncPill(page)).toHaveAccessibleName(/^Sync: all at head office/, { timeout: RESUMES_WITHIN_MS });
  await expect(savedBar(page)).toContainText('at head office');
});

test('a refused order waits for a person and is mended by one key', async () => {
  await page.keyboard.press('Alt+1');
  await typeOrder(page, 'C2', [
    { product: 'P3', quantity: '5' },
    { product: 'P5', quantity: '2000' },
  ]);
  await expect(page.getByRole('button', { name: 'Line 2: take 1,000' })).toBeVisible();
  const number = await saveByKey(page);
  await expect(savedBar(page)).toContainText('needs you: Only 1000 left in stock');
  await page.keyboard.press('Alt+3');
  const card = page.getByRole('article', { name: number });
  await expect(card).toContainText('Line 2 · P5 REGENCY CAKESTAND 3 TIER');
  await expect(card.getByRole('button', { name: 'take 1,000' })).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('Alt+R');
  await expect(page.getByText('Nothing needs you.')).toBeVisible({ timeout: 20_000 });
  await settled(desk);
  const [row] = (await desk.api.orders.list.query({ text: number })).rows;
  const order = await desk.api.orders.get.query({ orderId: row?.orderId ?? '' });
  expect(order.sync).toBe('applied');
  expect(order.lines.map((line) => line.quantity)).toEqual([5, 1_000]);
});

test('what another desk enters appears in the list by itself, and the marked row stays marked', async () => {
  const other = await office.openDesk();
  await page.goto(desk.program.url);
  await expect(customerField(page)).toBeFocused();
  const before = await desk.api.orders.place.mutate(orderFor(office.house.house));
  await page.keyboard.press('Alt+2');
  const list = page.getByRole('grid', { name: 'Orders' });
  await expect(list).toBeFocused();
  await page.keyboard.press('ArrowDown');
  const marked = list.getByRole('row', { selected: true });
  await expect(marked).toContainText(before.number);
  const placed = await other.api.orders.place.mutate(orderFor(office.house.house, { product: 'P4' }));
  await expect(list.getByRole('row').filter({ hasText: placed.number })).toBeVisible();
  await expect(marked).toContainText(before.number);
});

test('an order is opened, amended and cancelled by keys, and its history tells', async () => {
  const placed = await desk.api.orders.place.mutate(orderFor(office.house.house, { product: 'P4', quantity: 3 }));
  await page.goto(`${desk.program.url}#/orders?open=${placed.orderId}`);
  const record = page.getByRole('article', { name: `Order ${placed.number}` });
  await expect(record).toContainText('at head office');
  await page.keyboard.press('F2');
  await expect(page.getByText(`Amending ${placed.number}`)).toBeVisible();
  await expect(cell(page, 1, 'code')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(cell(page, 1, 'quantity')).toHaveValue('3');
  await page.keyboard.type('4');
  await page.keyboard.press('F8');
  await expect(record).toContainText('10.20');
  await expect(record.getByRole('listitem').filter({ hasText: 'amended' })).toContainText('clerk');
  await record.getByRole('button', { name: 'Cancel order' }).click();
  await expect(page.getByLabel(/Why is it cancelled\?/)).toBeFocused();
  await page.keyboard.type('typed twice');
  await page.keyboard.press('Enter');
  await expect(record).toContainText('Reason: typed twice');
  await expect(record.getByRole('button', { name: /Amend/ })).toBeDisabled();
  await settled(desk);
});

const SCREENS = ['new', 'orders', 'attention', 'customers', 'products', 'sync'];

for (const [language, theme] of [
  ['en', 'light'],
  ['zh-CN', 'dark'],
] as const) {
  test(`every screen says everything and can be read aloud (${language}, ${theme})`, async ({ browser }) => {
    const reader = await openDeskPage(browser, desk, { language, theme });
    const refused: string[] = [];
    reader.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) refused.push(message.text());
    });
    for (const screen of SCREENS) {
      await reader.evaluate((name) => (location.hash = `#/${name}`), screen);
      if (['orders', 'customers', 'products'].includes(screen)) {
        await expect(reader.getByRole('grid')).toBeFocused();
        await reader.keyboard.press('ArrowDown');
        await reader.keyboard.press('Enter');
        await expect(reader.getByRole('article')).toBeVisible();
      }
      await expect(reader.locator('body')).not.toContainText('⟦');
      await expect(reader.locator('html')).toHaveAttribute('lang', language);
      const { violations } = await new AxeBuilder({ page: reader }).analyze();
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      const told = serious.map(({ id, nodes }) => `${screen}: ${id}: ${nodes.map(({ html }) => html).join('\n')}`);
      expect(told).toEqual([]);
    }
    expect(refused).toEqual([]);
    await reader.context().close();
  });
}

test('the language is switched where one stands, and remembered', async ({ browser }) => {
  const reader = await openDeskPage(browser, desk);
  await reader.getByRole('button', { name: /^clerk/ }).click();
  await reader.getByText('中文').click();
  await expect(reader.getByRole('heading', { level: 1 })).toHaveText('新订单');
  await reader.reload();
  await expect(customerField(reader, 'zh-CN')).toBeFocused();
  await reader.context().close();
});

test('who signs out signs in again, and a wrong password is said in words', async () => {
  await page.goto(desk.program.url);
  await page.getByRole('button', { name: /^clerk/ }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('textbox', { name: 'User name' })).toBeFocused();
  await page.keyboard.type('clerk');
  await page.keyboard.press('Tab');
  await page.keyboard.type('wrong');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toHaveText('User name or password is wrong. Try again.');
  await page.getByLabel('Password', { exact: true }).fill(TEST_PASSWORD);
  await page.keyboard.press('Enter');
  await expect(customerField(page)).toBeFocused();
});
