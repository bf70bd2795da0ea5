/**
 * Tells windows that something changed. An event carries no data: a reader who was slow or away has missed nothing
 * that looking again does not show.
 *
 * Guarantees: announcing never waits and never grows without bound, whatever a reader does; what is announced reaches
 * a reader within `EVENT_GATHER_MS` once it reads, at once after a quiet while, merged with what else has happened. A new reader is told to look at
 * everything first, so that nothing falls between its first look and its first event.
 */
import type { DeskEvent, Topic } from '../api/desk-services.ts';
import { EVENT_GATHER_MS, EVENT_MAX_ORDERS } from './limits.ts';
import type { Scheduler } from '../sync/scheduler.ts';

export const ALL_TOPICS: readonly Topic[] = [
  'orders',
  'products',
  'customers',
  'stock',
  'prices',
  'sync',
  'session',
  'drafts',
];

export interface EventHub {
  announce(event: { topics: readonly Topic[]; orderIds?: readonly string[] }): void;
  stream(signal: AbortSignal): AsyncIterable<DeskEvent>;
  /** Ends all streams. */
  close(): void;
}

interface Reader {
  topics: Set<Topic>;
  orderIds: Set<string>;
  allOrders: boolean;
  /** Wakes the reader that waits; `undefined` while it is busy elsewhere. */
  wake: (() => void) | undefined;
}

export function createEventHub(scheduler: Scheduler): EventHub {
  const readers = new Set<Reader>();
  const closing = new AbortController();
  return {
    close: () => closing.abort(),
    announce: ({ topics, orderIds = [] }) => {
      for (const reader of readers) {
        for (const topic of topics) reader.topics.add(topic);
        for (const orderId of orderIds) reader.orderIds.add(orderId);
        const vague = topics.includes('orders') && orderIds.length === 0;
        if (vague || reader.orderIds.size > EVENT_MAX_ORDERS) {
          reader.allOrders = true;
          reader.orderIds.clear();
        }
        reader.wake?.();
      }
    },
    stream: async function* (given) {
      const signal = AbortSignal.any([given, closing.signal]);
      const reader: Reader = { topics: new Set(ALL_TOPICS), orderIds: new Set(), allOrders: true, wake: undefined };
      readers.add(reader);
      try {
        let toldAt = scheduler.monotonicNow();
        yield taken(reader);
        for (;;) {
          if (reader.topics.size === 0) await woken(reader, signal);
          if (signal.aborted) return;
          const restMs = toldAt + EVENT_GATHER_MS - scheduler.monotonicNow();
          await passed(scheduler, Math.max(0, restMs), signal);
          if (signal.aborted) return;
          toldAt = scheduler.monotonicNow();
          yield taken(reader);
        }
      } finally {
        readers.delete(reader);
      }
    },
  };
}

function taken(reader: Reader): DeskEvent {
  const event = { topics: [...reader.topics], orderIds: reader.allOrders ? [] : [...reader.orderIds] };
  reader.topics.clear();
  reader.orderIds.clear();
  reader.allOrders = false;
  return event;
}

function woken(reader: Reader, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      reader.wake = undefined;
      signal.removeEventListener('abort', done);
      resolve();
    };
    reader.wake = done;
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}

function passed(scheduler: Scheduler, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    };
    const cancel = scheduler.after(delayMs, done);
    const onAbort = (): void => {
      cancel();
      done();
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
