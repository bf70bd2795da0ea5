/**
 * Two desks change one order. Goal: whoever comes second sees both changes side by side and chooses, whether the first
 * one's came while the order was being typed or while the desk's line was down; nothing is written over.
 */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { cell, openDeskPage } from '../support/desk-page.ts';
import { openOffice, orderFor, settled, type Office, type OfficeDesk } from '../support/office.ts';
import { eventually } from '../support/programs.ts';

let office: Office;
let desk: OfficeDesk;
let other: OfficeDesk;
let page: Page;

test.beforeAll(async ({ browser }) => {
  office = await openOffice();
  desk = await office.openDesk();
  other = await office.openDesk({ user: 'manager' });
  page = await openDeskPage(browser, desk);
});

test.afterAll(() => office?.close());

/** An order of 2 P1 that both desks have. */
async function orderOfBoth() {
  const placed = await desk.api.orders.place.mutate(orderFor(office.house.house, { quantity: 2, note: 'front' }));
  await settled(desk);
  await eventually(
    () => other.api.orders.list.query({ text: placed.number }),
    ({ total }) => total === 1,
  );
  return placed;
}

function linesOf(...of: [product: string, quantity: number][]) {
  const { products } = office.house.house;
  return of.map(([code, quantity]) => ({ productId: products[code]?.productId ?? '', unit: 'piece', quantity }));
}

/** What the other desk makes of it, at central. */
async function changedByOther(orderId: string, of: { lines: [string, number][]; note?: string }): Promise<void> {
  await other.api.orders.amend.mutate({ orderId, ...of, lines: linesOf(...of.lines) });
  await settled(other);
}

async function atCentral(orderId: string) {
  const order = await other.api.orders.get.query({ orderId });
  return {
    sync: order.sync,
    version: order.version,
    note: order.note,
    lines: order.lines.map(({ productCode, quantity }) => [productCode, quantity]),
  };
}

const comparison = (number: string) => page.getByRole('region', { name: `Compare ${number}` });
const choice = (row: RegExp, side: 'theirs' | 'ours') =>
  page
    .getByRole('row', { name: row })
    .getByRole('radio')
    .nth(side === 'theirs' ? 0 : 1);

async function openToAmend(orderId: string, number: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(`${desk.program.url}#/orders?open=${orderId}`);
  await expect(page.getByRole('article', { name: `Order ${number}` })).toBeVisible();
  await page.keyboard.press('F2');
  await expect(cell(page, 1, 'code')).toBeFocused();
}

async function typeQuantity(quantity: string): Promise<void> {
  await page.keyboard.press('Enter');
  await expect(cell(page, 1, 'quantity')).toBeFocused();
  await page.keyboard.type(quantity);
}

test('a change that comes while the order is typed is set beside it, and both are kept', async () => {
  const { orderId, number } = await orderOfBoth();
  await openToAmend(orderId, number);
  await changedByOther(orderId, { lines: [['P1', 2]], note: 'back door' });
  await eventually(
    () => desk.api.orders.get.query({ orderId }),
    ({ version }) => version === 2,
  );
  await typeQuantity('7');
  await page.keyboard.press('F8');
  await expect(comparison(number)).toContainText(`manager changed ${number} while you did`);
  await expect(choice(/Note/, 'theirs')).toBeChecked();
  await expect(choice(/P1/, 'ours')).toBeChecked();
  await page.keyboard.press('F8');
  await expect(page.getByLabel('Note')).toHaveValue('back door');
  await expect(cell(page, 1, 'code')).toBeFocused();
  await page.keyboard.press('F8');
  await expect(page.getByRole('article', { name: `Order ${number}` })).toContainText('back door');
  await settled(desk);
  await eventually(
    () => atCentral(orderId),
    ({ version }) => version === 3,
  );
  expect(await atCentral(orderId)).toMatchObject({ note: 'back door', lines: [['P1', 7]] });
});

test('a change made with the line down is refused, and compared: where both changed the same, a person chooses', async () => {
  const { orderId, number } = await orderOfBoth();
  desk.line.cut();
  await desk.api.orders.amend.mutate({ orderId, lines: linesOf(['P1', 5], ['P3', 1]) });
  await changedByOther(orderId, { lines: [['P1', 3]], note: 'two o’clock' });
  desk.line.mend();
  await page.goto('about:blank');
  await page.goto(`${desk.program.url}#/attention`);
  const card = page.getByRole('article', { name: number });
  await expect(card).toContainText('Somebody else changed this order meanwhile', { timeout: 30_000 });
  await expect(card.getByRole('button', { name: /Compare and choose/ })).toBeVisible();
  await page.screenshot({ path: 'test-results/conflict-card-en.png' });
  await page.keyboard.press('F2');
  const table = comparison(number);
  await expect(table).toBeVisible();
  await expect(page.getByRole('row', { name: /P1/ })).toContainText(/2 pc.*3 pc.*5 pc/);
  await expect(choice(/Note/, 'theirs')).toBeChecked();
  await expect(choice(/P3/, 'ours')).toBeChecked();
  await expect(choice(/P1/, 'ours')).not.toBeChecked();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.screenshot({ path: 'test-results/compare-en.png' });
  await page.keyboard.press('F8');
  await expect(page.getByRole('row', { name: /P1/ })).toContainText('Choose one of the two.');
  await expect(choice(/P1/, 'theirs')).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(choice(/P1/, 'ours')).toBeChecked();
  await page.keyboard.press('F8');
  await expect(cell(page, 1, 'code')).toBeFocused();
  await page.keyboard.press('F8');
  await settled(desk);
  await eventually(
    () => atCentral(orderId),
    ({ version }) => version === 3,
  );
  expect(await atCentral(orderId)).toMatchObject({
    note: 'two o’clock',
    lines: [
      ['P1', 5],
      ['P3', 1],
    ],
  });
  expect(await desk.api.attention.list.query()).toEqual([]);
});

test('where all is left as the other has it, the own change is let go of, and nothing is saved', async () => {
  const { orderId, number } = await orderOfBoth();
  desk.line.cut();
  await desk.api.orders.amend.mutate({ orderId, lines: linesOf(['P1', 5]) });
  await changedByOther(orderId, { lines: [['P1', 3]] });
  desk.line.mend();
  await eventually(
    () => desk.api.orders.get.query({ orderId }),
    ({ conflict }) => conflict !== null,
    { withinMs: 30_000 },
  );
  await page.goto('about:blank');
  await page.goto(`${desk.program.url}#/orders/${orderId}/amend`);
  await expect(comparison(number)).toBeVisible();
  await page.keyboard.press('Alt+T');
  await expect(page.getByRole('button', { name: /Leave it as manager has it/ })).toBeVisible();
  await page.keyboard.press('F8');
  const record = page.getByRole('article', { name: `Order ${number}` });
  await expect(record.getByRole('listitem').filter({ hasText: 'refused change let go' })).toContainText('clerk');
  await settled(desk);
  expect(await desk.api.orders.get.query({ orderId })).toMatchObject({ sync: 'applied', queue: [], conflict: null });
  expect((await atCentral(orderId)).lines).toEqual([['P1', 3]]);
});

test('a refused change of an order that was cancelled meanwhile can only be let go of', async () => {
  const { orderId, number } = await orderOfBoth();
  desk.line.cut();
  await desk.api.orders.amend.mutate({ orderId, lines: linesOf(['P1', 5]) });
  await other.api.orders.cancel.mutate({ orderId, reason: 'shop is shut' });
  await settled(other);
  desk.line.mend();
  await page.goto('about:blank');
  await page.goto(`${desk.program.url}#/attention`);
  const card = page.getByRole('article', { name: number });
  await expect(card.getByRole('button', { name: 'Let my change go' })).toBeVisible({ timeout: 30_000 });
  await expect(card.getByRole('button', { name: /Open to edit|Cancel order/ })).toHaveCount(0);
  await page.screenshot({ path: 'test-results/let-go-en.png' });
  await card.getByRole('button', { name: 'Let my change go' }).click();
  await card.getByRole('button', { name: 'Yes, let it go' }).click();
  await expect(page.getByText('Nothing needs you.')).toBeVisible();
  await settled(desk);
  expect(await desk.api.orders.get.query({ orderId })).toMatchObject({
    status: 'cancelled',
    sync: 'applied',
    queue: [],
  });
});

test('an order that only moved on is saved at the second press, and says so', async () => {
  const { orderId, number } = await orderOfBoth();
  await openToAmend(orderId, number);
  await other.api.orders.step.mutate({ orderId, step: { do: 'hold', reason: 'waits for the boss' } });
  await settled(other);
  await eventually(
    () => desk.api.orders.get.query({ orderId }),
    ({ version }) => version === 2,
  );
  await typeQuantity('4');
  await page.keyboard.press('F8');
  await expect(page.getByText('This order moved on meanwhile')).toBeVisible();
  await page.keyboard.press('F8');
  await expect(page.getByRole('article', { name: `Order ${number}` })).toBeVisible();
  await settled(desk);
  await eventually(
    () => atCentral(orderId),
    ({ lines }) => lines[0]?.[1] === 4,
  );
});

test('the comparison speaks Chinese', async ({ browser }) => {
  const { orderId, number } = await orderOfBoth();
  desk.line.cut();
  await desk.api.orders.amend.mutate({ orderId, lines: linesOf(['P1', 5]), note: '送后门' });
  await changedByOther(orderId, {
    lines: [
      ['P1', 3],
      ['P4', 2],
    ],
  });
  desk.line.mend();
  await eventually(
    () => desk.api.orders.get.query({ orderId }),
    ({ conflict }) => conflict !== null,
    { withinMs: 30_000 },
  );
  const reader = await openDeskPage(browser, desk, { language: 'zh-CN' });
  await reader.goto(`${desk.program.url}#/orders/${orderId}/amend`);
  await expect(reader.getByText(`您修改 ${number} 的同时，manager也改了它`)).toBeVisible();
  await expect(reader.getByRole('row', { name: /P4/ })).toContainText('订单上没有');
  await reader.screenshot({ path: 'test-results/compare-zh.png' });
  await reader.goto(`${desk.program.url}#/attention`);
  await expect(reader.getByRole('button', { name: /比较并选择/ })).toBeVisible();
  await reader.screenshot({ path: 'test-results/conflict-card-zh.png' });
  await reader.goto(`${desk.program.url}#/orders?open=${orderId}`);
  await expect(reader.getByRole('button', { name: '放弃我的修改' })).toBeVisible();
  await expect(reader.getByRole('button', { name: /再来一单/ })).toBeVisible();
  await reader.screenshot({ path: 'test-results/conflict-order-zh.png' });
  await reader.context().close();
});

test('who has an order open to change it is told at the other desk, until it is closed', async ({ browser }) => {
  const { orderId, number } = await orderOfBoth();
  await openToAmend(orderId, number);
  const theirs = await openDeskPage(browser, other, { language: 'zh-CN' });
  const told = theirs.getByRole('status').filter({ hasText: '正在修改此单' });
  await theirs.goto(`${other.program.url}#/orders?open=${orderId}`);
  await expect(told).toContainText('clerk');
  await theirs.keyboard.press('F2');
  await expect(cell(theirs, 1, 'code', 'zh-CN')).toBeFocused();
  await expect(told).toContainText('clerk');
  await theirs.screenshot({ path: 'test-results/both-open-zh.png' });
  // Back to the record, where both are looked at anew: the one that is still open is told, the other is not any more.
  await page.keyboard.press('Alt+Backspace');
  const ours = page.getByRole('status').filter({ hasText: 'has had this order open' });
  await expect(ours).toContainText('manager');
  await theirs.keyboard.press('Alt+Backspace');
  await expect(theirs.getByRole('article', { name: new RegExp(number) })).toBeVisible();
  await expect(told).toHaveCount(0);
  await theirs.context().close();
});
