/** What people call a kind of rows. */
import type { useText } from '../text/i18n.ts';

const KINDS = [
  'branch',
  'product',
  'customer',
  'account',
  'priceList',
  'price',
  'customerGroup',
  'promotion',
  'policy',
  'stock',
  'order',
  'receipt',
  'grant',
  'lease',
] as const;

export function kindWords(t: ReturnType<typeof useText>['t'], kind: string): string {
  const known = KINDS.find((each) => each === kind);
  return known ? t(`sync.kinds.${known}`) : kind;
}
