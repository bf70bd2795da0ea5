/** The reader's language: remembered on this machine, at first what the browser prefers. */
import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import { chooseLanguage, LANGUAGES, type Language } from '../../src-shared/text/language.ts';
import { en } from './en.ts';
import { zhCN } from './zh-CN.ts';

const LANGUAGE_KEY = 'orderdesk.language';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof en };
    returnNull: false;
  }
}

export function startText(): void {
  void i18next.use(initReactI18next).init({
    lng: firstLanguage(),
    fallbackLng: false,
    resources: { en: { translation: en }, 'zh-CN': { translation: zhCN } },
    interpolation: { escapeValue: false },
    initAsync: false,
    // A key without words is a fault that a reader would see; a test looks for this mark on every screen.
    parseMissingKeyHandler: (key) => `⟦${key}⟧`,
  });
  document.documentElement.lang = i18next.language;
  i18next.on('languageChanged', (language) => {
    document.documentElement.lang = language;
  });
}

export function currentLanguage(): Language {
  return i18next.language as Language;
}

/** Hears of every later choice of a language. */
export function onLanguage(heard: (language: Language) => void): void {
  i18next.on('languageChanged', (language) => heard(language as Language));
}

export function switchLanguage(language: Language): void {
  localStorage.setItem(LANGUAGE_KEY, language);
  void i18next.changeLanguage(language);
}

export function useText() {
  const { t, i18n } = useTranslation();
  return { t, language: i18n.language as Language };
}

function firstLanguage(): Language {
  const kept = localStorage.getItem(LANGUAGE_KEY);
  return LANGUAGES.find((language) => language === kept) ?? chooseLanguage(navigator.languages.join(','));
}
