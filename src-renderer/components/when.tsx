/** Times: relative where they are read in passing, exact on hover. */
import { useCallback } from 'react';
import type { Language } from '../../src-shared/text/language.ts';
import { useText } from '../text/i18n.ts';
import { useNow } from '../ui/use-now.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Past it a date says more than a count of days. */
const DAYS_AS_AGE = 14;

/** A span as "2 min", "3 h", "5 d"; "20 s" under a minute. */
export function useSpanText(): (ms: number) => string {
  const { t } = useText();
  return useCallback(
    (ms: number) => {
      if (ms < MINUTE_MS) return t('time.seconds', { count: Math.max(0, Math.round(ms / 1_000)) });
      if (ms < HOUR_MS) return t('time.minutes', { count: Math.floor(ms / MINUTE_MS) });
      if (ms < DAY_MS) return t('time.hours', { count: Math.floor(ms / HOUR_MS) });
      return t('time.days', { count: Math.floor(ms / DAY_MS) });
    },
    [t],
  );
}

/** How long ago, in words: "just now", "3 min ago", or the date when that says more. */
export function useAgeText(): (at: number) => string {
  const { t } = useText();
  const now = useNow();
  const span = useSpanText();
  return (at) => {
    const age = Date.now() < now ? 0 : Date.now() - at;
    if (age < MINUTE_MS) return t('time.justNow');
    return age > DAYS_AS_AGE * DAY_MS ? dateText(at) : t('time.ago', { span: span(age) });
  };
}

export function When({ at }: { at: number }) {
  const { language } = useText();
  const age = useAgeText();
  return (
    <time dateTime={new Date(at).toISOString()} title={exactText(at, language)}>
      {age(at)}
    </time>
  );
}

export function exactText(at: number, language: Language): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }).format(at);
}

/** "09:41" today, with the date on another day. */
export function clockText(at: number, language: Language): string {
  const sameDay = new Date(at).toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(language, {
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
    ...(sameDay ? {} : { month: 'short', day: 'numeric' }),
  }).format(at);
}

/** A day as it is written in both languages' ledgers: 2026-11-23. */
export function dateText(at: number): string {
  const day = new Date(at);
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
