/**
 * The daily comparison of a branch's books. Goal: a person reads in one sentence whether they are the same, which orders are
 * not, and puts them right by a key; also what waits, a day that is not kept, and a line that is down are told.
 */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import SqliteDatabase from 'better-sqlite3';
import path from 'node:path';
import { openDeskPage } from '../support/desk-page.ts';
import { openOffice, orderFor, settled, type Office, type OfficeDesk } from '../support/office.ts';

let office: Office;
let desk: OfficeDesk;
let page: Page;

test.beforeAll(async ({ browser }) => {
  office = await openOffice();
  desk = await office.openDesk();
  for (let quantity = 1; quantity <= 5; quantity += 1) {
    await desk.api.orders.place.mutate(orderFor(office.house.house, { quantity }));
  }
  await settled(desk);
  page = await openDeskPage(browser, desk);
});

test.afterAll(() => office?.close());

function spoil(): { numbers: string[] } {
  const file = new SqliteDatabase(path.join(desk.dataDir, 'desk.sqlite'), { timeout: 5_000 });
  const orders = file.prepare('select order_id as id, number from sales_order order by number').all() as {
    id: string;
    number: string;
  }[];
  const [lost, changed] = orders;
  file.prepare('delete from sales_order where order_id = ?').run(lost?.id);
  file.prepare('update sales_order set total_minor = total_minor + 500 where order_id = ?').run(changed?.id);
  file.close();
  return { numbers: orders.slice(0, 2).map(({ number }) => number) };
}

const said = (of: Page): ReturnType<Page['getByRole']> =>
  of.getByRole('status').filter({ hasText: /head office|总部/ });

test('the day is the same; spoilt, it says which orders are not, and one key puts them right', async ({ browser }) => {
  await page.keyboard.press('Alt+7');
  await expect(said(page)).toContainText('5 orders, ');
  await expect(said(page)).toContainText('the same here and at head office');
  const [lost, changed] = spoil().numbers;
  await page.keyboard.press('F9');
  await expect(said(page)).toContainText('2 orders are not the same');
  await expect(page.getByRole('row', { name: new RegExp(`${lost} missing on this desk`) })).toBeVisible();
  await expect(page.getByRole('row', { name: new RegExp(`${changed} says something else here`) })).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.screenshot({ path: test.info().outputPath('different.png') });
  const chinese = await openDeskPage(browser, desk, { language: 'zh-CN', theme: 'dark' });
  await chinese.keyboard.press('Alt+7');
  await expect(said(chinese)).toContainText('有 2 单本机与总部不一致');
  await chinese.screenshot({ path: test.info().outputPath('different-zh-dark.png') });
  await chinese.context().close();
  await page.keyboard.press('F8');
  await expect(said(page)).toContainText('5 orders, ');
  await expect(said(page)).toContainText('Put right.');
  await page.screenshot({ path: test.info().outputPath('equal.png') });
});

test('what waits is told apart, a month that is not kept and a line that is down are said, and it goes on by itself', async () => {
  await page.keyboard.press('Alt+7');
  await desk.api.sync.holdBack.mutate({ hold: true });
  await desk.api.orders.place.mutate(orderFor(office.house.house, { quantity: 9 }));
  await page.keyboard.press('F9');
  await expect(page.getByText(/1 order of this day, .* is not settled yet/)).toBeVisible();
  await page.screenshot({ path: test.info().outputPath('waiting.png') });
  await desk.api.sync.holdBack.mutate({ hold: false });
  await settled(desk);
  await page.keyboard.press('F9');
  await expect(said(page)).toContainText('6 orders, ');

  await page.getByLabel('Business day').fill('2001-01-01');
  await page.keyboard.press('Enter');
  await expect(page.getByText('This desk does not keep the orders of 2001-01-01.')).toBeVisible();
  await page.screenshot({ path: test.info().outputPath('not-kept.png') });
  desk.line.cut();
  await page.reload();
  await expect(page.getByRole('alert')).toContainText('Try again', { timeout: 30_000 });
  await page.screenshot({ path: test.info().outputPath('offline.png') });
  desk.line.mend();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(said(page)).toContainText('6 orders, ', { timeout: 30_000 });
});
