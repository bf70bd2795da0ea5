import type { IconName } from '../../ui/icon.tsx';

/** The screens of the navigation, in the order of their keys. */
export const SCREENS = [
  { to: '/new', text: 'newOrder', icon: 'plus' },
  { to: '/orders', text: 'orders', icon: 'list' },
  { to: '/attention', text: 'attention', icon: 'flag' },
  { to: '/customers', text: 'customers', icon: 'person' },
  { to: '/products', text: 'products', icon: 'box' },
  { to: '/sync', text: 'sync', icon: 'cycle' },
  { to: '/daily', text: 'daily', icon: 'book' },
] as const satisfies readonly { to: string; text: string; icon: IconName }[];
