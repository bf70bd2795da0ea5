/**
 * Turns the desk's event stream into invalidated queries. Events carry no data, so whoever was away for a moment looks
 * at everything again.
 */
import type { QueryClient, QueryKey } from '@tanstack/react-query';
import type { DeskEvent, Topic } from '../../src-main/api/desk-services.ts';
import type { Desk } from './client.ts';
import { noteFactsChanged } from './facts-revision.ts';

/** Events that come in a burst (a pull of thousands of rows) are answered once. */
const GATHER_MS = 40;

const KEYS_OF_TOPIC: Record<Topic, readonly QueryKey[]> = {
  orders: [['orders'], ['attention'], ['sync', 'queue'], ['customers', 'get'], ['products', 'get']],
  products: [['products'], ['orders', 'get']],
  customers: [['customers'], ['orders']],
  stock: [['products'], ['orders', 'get']],
  prices: [['products'], ['customers', 'get']],
  sync: [['sync'], ['attention']],
  session: [['session'], ['sync']],
  drafts: [],
};

const FACTS: ReadonlySet<Topic> = new Set(['products', 'customers', 'stock', 'prices']);

export function followEvents(desk: Desk, queries: QueryClient): () => void {
  const waiting = new Set<Topic>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    timer = undefined;
    const topics = [...waiting];
    waiting.clear();
    for (const topic of topics) {
      for (const queryKey of KEYS_OF_TOPIC[topic]) lookAgain(queries, queryKey);
    }
    if (topics.some((topic) => FACTS.has(topic))) noteFactsChanged();
  };
  const heard = (event: DeskEvent): void => {
    for (const topic of event.topics) waiting.add(topic);
    timer ??= setTimeout(flush, GATHER_MS);
  };
  const subscription = desk.events.stream.subscribe(undefined, {
    onStarted: () => {
      lookAgain(queries, []);
      noteFactsChanged();
    },
    onData: heard,
  });
  return () => {
    subscription.unsubscribe();
    clearTimeout(timer);
  };
}

/**
 * A first fetch that is under way is not begun anew by invalidating, and may have read what was before the event: it is
 * followed by another.
 */
function lookAgain(queries: QueryClient, queryKey: QueryKey): void {
  for (const query of queries.getQueryCache().findAll({ queryKey, fetchStatus: 'fetching' })) {
    if (query.state.data !== undefined) continue;
    const again = (): void => void queries.invalidateQueries({ queryKey: query.queryKey, exact: true });
    query.promise?.then(again, () => undefined);
  }
  void queries.invalidateQueries({ queryKey });
}
