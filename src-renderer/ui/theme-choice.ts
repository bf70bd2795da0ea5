/** Light, dark or as the machine has it; remembered on this machine. */
import { useSyncExternalStore } from 'react';

export const THEME_CHOICES = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof THEME_CHOICES)[number];
export type Theme = 'light' | 'dark';

const THEME_KEY = 'orderdesk.theme';
const machineIsDark = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

function chosen(): ThemeChoice {
  const kept = localStorage.getItem(THEME_KEY);
  return THEME_CHOICES.find((choice) => choice === kept) ?? 'system';
}

function themeNow(): Theme {
  const choice = chosen();
  if (choice !== 'system') return choice;
  return machineIsDark.matches ? 'dark' : 'light';
}

function tell(): void {
  document.documentElement.dataset['theme'] = themeNow();
  for (const listener of listeners) listener();
}

export function startTheme(): void {
  machineIsDark.addEventListener('change', tell);
  tell();
}

export function chooseTheme(choice: ThemeChoice): void {
  localStorage.setItem(THEME_KEY, choice);
  tell();
}

export function useTheme(): { theme: Theme; choice: ThemeChoice } {
  const theme = useSyncExternalStore(subscribe, themeNow);
  const choice = useSyncExternalStore(subscribe, chosen);
  return { theme, choice };
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
