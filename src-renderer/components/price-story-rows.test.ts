// Goal: the account of a price adds up to what the customer pays, in both languages, whatever the lists do with the tax.
import i18next from 'i18next';
import { expect, test } from 'vitest';
import type { PriceStory } from '../../src-main/api/desk-services.ts';
import type { Language } from '../../src-shared/text/language.ts';
import { en } from '../text/en.ts';
import { zhCN } from '../text/zh-CN.ts';
import { storyRows, type ToldLine } from './price-story-rows.ts';
import { sumParts } from './sum-parts.ts';

const words = i18next.createInstance();
await words.init({
  resources: { en: { translation: en }, 'zh-CN': { translation: zhCN } },
  interpolation: { escapeValue: false },
});

function told(of: Partial<ToldLine>, story: Partial<PriceStory> = {}, language: Language = 'en') {
  const t = words.getFixedT(language);
  const line: ToldLine = {
    unit: 'case',
    quantity: 2_000,
    unitPrice: 264_000,
    amountMinor: 5_280,
    grossMinor: 5_280,
    currency: 'GBP',
    story: {
      of: 'base',
      listName: 'Standard',
      rev: 3,
      validFrom: '2026-01-01',
      listUnitPrice: 264_000,
      tierQuantity: null,
      tierUnit: null,
      manualReason: null,
      manualBy: null,
      discounts: [],
      taxBasisPoints: null,
      taxMinor: null,
      taxIncluded: false,
      ...story,
    },
    ...of,
  };
  const unitName = (unit: string): string => t(unit === 'case' ? 'unit.case' : 'unit.piece');
  return storyRows(line, { t, unitName }).map(({ what, notes, value }) => [what, ...notes, value].join(' | '));
}

test('a list price is told with whose list it is on, its version and its first day', () => {
  expect(told({})).toEqual([
    'Price list · Standard | version 3, valid from 2026-01-01 | 26.40 / case',
    '2 case × 26.40 | 52.80',
    'The customer pays | 52.80',
  ]);
  expect(told({}, { of: 'group', listName: '批发' }, 'zh-CN')[0]).toMatch(
    /^客户组价 · 批发 \| 第 3 版，2026-01-01 起有效/,
  );
});

test('what is no longer known of a list is left out', () => {
  expect(told({}, { of: 'past', listName: '', rev: null, validFrom: null })[0]).toBe(
    'Taken over with the order | 26.40 / case',
  );
  expect(told({}, { of: 'own', listName: '', validFrom: null })[0]).toBe('Own price | version 3 | 26.40 / case');
});

test('a tier says from how much on the order it counts, in its own unit', () => {
  expect(told({}, { tierQuantity: 24_000, tierUnit: 'piece' })[0]).toContain('tier from 24 pc on the order');
  expect(told({}, { tierQuantity: 24_000, tierUnit: 'piece' }, 'zh-CN')[0]).toContain('阶梯价：整单满 24 件');
});

test('a price by hand says what the list said, who left it and why', () => {
  const by = { manualReason: '老客户', manualBy: '小王', listUnitPrice: 300_000 };
  expect(told({}, by).slice(0, 2)).toEqual([
    'Price list · Standard | version 3, valid from 2026-01-01 | 30.00 / case',
    'Agreed by hand by 小王 | because: 老客户 | 26.40 / case',
  ]);
  expect(told({}, { ...by, manualBy: null }, 'zh-CN')[1]).toBe('手工价 | 原因：老客户 | 26.40 / 箱');
});

test('promotions come off one after another, and tax on top goes on', () => {
  const discounts = [
    { code: 'TEN1', name: '买10送1', minor: 500 },
    { code: 'OLD', name: '', minor: 80 },
    { code: '', name: '', minor: 100 },
  ];
  const tax = { taxBasisPoints: 1_350, taxMinor: 621 };
  expect(told({ amountMinor: 4_600, grossMinor: 5_221 }, { discounts, ...tax }).slice(1)).toEqual([
    '2 case × 26.40 | 52.80',
    '买10送1 | −5.00',
    'OLD | −0.80',
    'promotion | −1.00',
    'Tax, 13.5 % on top | +6.21',
    'The customer pays | 52.21',
  ]);
});

test('tax that is in the price stands below what is paid', () => {
  const tax = { taxBasisPoints: 1_300, taxMinor: 607, taxIncluded: true };
  expect(told({}, tax).slice(2)).toEqual(['The customer pays | 52.80', 'of which tax, 13 % | 6.07']);
  expect(told({}, { ...tax, taxBasisPoints: 0, taxMinor: 0 }, 'zh-CN').at(-1)).toBe('其中税 0% | 0.00');
});

test.each([
  ['no tax, no promotion', { goodsMinor: 100, discountMinor: 0 }, null, 100, []],
  ['promotions', { goodsMinor: 100, discountMinor: 7 }, null, 100, ['promotions -7']],
  ['tax on top', { goodsMinor: 100, discountMinor: 0 }, 13, 113, ['goods 100', 'tax 13']],
  ['a rate of nothing', { goodsMinor: 100, discountMinor: 0 }, 0, 100, ['goods 100', 'tax 0']],
  ['tax in every price', { goodsMinor: 113, discountMinor: 5 }, 13, 113, ['promotions -5', 'taxIn 13']],
  ['tax in some', { goodsMinor: 213, discountMinor: 0 }, 26, 226, ['beforeTax 200', 'tax 26']],
])('a total says what it is made of: %s', (_, sums, taxMinor, totalMinor, parts) => {
  expect(sumParts({ sums, taxMinor, totalMinor }).map(({ name, minor }) => `${name} ${minor}`)).toEqual(parts);
});
