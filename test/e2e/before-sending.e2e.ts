/**
 * What a person sees and does before something is sent, and with what can't be judged: in both languages, and fit for a
 * screen reader. Goal: nothing is held back without a word, and what is set aside can be read, saved and ended.
 */
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import SqliteDatabase from 'better-sqlite3';
import { openDeskPage, syncPill } from '../support/desk-page.ts';
import { openOffice, orderFor, settled, type Office, type OfficeDesk } from '../support/office.ts';
import { setOnHand } from '../support/test-house.ts';

let office: Office;
let desk: OfficeDesk;

test.beforeAll(async () => {
  office = await openOffice();
  desk = await office.openDesk({ user: 'manager' });
});

test.afterAll(() => office?.close());

async function expectReadable(page: Page): Promise<void> {
  await expect(page.locator('body')).not.toContainText('⟦');
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join('\n')}`)).toEqual([]);
}

const WORDS = {
  en: {
    hold: 'Hold sending back',
    held: /You hold sending back\. It goes on by itself at /,
    look: 'See what will happen',
    sum: '1 would be accepted, 1 would not.',
    stock: /P5 .* — 2 left, 4 wanted/,
    send: 'Send now',
  },
  'zh-CN': {
    hold: '暂缓上传',
    held: /您已暂缓上传，.*自动恢复/,
    look: '先看结果',
    sum: '1 项会被接受，1 项不会。',
    stock: /P5 .* — 库存剩 2，需要 4/,
    send: '立即上传',
  },
} as const;

for (const language of ['en', 'zh-CN'] as const) {
  test(`sending is held back, looked at ahead and let go (${language})`, async ({ browser }) => {
    const words = WORDS[language];
    const page = await openDeskPage(browser, desk, { language });
    const { pudong, products } = office.house.house;
    const { allocated } = await office.house.db
      .selectFrom('stock')
      .where('warehouse_id', '=', pudong.warehouseId)
      .where('product_id', '=', products['P5']?.productId ?? '')
      .select('allocated')
      .executeTakeFirstOrThrow();
    await setOnHand(office.house.db, { branch: pudong, product: products['P5'], onHand: allocated + 10_000 });
    await desk.api.sync.holdBack.mutate({ hold: true });
    const fits = await desk.api.orders.place.mutate(orderFor(office.house.house, { product: 'P5', quantity: 8 }));
    const short = await desk.api.orders.place.mutate(orderFor(office.house.house, { product: 'P5', quantity: 4 }));
    await page.evaluate(() => (location.hash = '#/sync'));
    await expect(page.getByRole('status').filter({ hasText: words.held })).toBeVisible();
    await page.getByRole('button', { name: words.look }).click();
    await expect(page.getByText(words.sum)).toBeVisible();
    await expect(page.getByRole('row').filter({ hasText: short.number })).toContainText(words.stock);
    await expectReadable(page);
    await page.getByRole('button', { name: words.send }).click();
    await expect(page.getByText(words.held)).toBeHidden();
    await settled(desk);
    expect((await desk.api.orders.get.query({ orderId: fits.orderId })).sync).toBe('applied');
    expect((await desk.api.orders.get.query({ orderId: short.orderId })).sync).toBe('refused');
    await desk.api.orders.cancel.mutate({ orderId: short.orderId, reason: '' });
    await settled(desk);
    await page.context().close();
  });
}

/** As a failing disk does: the first byte of what was signed is gone. */
function spoil({ dataDir }: OfficeDesk, orderId: string): void {
  const db = new SqliteDatabase(path.join(dataDir, 'desk.sqlite'));
  db.prepare('update outbox set body = substr(body, 2) where lane = ?').run(`order:${orderId}`);
  db.close();
}

test('what waits is saved as a file, and what is set aside can be read and ended', async ({ browser }) => {
  const page = await openDeskPage(browser, desk);
  await desk.api.sync.holdBack.mutate({ hold: true });
  const placed = await desk.api.orders.place.mutate(orderFor(office.house.house, { product: 'P4' }));
  await page.evaluate(() => (location.hash = '#/sync'));
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save what waits as a file' }).click();
  expect((await downloading).suggestedFilename()).toMatch(/^orders-out-PD-.*\.json$/);
  spoil(desk, placed.orderId);
  await desk.api.sync.holdBack.mutate({ hold: false });
  await page.evaluate(() => (location.hash = '#/attention'));
  const card = page.getByRole('article', { name: placed.number });
  await expect(card).toContainText('Set aside: cannot be read');
  await card.getByText('Show what was saved').click();
  await expect(card.getByRole('region')).toContainText('"name":"order.place"');
  await expectReadable(page);
  await card.getByRole('button', { name: 'Cancel order' }).click();
  await page.keyboard.type('unreadable');
  await page.keyboard.press('Enter');
  await expect(card).toBeHidden();
  await settled(desk);
  await expect(syncPill(page)).toHaveAccessibleName(/all at head office/);
});
