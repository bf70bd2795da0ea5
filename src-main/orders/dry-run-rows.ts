/** What central said of the queue, as people read it: beside what this desk took for granted. */
import type { Difference, DryRunEntry } from '../../src-shared/protocol/dry-run.ts';
import type { Language } from '../../src-shared/text/language.ts';
import type { DryRunRow, QueueEntry } from '../api/sync-services.ts';
import { perStore, type StoreReader } from '../store/store.ts';
import { spoken } from './parts.ts';
import { readQueue } from './queue.ts';

const statements = perStore((store: StoreReader) => ({
  body: store.query<{ id: string }, { body: string }>((db, p) =>
    db.selectFrom('outbox').select('body').where('mutation_id', '=', p.id),
  ),
  product: store.query<{ id: string }, { code: string; name: string }>((db, p) =>
    db.selectFrom('product').select(['code', 'name']).where('product_id', '=', p.id),
  ),
}));

/** In the order of the queue; what has settled since is left out. */
export function dryRunRows(store: StoreReader, entries: readonly DryRunEntry[], language: Language): DryRunRow[] {
  const told = new Map<string, DryRunEntry>(entries.map((entry) => [entry.outcome.id, entry]));
  return readQueue(store, language).flatMap((queued) => {
    const entry = told.get(queued.mutationId);
    return entry ? [rowOf(store, { queued, entry, language })] : [];
  });
}

function rowOf(
  store: StoreReader,
  { queued, entry, language }: { queued: QueueEntry; entry: DryRunEntry; language: Language },
): DryRunRow {
  const { mutationId, orderId, number, customerName, name, currency, totalMinor } = queued;
  const { outcome, differences } = entry;
  const products = differences.length > 0 ? productsOf(store, mutationId) : [];
  const facts = (kind: string) => differences.filter((each) => each.kind === kind && each.line !== null);
  const product = ({ line }: Difference): { line: number; product: string } => ({
    line: line ?? 0,
    product: products[line ?? 0] ?? '',
  });
  return {
    mutationId,
    orderId,
    number,
    customerName,
    name,
    currency,
    outcome: verdictOf(outcome.outcome),
    totalWasMinor: totalMinor,
    totalNowMinor: entry.totalMinor,
    prices: facts('price').map((each) => Object.assign(product(each), { was: each.assumed, now: each.actual })),
    amounts: facts('amount').map((each) =>
      Object.assign(product(each), { wasMinor: each.assumed, nowMinor: each.actual }),
    ),
    stock: facts('stock').map((each) =>
      Object.assign(product(each), { wantedBase: each.assumed, availableBase: each.actual }),
    ),
    issues: 'issues' in outcome ? spoken(outcome.issues, language) : [],
  };
}

function verdictOf(outcome: DryRunEntry['outcome']['outcome']): DryRunRow['outcome'] {
  // Forged, garbled, known otherwise: whatever it is, it would be set aside for a person.
  return outcome === 'unauthentic' || outcome === 'mismatch' ? 'unreadable' : outcome;
}

/** Code and name of the product on each line that the mutation asked for. */
function productsOf(store: StoreReader, mutationId: string): string[] {
  const row = statements(store).body.get({ id: mutationId });
  const { args } = JSON.parse(row?.body ?? '{}') as { args?: { lines?: { productId: string }[] } };
  return (args?.lines ?? []).map(({ productId }) => {
    const product = statements(store).product.get({ id: productId });
    return product ? `${product.code} ${product.name}` : '';
  });
}
