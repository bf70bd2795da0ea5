/** Every question that a screen asks, with its key. A key's first part is what `follow-events.ts` invalidates by. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { OrderFilter } from '../../src-main/api/desk-services.ts';
import type { Desk } from './client.ts';

/** Rows of a list that are asked for at once. */
export const PAGE_ROWS = 100;

const CANDIDATES = 12;
/** How long found candidates count as fresh; an event about products or stock ends it sooner. */
const CANDIDATES_FRESH_MS = 5_000;
const STATUS_POLL_MS = 15_000;

export function sessionState(desk: Desk) {
  return queryOptions({
    queryKey: ['session'],
    queryFn: ({ signal }) => desk.session.state.query(undefined, { signal }),
    staleTime: Infinity,
  });
}

export function searchProducts(desk: Desk, text: string, customerId: string | null, signal?: AbortSignal) {
  const input = { text, limit: CANDIDATES, ...(customerId ? { customerId } : {}) };
  return desk.products.search.query(input, signal ? { signal } : undefined);
}

export function searchCustomers(desk: Desk, text: string, signal?: AbortSignal) {
  return desk.customers.search.query({ text, limit: CANDIDATES }, signal ? { signal } : undefined);
}

export function productCandidates(desk: Desk, text: string, customerId: string | null) {
  return queryOptions({
    queryKey: ['products', 'search', text, customerId],
    queryFn: ({ signal }) => searchProducts(desk, text, customerId, signal),
    staleTime: CANDIDATES_FRESH_MS,
    gcTime: 60_000,
    placeholderData: keepPreviousData,
  });
}

export function productPage(desk: Desk, text: string, page: number) {
  return queryOptions({
    queryKey: ['products', 'list', text, page],
    queryFn: ({ signal }) => desk.products.list.query({ text, offset: page * PAGE_ROWS, limit: PAGE_ROWS }, { signal }),
  });
}

export function productDetail(desk: Desk, productId: string) {
  return queryOptions({
    queryKey: ['products', 'get', productId],
    queryFn: ({ signal }) => desk.products.get.query({ productId }, { signal }),
    placeholderData: keepPreviousData,
  });
}

export function customerCandidates(desk: Desk, text: string) {
  return queryOptions({
    queryKey: ['customers', 'search', text],
    queryFn: ({ signal }) => searchCustomers(desk, text, signal),
    staleTime: CANDIDATES_FRESH_MS,
    gcTime: 60_000,
    placeholderData: keepPreviousData,
  });
}

export function customerPage(desk: Desk, text: string, page: number) {
  return queryOptions({
    queryKey: ['customers', 'list', text, page],
    queryFn: ({ signal }) =>
      desk.customers.list.query({ text, offset: page * PAGE_ROWS, limit: PAGE_ROWS }, { signal }),
  });
}

export function customerDetail(desk: Desk, customerId: string) {
  return queryOptions({
    queryKey: ['customers', 'get', customerId],
    queryFn: ({ signal }) => desk.customers.get.query({ customerId }, { signal }),
    placeholderData: keepPreviousData,
  });
}

export function orderPage(desk: Desk, filter: OrderFilter, page: number) {
  return queryOptions({
    queryKey: ['orders', 'list', filter, page],
    queryFn: ({ signal }) =>
      desk.orders.list.query({ ...filter, offset: page * PAGE_ROWS, limit: PAGE_ROWS }, { signal }),
  });
}

export function orderDetail(desk: Desk, orderId: string) {
  return queryOptions({
    queryKey: ['orders', 'get', orderId],
    queryFn: ({ signal }) => desk.orders.get.query({ orderId }, { signal }),
  });
}

export function attentionList(desk: Desk) {
  return queryOptions({
    queryKey: ['attention'],
    queryFn: ({ signal }) => desk.attention.list.query(undefined, { signal }),
  });
}

export function syncStatus(desk: Desk) {
  return queryOptions({
    queryKey: ['sync', 'status'],
    queryFn: ({ signal }) => desk.sync.status.query(undefined, { signal }),
    // Backs the events up: what says how old everything is may not itself grow old unseen.
    refetchInterval: STATUS_POLL_MS,
    refetchIntervalInBackground: true,
  });
}

export function safetyStatus(desk: Desk) {
  return queryOptions({
    queryKey: ['sync', 'safety'],
    queryFn: ({ signal }) => desk.safety.status.query(undefined, { signal }),
  });
}

export function syncAlarms(desk: Desk) {
  return queryOptions({
    queryKey: ['sync', 'alarms'],
    queryFn: ({ signal }) => desk.sync.alarms.query(undefined, { signal }),
  });
}

export function syncQueue(desk: Desk) {
  return queryOptions({
    queryKey: ['sync', 'queue'],
    queryFn: ({ signal }) => desk.sync.queue.query(undefined, { signal }),
  });
}
