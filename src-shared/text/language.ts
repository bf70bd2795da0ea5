/** The languages that every text a person reads exists in. */
export const LANGUAGES = ['zh-CN', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The best of our languages for a list of preferences ("zh-Hans-CN, en;q=0.8" or navigator.languages joined). */
export function chooseLanguage(preferences: string): Language {
  for (const part of preferences.split(',')) {
    const tag = part.split(';')[0]?.trim().toLowerCase() ?? '';
    if (tag.startsWith('zh')) return 'zh-CN';
    if (tag.startsWith('en')) return 'en';
  }
  return 'en';
}
