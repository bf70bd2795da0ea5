/**
 * An order's way through the house, before the people who do it. Goal: what can be done is offered and nothing else; what
 * left, what came back and why is seen by everybody; who may not is not tempted, or is told whom to ask.
 */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { putPolicy } from '../../src-central/house/policies.ts';
import { openDeskPage } from '../support/desk-page.ts';
import { openOffice, orderFor, settled, type Office, type OfficeDesk } from '../support/office.ts';

let office: Office;
let clerkDesk: OfficeDesk;
let managerDesk: OfficeDesk;
let clerk: Page;
let manager: Page;

test.beforeAll(async ({ browser }) => {
  office = await openOffice();
  clerkDesk = await office.openDesk();
  managerDesk = await office.openDesk({ user: 'manager' });
  clerk = await openDeskPage(browser, clerkDesk);
  manager = await openDeskPage(browser, managerDesk);
});

test.afterAll(() => office?.close());

async function placed(desk: OfficeDesk, quantity: number): Promise<{ orderId: string; number: string }> {
  const { orderId, number } = await desk.api.orders.place.mutate(orderFor(office.house.house, { quantity }));
  await settled(desk);
  return { orderId, number };
}

async function open(page: Page, desk: OfficeDesk, orderId: string): Promise<void> {
  await page.goto(`${desk.program.url}#/orders?open=${orderId}`);
}

const does = (page: Page, name: string) =>
  page.getByRole('region', { name: 'What to do with it' }).getByRole('button', { name, exact: true });
const stage = (page: Page, text: string) => page.getByRole('definition').filter({ hasText: text });

test('an order is shipped in parts, received and completed, and a part of it comes back', async () => {
  const { orderId } = await placed(clerkDesk, 5);
  await open(clerk, clerkDesk, orderId);
  await expect(stage(clerk, 'goods set aside')).toBeVisible();
  await expect(does(clerk, 'put on hold')).toHaveCount(0);
  await does(clerk, 'ship').click();
  const quantity = clerk.getByRole('textbox', { name: 'Quantity of P1' });
  await expect(quantity).toHaveValue('5');
  await quantity.fill('2');
  await clerk.getByLabel('Tracking number').fill('SF100200');
  expect((await new AxeBuilder({ page: clerk }).analyze()).violations).toEqual([]);
  await clerk.getByRole('form', { name: 'ship' }).getByRole('button', { name: 'ship', exact: true }).click();
  await expect(stage(clerk, 'shipped')).toBeVisible();
  await expect(clerk.getByText('Tracking SF100200')).toBeVisible();
  await does(clerk, 'received').click();
  await expect(clerk.getByRole('alert')).toContainText('Not all has left: 3');
  await does(clerk, 'ship').click();
  await expect(quantity).toHaveValue('3');
  await clerk.keyboard.press('Enter');
  await does(clerk, 'received').click();
  await does(clerk, 'complete').click();
  await expect(stage(clerk, 'completed')).toBeVisible();
  await settled(clerkDesk);

  await open(manager, managerDesk, orderId);
  await expect(stage(manager, 'completed')).toBeVisible();
  await does(manager, 'return').click();
  await manager.getByRole('textbox', { name: 'Quantity of P1' }).fill('1');
  await manager.getByRole('textbox', { name: 'Why' }).fill('broken');
  await manager.keyboard.press('Enter');
  await expect(manager.getByText('Reason: broken')).toBeVisible();
  await expect(manager.getByText(/^Credit \d/)).toBeVisible();
});

test('an order that the house wants looked at is approved by a manager, or sent back with the reason', async () => {
  const rule = { fromMinor: 1, manualShare: null, customers: [], groups: [] };
  const reviews = { order: rule, finance: { ...rule, fromMinor: null }, fourEyes: true };
  await putPolicy(office.house.db, { name: 'reviews', ...reviews, financeRole: 'manager' });
  const first = await placed(clerkDesk, 2);
  const second = await placed(clerkDesk, 3);
  await open(manager, managerDesk, first.orderId);
  await expect(stage(manager, 'order review')).toBeVisible();
  await does(manager, 'approve order').click();
  await expect(stage(manager, 'goods set aside')).toBeVisible();
  await open(manager, managerDesk, second.orderId);
  await does(manager, 'send back').click();
  await manager.getByRole('textbox', { name: 'Why' }).fill('too much for them');
  await manager.keyboard.press('Enter');
  await expect(stage(manager, 'on hold: too much for them')).toBeVisible();
  await settled(managerDesk);
  await open(clerk, clerkDesk, second.orderId);
  await expect(stage(clerk, 'on hold: too much for them')).toBeVisible();
  await expect(clerk.getByRole('button', { name: /^Amend/ })).toBeEnabled();
});
