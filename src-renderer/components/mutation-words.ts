import type { useText } from '../text/i18n.ts';

/** What a mutation is called on screen. */
export function mutationWords(t: ReturnType<typeof useText>['t'], name: string): string {
  if (name === 'order.place' || name === 'order.amend' || name === 'order.cancel') return t(`sync.mutation.${name}`);
  return t('sync.mutation.other');
}
