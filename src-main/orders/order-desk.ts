/**
 * The desk's commands and reads: rules, replica and outbox put together. Every one is synchronous; every command is one
 * transaction, and has been saved when it returns.
 */
import type { Language } from '../../src-shared/text/language.ts';
import type { DeskServices } from '../api/desk-services.ts';
import type { DryRunRow, QueueEntry } from '../api/sync-services.ts';
import type { DryRunEntry } from '../../src-shared/protocol/dry-run.ts';
import { amendOrder, approveOrder, cancelOrder } from './change-order.ts';
import { checkOrder } from './check-order.ts';
import { customerReads } from './customers.ts';
import { drafts } from './drafts.ts';
import { listOrders } from './list-orders.ts';
import type { OrderDeskParts } from './parts.ts';
import { dismissNotice } from './notices.ts';
import { placeOrder } from './place-order.ts';
import { productReads } from './products.ts';
import { dryRunRows } from './dry-run-rows.ts';
import { readAttention, readQueue } from './queue.ts';
import { stepOrder } from './step-order.ts';
import { readOrder } from './read-order.ts';
import { renumberTaken } from './renumber-taken.ts';
import { announceOrder } from './write-down.ts';

export interface OrderDesk extends Pick<DeskServices, 'products' | 'customers' | 'orders' | 'attention' | 'drafts'> {
  /** What waits, and why. */
  queue(language: Language): QueueEntry[];
  /** Gives orders a fresh number whose own another one had first; to be called when receipts have come. */
  renumberTaken(): void;
  /** What central said of the queue, in words. */
  dryRunRows(entries: readonly DryRunEntry[], language: Language): DryRunRow[];
}

export function createOrderDesk(parts: OrderDeskParts): OrderDesk {
  const { store } = parts;
  return {
    products: productReads(parts),
    customers: customerReads(parts),
    orders: {
      place: (input, language) => placeOrder(parts, input, language),
      amend: (input, language) => amendOrder(parts, input, language),
      cancel: (input, language) => cancelOrder(parts, input, language),
      step: (input, language) => stepOrder(parts, input, language),
      approve: (input, language) => approveOrder(parts, input, language),
      check: (input, language) => checkOrder(parts, input, language),
      get: (orderId, language) => readOrder(parts, orderId, language),
      list: (input) => listOrders(store, input),
    },
    attention: {
      list: (language) => readAttention(store, language),
      dismiss: (orderId) => {
        if (dismissNotice(store, orderId)) announceOrder(parts, orderId);
      },
    },
    queue: (language) => readQueue(store, language),
    renumberTaken: () => void renumberTaken(parts),
    dryRunRows: (entries, language) => dryRunRows(store, entries, language),
    drafts: drafts(parts),
  };
}
