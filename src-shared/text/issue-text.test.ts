import { describe, expect, it } from 'vitest';
import { ISSUE_CODES, type Issue } from '../domain/issue.ts';
import { amountToText, issueText, priceToText } from './issue-text.ts';
import { chooseLanguage, LANGUAGES } from './language.ts';

function issue(code: Issue['code']): Issue {
  const params = {
    availableBase: 12_000,
    missingBase: 500,
    max: 1_000,
    stepBase: 1_000,
    nearest: 2_000,
    quoted: 25_500,
    now: 26_000,
    minimumBase: 6_000,
    multipleBase: 6_000,
    totalBase: 5_000,
    lowest: 24_000,
    listUnitPrice: 26_000,
    ask: 'manager',
  };
  return { code, path: [], params, severity: 'error', repairs: [] };
}

describe.each(LANGUAGES)('in %s, an issue', (language) => {
  it.each(ISSUE_CODES)('%s is a whole sentence without a hole in it', (code) => {
    const text = issueText(issue(code), language);
    expect(text).toMatch(language === 'zh-CN' ? /\p{Script=Han}.*。$/u : /^["A-Z].*\.$/);
    expect(text).not.toMatch(/undefined|NaN|null/);
  });
});

describe('texts', () => {
  it('give quantities and prices as people write them', () => {
    expect(issueText(issue('stock.short'), 'en')).toContain('Only 12 left in stock, 0.5 short');
    expect(issueText(issue('price.changed'), 'zh-CN')).toContain('现价为 2.60，不是 2.55');
    expect(issueText(issue('amount.changed'), 'en')).toContain('now comes to 260.00, not 255.00');
    expect([amountToText(-5, 'CNY'), amountToText(1_234, 'JPY')]).toEqual(['-0.05', '1234']);
    expect(priceToText(425, 'GBP')).toBe('0.0425');
    expect(priceToText(1_250_000, 'JPY')).toBe('125');
  });

  it.each([
    ['zh-Hans-CN,en;q=0.8', 'zh-CN'],
    ['en-GB,zh;q=0.5', 'en'],
    ['fr,zh;q=0.5', 'zh-CN'],
    ['', 'en'],
  ])('come in the best language for "%s"', (header, expected) => expect(chooseLanguage(header)).toBe(expected));
});
