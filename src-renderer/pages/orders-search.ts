/** What the orders' address says: search, filters and the open order, so that going back finds the same place. */
import {
  orderState,
  orderStatus,
  type OrderState,
  type OrderStatus,
} from '../../src-shared/domain/lifecycle/order-state.ts';
import { syncState, type SyncState } from '../../src-shared/protocol/sync-state.ts';

export interface OrdersSearch {
  text?: string;
  status?: OrderStatus;
  state?: OrderState;
  sync?: SyncState;
  from?: string;
  to?: string;
  open?: string;
}

export function readOrdersSearch(search: Record<string, unknown>): OrdersSearch {
  const read: OrdersSearch = {};
  const status = orderStatus.safeParse(search['status']);
  const state = orderState.safeParse(search['state']);
  const sync = syncState.safeParse(search['sync']);
  if (status.success) read.status = status.data;
  if (state.success) read.state = state.data;
  if (sync.success) read.sync = sync.data;
  for (const name of ['text', 'from', 'to', 'open'] as const) {
    const value = search[name];
    if (typeof value === 'string' && value !== '') read[name] = value;
  }
  return read;
}
