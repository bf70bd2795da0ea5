/**
 * Typing orders in a real browser, against a real desk and a real central. Goal: a clerk's keys alone make an order
 * that reaches head office once; nothing that was typed is cut, changed or lost; what is wrong is said at its cell.
 */
import { randomUUID } from 'node:crypto';
import { expect, test, type Page } from '@playwright/test';
import type { Language } from '../../src-shared/text/language.ts';
import { cell, customerField, openDeskPage, savedBar, saveByKey, typeOrder } from '../support/desk-page.ts';
import { newOrderId, openOffice, settled, type Office, type OfficeDesk } from '../support/office.ts';
import { setOnHand } from '../support/test-house.ts';

let office: Office;
let desk: OfficeDesk;
let page: Page;

test.beforeAll(async ({ browser }) => {
  office = await openOffice();
  desk = await office.openDesk();
  page = await openDeskPage(browser, desk);
});

test.afterAll(() => office?.close());

/** An empty new order under the fingers, whatever the test before has left. */
test.beforeEach(async () => {
  await page.goto('about:blank');
  await page.goto(desk.program.url);
  await expect(customerField(page)).toBeFocused();
  const anew = page.getByRole('button', { name: 'Start anew' });
  if (await anew.isVisible()) await anew.click();
  await expect(customerField(page)).toHaveValue('');
  await expect(customerField(page)).toBeFocused();
});

async function orderAtCentral(number: string) {
  return office.house.db
    .selectFrom('sales_order')
    .innerJoin('sales_order_line', 'sales_order_line.order_id', 'sales_order.order_id')
    .where('number', '=', number)
    .select(['sales_order_line.unit', 'quantity_base', 'total_minor'])
    .orderBy('quantity_base')
    .execute();
}

test('an order is placed by keyboard alone and settles at head office', async () => {
  await typeOrder(page, 'C2', [
    { product: 'P1', quantity: '4' },
    { product: 'jam', quantity: '2' },
  ]);
  await expect(page.getByLabel('total')).toHaveText('15.30');
  const number = await saveByKey(page);
  await expect(savedBar(page)).toContainText('at head office');
  await expect(customerField(page)).toBeFocused();
  expect(await orderAtCentral(number)).toMatchObject([{ quantity_base: 2_000 }, { quantity_base: 4_000 }]);
});

test('products are found by name and pinyin initials, with the own price of the customer', async () => {
  await page.keyboard.type('shhlj');
  await expect(page.getByRole('option', { name: /上海好邻居超市/ })).toBeVisible();
  await page.keyboard.press('Enter');
  const { keyboard } = page;
  await keyboard.type('bsdj');
  await expect(page.getByRole('option', { name: /白色灯架/ })).toBeVisible();
  await keyboard.press('Escape');
  await keyboard.type('hanging');
  await expect(page.getByRole('option', { name: /2\.00/ })).toBeVisible();
  await keyboard.press('Enter');
  await keyboard.type('3箱');
  await expect(page.getByLabel('total')).toHaveText('72.00');
  await keyboard.press('Enter');
  await expect(page.getByRole('row', { name: /P1/ })).toContainText('case');
  await expect(page.getByRole('row', { name: /P1/ })).toContainText('own price');
});

test('totals follow every key', async () => {
  await typeOrder(page, 'C2', []);
  await page.keyboard.type('P1');
  await page.keyboard.press('Enter');
  await expect(cell(page, 1, 'quantity')).toBeFocused();
  for (const [key, total] of [
    ['1', '2.55'],
    ['2', '30.60'],
    ['0', '306.00'],
    ['Backspace', '30.60'],
  ] as const) {
    await page.keyboard.press(key);
    await expect(page.getByLabel('total')).toHaveText(total);
  }
});

test('the save key pressed twice makes one order', async () => {
  const before = await desk.api.orders.list.query({});
  await typeOrder(page, 'C2', [{ product: 'P3', quantity: '1' }]);
  await Promise.all([page.keyboard.press('F8'), page.keyboard.press('F8')]);
  await expect(savedBar(page)).toContainText('at head office');
  const after = await desk.api.orders.list.query({});
  expect(after.total).toBe(before.total + 1);
});

test('keys that come faster than any answer lose nothing', async () => {
  const { keyboard } = page;
  const type = async (...words: string[]): Promise<void> => {
    for (const word of words) {
      await keyboard.type(word);
      await keyboard.press('Enter');
    }
  };
  // No waiting in between: as a scanner, or a hand that knows its codes.
  await type('C1', 'P1', '1', 'P3', '2', 'P5', '4');
  await keyboard.press('F8');
  await expect(savedBar(page)).toContainText('at head office');
  const [row] = (await desk.api.orders.list.query({})).rows;
  const order = await desk.api.orders.get.query({ orderId: row?.orderId ?? '' });
  expect(order.customerName).toBe('上海好邻居超市');
  expect(order.lines.map((line) => [line.productCode, line.quantity])).toEqual([
    ['P1', 1],
    ['P3', 2],
    ['P5', 4],
  ]);
});

test('a line whose product is still on its way is passed through like any other', async () => {
  await page.route(
    (url) => url.pathname.includes('products.search'),
    async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 400));
      await route.continue();
    },
  );
  await typeOrder(page, 'C2', [{ product: 'P5', quantity: '2' }]);
  await page.keyboard.type('P');
  await expect(page.getByRole('option').first()).toBeVisible();
  await page.keyboard.type('1');
  await page.keyboard.press('Enter');
  await page.keyboard.type('3');
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.keyboard.type('7');
  await page.unrouteAll({ behavior: 'wait' });
  const number = await saveByKey(page);
  await expect(savedBar(page)).toContainText('at head office');
  expect(await orderAtCentral(number)).toMatchObject([{ quantity_base: 3_000 }, { quantity_base: 7_000 }]);
});

const BAD_QUANTITIES: Record<Language, [typed: string, message: string][]> = {
  en: [
    ['12a', 'The quantity must be a number, like 12 or 2.5.'],
    ['0', 'The quantity must be more than 0.'],
    ['-3', 'The quantity must be more than 0.'],
    ['1e9', 'The quantity is too large: at most 1000000 on one line.'],
    ['0.5', 'This is sold whole only; the next quantity is 1.'],
    ['', 'The quantity must be a number, like 12 or 2.5.'],
  ],
  'zh-CN': [
    ['12a', '数量必须是数字，例如 12 或 2.5。'],
    ['0', '数量必须大于 0。'],
    ['-3', '数量必须大于 0。'],
    ['1e9', '数量过大：每行最多 1000000。'],
    ['0.5', '该商品只按整数销售，最近的数量是 1。'],
    ['', '数量必须是数字，例如 12 或 2.5。'],
  ],
};

for (const language of ['en', 'zh-CN'] as const) {
  test(`a wrong quantity is kept as typed, said at its cell and not saved (${language})`, async ({ browser }) => {
    const reader = await openDeskPage(browser, desk, { language });
    const before = (await desk.api.orders.list.query({})).total;
    await expect(customerField(reader, language)).toBeFocused();
    await reader.keyboard.type('C2');
    await reader.keyboard.press('Enter');
    await reader.keyboard.type('P1');
    await reader.keyboard.press('Enter');
    const quantity = cell(reader, 1, 'quantity', language);
    for (const [typed, message] of BAD_QUANTITIES[language]) {
      await expect(quantity).toBeFocused();
      await reader.keyboard.press('Control+A');
      await reader.keyboard.press('Delete');
      await reader.keyboard.type(typed);
      await reader.keyboard.press('F8');
      await expect(quantity).toBeFocused();
      await expect(quantity).toHaveValue(typed);
      await expect(quantity).toHaveAccessibleDescription(message);
      await expect(quantity).toHaveAttribute('aria-invalid', 'true');
    }
    await reader.keyboard.type('0.5');
    await expect(quantity).toHaveAccessibleDescription(BAD_QUANTITIES[language][4]?.[1] ?? '');
    await reader.keyboard.press('Alt+R');
    await expect(quantity).toHaveValue('1');
    expect((await desk.api.orders.list.query({})).total).toBe(before);
    await reader.context().close();
  });
}

test('an unknown code is said at its cell, an inactive customer at the customer', async () => {
  await typeOrder(page, 'C8', []);
  await expect(page.getByText('This customer is no longer active.')).toBeVisible();
  await page.keyboard.type('ZZZ');
  await page.keyboard.press('Enter');
  const code = cell(page, 1, 'code');
  await expect(code).toHaveAccessibleDescription(
    'There is no product with this code. Check the code or search by name.',
  );
  await expect(code).toHaveValue('ZZZ');
  await page.keyboard.press('F8');
  await expect(customerField(page)).toBeFocused();
  await expect(customerField(page)).toHaveAccessibleDescription(/no longer active/);
  await page.keyboard.press('F7');
  await expect(code).toBeFocused();
});

test('an order without lines and a note of 100 kB are refused in words; an emoji is kept', async () => {
  await typeOrder(page, 'C2', []);
  await page.keyboard.press('F8');
  await expect(page.getByText('The order has no lines yet. Add at least one product.')).toBeVisible();
  await page.keyboard.type('P3');
  await page.keyboard.press('Enter');
  await page.keyboard.type('1');
  await page.keyboard.press('F6');
  const note = page.getByRole('textbox', { name: 'Note' });
  await expect(note).toBeFocused();
  await note.fill('x'.repeat(100_000));
  await page.keyboard.press('F8');
  await expect(page.getByText(/The note has 100000 characters; at most 2000 fit/)).toBeVisible();
  await expect(note).toBeFocused();
  await note.fill('door 🚪 code 7');
  const number = await saveByKey(page);
  await settled(desk);
  const [row] = (await desk.api.orders.list.query({ text: number })).rows;
  expect((await desk.api.orders.get.query({ orderId: row?.orderId ?? '' })).note).toBe('door 🚪 code 7');
});

test('a word that is being composed is not cut by anything that comes in meanwhile', async () => {
  await typeOrder(page, 'C2', []);
  const field = cell(page, 1, 'code');
  await expect(field).toBeFocused();
  const input = await page.context().newCDPSession(page);
  const compose = (text: string): Promise<unknown> =>
    input.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
  await compose('bai');
  await setOnHand(office.house.db, {
    branch: office.house.house.pudong,
    product: office.house.house.products['P4'],
    onHand: 77_000,
  });
  await expect.poll(async () => (await desk.api.products.search.query({ text: 'P4' }))[0]?.availableBase).toBe(77_000);
  await compose('bai se');
  await page.keyboard.press('ArrowDown');
  await expect(field).toHaveValue('bai se');
  await expect(page.getByRole('option')).toHaveCount(0);
  await input.send('Input.insertText', { text: '白色' });
  await expect(field).toHaveValue('白色');
  await expect(page.getByRole('option', { name: /白色灯架.*77 left/ })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(cell(page, 1, 'quantity')).toBeFocused();
  await expect(page.getByRole('row', { name: /P4/ })).toContainText('白色灯架');
});

test('an order is made again by a key, at the prices of today; what was being typed is kept', async () => {
  await typeOrder(page, 'C2', [
    { product: 'P1', quantity: '4' },
    { product: 'P3', quantity: '2' },
  ]);
  const number = await saveByKey(page);
  await typeOrder(page, 'C1', [{ product: 'P5', quantity: '9' }]);
  await savedBar(page).getByRole('link', { name: number }).click();
  await expect(page.getByRole('article', { name: `Order ${number}` })).toBeVisible();
  await page.keyboard.press('Alt+N');
  await expect(page.getByText(`Copied from ${number}`)).toContainText('What you were typing is kept');
  await expect(customerField(page)).toHaveValue('Corner Shop');
  await expect(page.getByLabel('total')).toHaveText(/\d/);
  await page.screenshot({ path: 'test-results/order-again-en.png' });
  const again = await saveByKey(page);
  expect(again).not.toBe(number);
  await expect(savedBar(page)).toContainText('at head office');
  expect(await orderAtCentral(again)).toEqual(await orderAtCentral(number));
  await page.reload();
  await expect(page.getByText(/Back where you were/)).toBeVisible();
  await expect(customerField(page)).toHaveValue('上海好邻居超市');
});

test('what was typed is there again after the window died', async () => {
  await typeOrder(page, 'C2', [{ product: 'P1', quantity: '12a' }]);
  await expect.poll(async () => (await desk.api.drafts.list.query()).length).toBe(1);
  await page.reload();
  await expect(customerField(page)).toHaveValue('Corner Shop');
  await expect(page.getByRole('row', { name: /P1/ })).toContainText('12a');
  await expect(page.getByText(/this draft was kept at/)).toBeVisible();
});

test('an order of 2,000 lines is typed in and saved like any other', async () => {
  const product = office.house.house.products['P1'];
  const customer = office.house.house.customers['C2'];
  if (!product || !customer) throw new Error('the test house lacks P1 or C2');
  await setOnHand(office.house.db, { branch: office.house.house.pudong, product, onHand: 9_000_000 });
  const lines = Array.from({ length: 1_999 }, () => ({
    key: randomUUID(),
    product: { productId: product.productId, code: product.code, name: product.name, units: product.units },
    sought: null,
    unit: 'piece',
    quantity: '1',
  }));
  const orderId = newOrderId();
  const content = JSON.stringify({ orderId, customer, lines, note: '', amends: null });
  await desk.api.drafts.save.mutate({ draftId: orderId, content });
  await page.reload();
  await expect(page.getByText('1,999 lines')).toBeVisible();
  await page.keyboard.press('F6');
  await page.keyboard.press('Control+End');
  await expect(cell(page, 2_000, 'code')).toBeFocused();
  await page.keyboard.type('P3');
  await page.keyboard.press('Enter');
  await page.keyboard.type('7');
  await expect(page.getByLabel('total')).toHaveText('5,115.30');
  expect(await page.getByRole('row').count()).toBeLessThan(60);
  const number = await saveByKey(page);
  await expect(savedBar(page)).toContainText('at head office');
  expect(await orderAtCentral(number)).toHaveLength(2_000);
});
