/** The screens and their addresses, after the hash: they work the same from any origin. */
import { createHashHistory, createRootRoute, createRoute, createRouter, redirect } from '@tanstack/react-router';
import { Gate } from './gate.tsx';
import { AmendOrderPage } from './pages/amend-order.tsx';
import { AttentionPage } from './pages/attention.tsx';
import { CustomersPage } from './pages/customers.tsx';
import { DailyCheckPage } from './pages/daily-check.tsx';
import { NewOrderPage } from './pages/new-order.tsx';
import { OrdersPage } from './pages/orders.tsx';
import { readOrdersSearch } from './pages/orders-search.ts';
import { ProductsPage } from './pages/products.tsx';
import { SyncPage } from './pages/sync.tsx';

export interface ListSearch {
  text?: string;
  open?: string;
}

function readListSearch(search: Record<string, unknown>): ListSearch {
  return {
    ...(typeof search['text'] === 'string' && search['text'] !== '' ? { text: search['text'] } : {}),
    ...(typeof search['open'] === 'string' ? { open: search['open'] } : {}),
  };
}

/** A customer that a new order is begun for, from that customer's page. */
interface NewOrderSearch {
  /** Whose order it is to be. */
  customer?: string;
  /** The order whose customer and lines it begins with. */
  copy?: string;
}

function readNewOrderSearch(search: Record<string, unknown>): NewOrderSearch {
  const read: NewOrderSearch = {};
  for (const name of ['customer', 'copy'] as const) {
    const value = search[name];
    if (typeof value === 'string') read[name] = value;
  }
  return read;
}

const root = createRootRoute({ component: Gate });
const newOrder = createRoute({
  getParentRoute: () => root,
  path: '/new',
  component: NewOrderPage,
  validateSearch: readNewOrderSearch,
});
const orders = createRoute({
  getParentRoute: () => root,
  path: '/orders',
  component: OrdersPage,
  validateSearch: readOrdersSearch,
});
const amend = createRoute({ getParentRoute: () => root, path: '/orders/$orderId/amend', component: AmendOrderPage });
const attention = createRoute({ getParentRoute: () => root, path: '/attention', component: AttentionPage });
const customers = createRoute({
  getParentRoute: () => root,
  path: '/customers',
  component: CustomersPage,
  validateSearch: readListSearch,
});
const products = createRoute({
  getParentRoute: () => root,
  path: '/products',
  component: ProductsPage,
  validateSearch: readListSearch,
});
const daily = createRoute({ getParentRoute: () => root, path: '/daily', component: DailyCheckPage });
const sync = createRoute({ getParentRoute: () => root, path: '/sync', component: SyncPage });
const start = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/new' });
  },
});

export const router = createRouter({
  routeTree: root.addChildren([start, newOrder, orders, amend, attention, customers, products, sync, daily]),
  history: createHashHistory(),
  defaultNotFoundComponent: () => null,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
