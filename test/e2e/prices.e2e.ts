/**
 * What a line costs, and why, before a person who types orders. Goal: a price by hand takes a reason and stays within
 * what the person may give; what is refused is mended by a key; every price tells its story; promotions and tax add up
 * on the screen, at central and in the order that is opened again.
 */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { putPolicy } from '../../src-central/house/policies.ts';
import { putPromotion } from '../../src-central/house/put-promotion.ts';
import { cell, customerField, openDeskPage, saveByKey, typeOrder } from '../support/desk-page.ts';
import { addGroup, addListPrice, promotionOf, setProductRules } from '../support/house-prices.ts';
import { newOrderId, openOffice, settled, type Office, type OfficeDesk } from '../support/office.ts';

let office: Office;
let desk: OfficeDesk;
let page: Page;

/** Clerks may go a twentieth below the list; P3 is taxed and on offer; C2 is of a group that pays less from 24 on. */
async function furnishPrices({ house: central }: Office): Promise<void> {
  const { db } = central;
  const { P1, P3, P4 } = central.house.products;
  await putPolicy(db, { name: 'manualPrices', clerk: 500, manager: 2_000, admin: 10_000 });
  await setProductRules(db, P3, { taxBasisPoints: 1_300 });
  await setProductRules(db, P4, { minimumBase: 6_000, multipleBase: 3_000 });
  await addGroup(db, { code: 'WS', name: 'Wholesale', customers: ['C2'] });
  await addListPrice(db, { listCode: 'WS', product: P1, unitPrice: 24_000 });
  await addListPrice(db, { listCode: 'WS', product: P1, unitPrice: 22_000, minQuantity: 24_000 });
  const rule = { kind: 'free', buyBase: 10_000, freeBase: 1_000, gift: null } as const;
  const products = P3 ? [P3.productId] : [];
  const put = await putPromotion(db, promotionOf({ code: 'TEN1', name: '买10送1', products, rule }));
  expect(put.outcome).toBe('new');
}

test.beforeAll(async ({ browser }) => {
  office = await openOffice();
  await furnishPrices(office);
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

async function orderOf(number: string) {
  await settled(desk);
  const [row] = (await desk.api.orders.list.query({ text: number })).rows;
  return desk.api.orders.get.query({ orderId: row?.orderId ?? '' });
}

/** From the code of a new line below: up to the quantity above, and on to its price. */
async function goToPrice(of: Page, line: number): Promise<void> {
  await of.keyboard.press('ArrowUp');
  for (let step = 0; step < 4; step += 1) await of.keyboard.press('ArrowRight');
  await expect(cell(of, line, 'price')).toBeFocused();
}

const reason = (): ReturnType<Page['getByLabel']> => page.getByRole('combobox', { name: 'Reason' });
const story = (line: number) => page.getByRole('dialog', { name: `Why this price, line ${line}` });
const row = (name: RegExp) => page.getByRole('row', { name });

test('a price beyond what a clerk may give is refused in words, and the list price is taken by key', async () => {
  await typeOrder(page, 'C2', [{ product: 'P5', quantity: '2' }]);
  await goToPrice(page, 1);
  await page.keyboard.type('2.10');
  await page.keyboard.press('Enter');
  await expect(reason()).toBeFocused();
  await page.keyboard.type('asked for it');
  await page.keyboard.press('F8');
  const price = cell(page, 1, 'price');
  await expect(price).toBeFocused();
  await expect(price).toHaveValue('2.10');
  await expect(price).toHaveAccessibleDescription(
    'You may go down to 2.4225 here (list price 2.55). Ask your branch manager, or take the list price.',
  );
  await expect(row(/P5/).getByRole('button', { name: 'Line 1: take list price 2.55' })).toBeVisible();
  await page.keyboard.press('Alt+R');
  await expect(price).toHaveValue('2.55');
  const order = await orderOf(await saveByKey(page));
  expect(order.lines.map(({ unitPrice, manual }) => [unitPrice, manual])).toEqual([[25_500, undefined]]);
});

test('a price within it is kept with its reason, at central, in the story and in an amendment', async () => {
  await typeOrder(page, 'C2', [
    { product: 'P5', quantity: '2' },
    { product: 'P1', quantity: '1' },
  ]);
  await page.keyboard.press('ArrowUp');
  await goToPrice(page, 1);
  // As a Chinese keyboard gives it.
  await page.keyboard.insertText('２。４５');
  await page.keyboard.press('Enter');
  await expect(reason()).toBeFocused();
  await page.keyboard.type('old customer');
  await page.keyboard.press('Enter');
  await expect(cell(page, 2, 'code')).toBeFocused();
  await expect(row(/P5/)).toContainText('2.45');
  await expect(row(/P5/)).toContainText('price by hand: old customer');
  await expect(page.getByLabel('total')).toHaveText('7.30');
  const number = await saveByKey(page);
  const order = await orderOf(number);
  expect(order.sync).toBe('applied');
  expect(order.lines[0]).toMatchObject({
    unitPrice: 24_500,
    manual: { listUnitPrice: 25_500, reason: 'old customer' },
    story: { manualReason: 'old customer', manualBy: 'clerk' },
  });

  await page.goto(`${desk.program.url}#/orders?open=${order.orderId}`);
  await expect(page.getByRole('article', { name: `Order ${number}` })).toBeVisible();
  await page.keyboard.press('F2');
  await expect(row(/P5/)).toContainText('price by hand: old customer');
  await expect(cell(page, 1, 'code')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(cell(page, 1, 'quantity')).toBeFocused();
  await page.keyboard.type('3');
  await page.keyboard.press('F8');
  await expect(page.getByRole('article', { name: `Order ${number}` })).toContainText('9.75');
  expect((await orderOf(number)).lines[0]).toMatchObject({ unitPrice: 24_500, manual: { reason: 'old customer' } });
});

test('a reason that is missing is asked for, and those given before are offered', async () => {
  await typeOrder(page, 'C2', [{ product: 'P5', quantity: '1' }]);
  await goToPrice(page, 1);
  await page.keyboard.type('2.5');
  await page.keyboard.press('F8');
  await expect(reason()).toBeFocused();
  await expect(reason()).toHaveAccessibleDescription(
    'A price of your own needs a reason of at most 200 characters. Write one or take the list price.',
  );
  await expect(reason()).toHaveAttribute('aria-invalid', 'true');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('option', { name: 'old customer' })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  const order = await orderOf(await saveByKey(page));
  expect(order.lines[0]?.manual).toEqual({ listUnitPrice: 25_500, reason: 'old customer' });
});

test('what is typed is given up by Escape; emptied, or what the list says, it is the list’s again', async () => {
  await typeOrder(page, 'C2', [{ product: 'P5', quantity: '1' }]);
  await goToPrice(page, 1);
  const price = cell(page, 1, 'price');
  await page.keyboard.type('1');
  await page.keyboard.press('Escape');
  await expect(price).toHaveValue('2.55');
  for (const typed of ['2.55', '']) {
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
    await page.keyboard.type(typed);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await expect(price).toHaveValue('2.55');
    await expect(reason()).toHaveCount(0);
  }
  await page.keyboard.type('2.5a');
  await page.keyboard.press('F8');
  await expect(price).toHaveValue('2.5a');
  await expect(price).toHaveAccessibleDescription(/^A price is a number from 0 to /);
});

test('a price for a piece is none for the case', async () => {
  await typeOrder(page, 'C2', [{ product: 'P5', quantity: '1' }]);
  await goToPrice(page, 1);
  await page.keyboard.type('2.5');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.type('1箱');
  await page.keyboard.press('Enter');
  await expect(row(/P5/)).toContainText('30.60');
  await expect(row(/P5/)).not.toContainText('by hand');
});

test('promotion and tax add up, and the story of a price is a key away', async () => {
  await typeOrder(page, 'C2', [
    { product: 'P3', quantity: '11' },
    { product: 'P1', quantity: '2箱' },
  ]);
  await expect(row(/P3/)).toContainText('买10送1 −2.55');
  await expect(row(/P3/)).toContainText('25.50');
  const totals = page.getByRole('region', { name: 'New order' });
  for (const sum of ['promotions −2.55', 'goods 78.30', 'tax 3.32']) await expect(totals).toContainText(sum);
  await expect(page.getByLabel('total')).toHaveText('81.62');

  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Alt+W');
  for (const told of [
    'Group price · Wholesale',
    'tier from 24 pc on the order',
    'version 1, valid from 2026-01-01',
    '2 case × 26.40',
    'The customer pays52.80',
  ]) {
    await expect(story(2)).toContainText(told);
  }
  await page.keyboard.press('ArrowUp');
  for (const told of ['11 pc × 2.55', '28.05', '买10送1−2.55', 'Tax, 13 % on top+3.32', 'The customer pays28.82']) {
    await expect(story(1)).toContainText(told);
  }
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(story(1)).toHaveCount(0);
  await expect(cell(page, 1, 'code')).toBeFocused();
  await row(/P3/).getByRole('gridcell', { name: '2.55', exact: true }).click();
  await expect(story(1)).toContainText('The customer pays28.82');
  await page.keyboard.type('9');
  await expect(story(1)).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(cell(page, 1, 'price')).toHaveValue('2.55');

  const number = await saveByKey(page);
  const order = await orderOf(number);
  expect(order).toMatchObject({ sync: 'applied', totalMinor: 8_162, taxMinor: 332 });
});

test('an opened order tells the same, by key and by click, and what its sums are', async () => {
  const { house } = office.house;
  const orderId = newOrderId();
  await desk.api.orders.place.mutate({
    orderId,
    customerId: house.customers['C2']?.customerId ?? '',
    note: '',
    lines: [
      { productId: house.products['P3']?.productId ?? '', unit: 'piece', quantity: 11 },
      {
        productId: house.products['P5']?.productId ?? '',
        unit: 'piece',
        quantity: 1,
        manual: { unitPrice: 25_000, reason: 'shelf worn' },
      },
    ],
  });
  await page.goto(`${desk.program.url}#/orders?open=${orderId}`);
  const record = page.getByRole('article');
  for (const sum of ['promotions −2.55', 'goods 28.00', 'tax 3.32', 'Total 31.32']) {
    await expect(record).toContainText(sum);
  }
  await page.keyboard.press('Alt+W');
  await expect(story(1)).toBeFocused();
  await page.keyboard.press('ArrowDown');
  for (const told of ['Agreed by hand by clerk', 'because: shelf worn', '2.50 / pc', '2.55 / pc']) {
    await expect(story(2)).toContainText(told);
  }
  await page.keyboard.press('Escape');
  await expect(story(2)).toHaveCount(0);
  await expect(record).toBeVisible();
  await record.getByRole('button', { name: 'Why 2.55, line 1' }).click();
  await expect(story(1)).toContainText('Tax, 13 % on top');
});

test('too few, and no multiple, are said at the quantity and mended by key', async () => {
  await typeOrder(page, 'C2', [{ product: 'P4', quantity: '4' }]);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('End');
  await expect(row(/P4/)).toContainText('Less than 6 of this is not sold on one order');
  await page.keyboard.press('Alt+R');
  await expect(row(/P4/)).toContainText('15.30');
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await page.keyboard.type('7');
  await page.keyboard.press('F8');
  const quantity = cell(page, 1, 'quantity');
  await expect(quantity).toHaveAccessibleDescription(/This is sold in multiples of 3 on one order/);
  await page.keyboard.press('Alt+R');
  await expect(quantity).toHaveValue('9');
});

test('product and customer say which prices are for whom, from how much on, and the tax', async () => {
  await page.keyboard.press('Alt+5');
  const list = page.getByRole('grid', { name: 'Products' });
  await list.getByRole('row', { name: /P1/ }).dblclick();
  const product = page.getByRole('article');
  await expect(product.getByRole('row', { name: /for group Wholesale.*from 24 pc.*2\.20/ })).toBeVisible();
  await list.getByRole('row', { name: /P3/ }).click();
  await expect(product).toContainText('13 %');
  await expect(product.getByRole('row', { name: /BASE.*2\.55.*plus/ })).toBeVisible();
  await list.getByRole('row', { name: /P4/ }).click();
  await expect(product.getByText('Minimum on an order')).toBeVisible();
  await page.goto(`${desk.program.url}#/customers?open=${office.house.house.customers['C2']?.customerId}`);
  await expect(page.getByRole('article')).toContainText('group Wholesale');
});
