import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, test } from 'vitest';
import { LANGUAGES } from '../../src-shared/text/language.ts';
import { menuTemplate } from './menu.ts';
import { SHELL_TEXT } from './shell-text.ts';

function labelsOf(entries: MenuItemConstructorOptions[]): string[] {
  return entries.flatMap((entry) => [
    ...(entry.label ? [entry.label] : []),
    ...(Array.isArray(entry.submenu) ? labelsOf(entry.submenu) : []),
  ]);
}

const PARTS = { language: 'en', platform: 'linux', packaged: true, showAbout: () => {}, reload: () => {} } as const;

describe('the menu', () => {
  test('has a word of each language for every entry', () => {
    for (const language of LANGUAGES) {
      const labels = labelsOf(menuTemplate({ ...PARTS, language }));
      const words = new Set(Object.values(SHELL_TEXT[language]));
      expect(labels.filter((label) => !words.has(label))).toEqual([]);
      expect(labels.length).toBeGreaterThan(15);
    }
  });

  test('offers developer tools in no packaged program', () => {
    expect(labelsOf(menuTemplate(PARTS))).not.toContain(SHELL_TEXT.en.developerTools);
    expect(labelsOf(menuTemplate({ ...PARTS, packaged: false }))).toContain(SHELL_TEXT.en.developerTools);
  });

  test('can be left by its own quit on every system', () => {
    for (const platform of ['win32', 'darwin', 'linux'] as const) {
      expect(labelsOf(menuTemplate({ ...PARTS, platform }))).toContain(SHELL_TEXT.en.quit);
    }
  });
});
