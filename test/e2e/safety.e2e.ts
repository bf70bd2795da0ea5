/**
 * What a person sees of a file that had to be restored. Goal: it is told in plain words, in both languages, until it
 * was read, and work goes on behind it.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { openOffice, orderFor, type Office } from '../support/office.ts';

let office: Office;
test.beforeAll(async () => {
  office = await openOffice();
});
test.afterAll(() => office?.close());

test('a restored file is told of until it was read, and then no more', async ({ browser }) => {
  const desk = await office.openDesk();
  desk.line.cut();
  await desk.api.orders.place.mutate(orderFor(office.house.house));
  await desk.program.stop();
  await rm(join(desk.dataDir, 'desk.sqlite'));
  await desk.restart();
  const context = await browser.newContext({ locale: 'en' });
  const page = await context.newPage();
  await page.goto(desk.program.url);
  const notice = page.getByRole('dialog', { name: 'The data file of this desk was gone and has been restored' });
  await expect(notice).toBeVisible();
  await expect(notice).toContainText('1 order waits here and is sent by itself.');
  await page.keyboard.press('Escape');
  await expect(notice).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).include('dialog').analyze();
  expect(violations).toEqual([]);
  await notice.getByRole('button', { name: 'I have read this' }).click();
  await expect(notice).toBeHidden();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'New order' })).toBeVisible();
  await expect(notice).toBeHidden();
});
