/** A page of the browser host as a person has it before them: found by role and label, worked by keys. */
import { expect, type Browser, type BrowserContext, type Locator, type Page } from '@playwright/test';
import type { Language } from '../../src-shared/text/language.ts';
import type { OfficeDesk } from './office.ts';

export interface DeskPageOptions {
  language?: Language;
  theme?: 'light' | 'dark';
  context?: BrowserContext;
}

/** Opens the address that the desk printed, in a browser of its own. */
export async function openDeskPage(
  browser: Browser,
  desk: Pick<OfficeDesk, 'program'>,
  { language = 'en', theme = 'light', context }: DeskPageOptions = {},
): Promise<Page> {
  const used = context ?? (await browser.newContext({ locale: language, colorScheme: theme }));
  const page = await used.newPage();
  await page.goto(desk.program.url);
  await expect(page.getByRole('navigation')).toBeVisible();
  return page;
}

const WORDS = {
  en: { customer: 'Customer', code: 'Code', quantity: 'Qty', price: 'Price', sync: 'Sync', saved: 'Saved' },
  'zh-CN': { customer: '客户', code: '编码', quantity: '数量', price: '单价', sync: '同步', saved: '已保存' },
} as const;

export function customerField(page: Page, language: Language = 'en'): Locator {
  return page.getByRole('combobox', { name: WORDS[language].customer, exact: true });
}

/** The grid's one field, while it stands at this cell. */
export function cell(
  page: Page,
  line: number,
  column: 'code' | 'quantity' | 'price',
  language: Language = 'en',
): Locator {
  const words = WORDS[language][column];
  const name = language === 'en' ? `Line ${line}, ${words}` : `第 ${line} 行，${words}`;
  return page.getByLabel(name, { exact: true });
}

export function syncPill(page: Page, language: Language = 'en'): Locator {
  return page.getByRole('button', { name: new RegExp(`^${WORDS[language].sync}: `) });
}

/** The order that was saved last, as the bar says it. */
export function savedBar(page: Page, language: Language = 'en'): Locator {
  return page.getByRole('status').filter({ hasText: WORDS[language].saved });
}

export interface TypedLine {
  product: string;
  quantity: string;
}

/** Types customer and lines without looking, as a clerk does; each Enter goes on. */
export async function typeOrder(page: Page, customer: string, lines: readonly TypedLine[]): Promise<void> {
  const { keyboard } = page;
  await expect(customerField(page)).toBeFocused();
  await keyboard.type(customer);
  await keyboard.press('Enter');
  for (const [at, { product, quantity }] of lines.entries()) {
    await expect(cell(page, at + 1, 'code')).toBeFocused();
    await keyboard.type(product);
    await keyboard.press('Enter');
    await expect(cell(page, at + 1, 'quantity')).toBeFocused();
    await keyboard.type(quantity);
    await keyboard.press('Enter');
  }
}

/** Saves by the key. @returns the order's number. */
export async function saveByKey(page: Page): Promise<string> {
  const before = await savedNumber(page);
  await page.keyboard.press('F8');
  await expect.poll(() => savedNumber(page)).not.toBe(before);
  return savedNumber(page);
}

async function savedNumber(page: Page): Promise<string> {
  const link = savedBar(page).getByRole('link');
  return (await link.count()) === 0 ? '' : ((await link.textContent()) ?? '');
}
