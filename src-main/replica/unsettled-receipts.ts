/**
 * Receipts that are here while what they are of has not been settled by them: a fill has brought them. A refusal that
 * stands, and a verdict other than the journal's, is among them also where central is known to have it: that it has a
 * receipt is all that a desk is told when it asks after central was set back, not what the receipt says now.
 */
import { sql, type Selectable } from 'kysely';
import type { Receipt } from '../../src-shared/protocol/receipt.ts';
import { perStore, type StoreReader } from '../store/store.ts';
import type { StoreSchema } from '../store/schema.ts';

const reading = perStore((store: StoreReader) =>
  store.query<{ epoch: string }, Selectable<StoreSchema['receipt']>>(
    (_, p) => sql<Selectable<StoreSchema['receipt']>>`
      select * from receipt where mutation_id in (
        select mutation_id from outbox
        union all select mutation_id from journal where known_in is not ${p.epoch}
        union all select mutation_id from journal join receipt using (mutation_id)
          where (receipt.verdict = 'applied') <> (journal.outcome = 'applied')
            or (receipt.verdict = 'refused' and receipt.superseded_by is null))`,
  ),
);

export function unsettledReceipts(store: StoreReader, epoch: string): Receipt[] {
  return reading(store)
    .all({ epoch })
    .map(
      (row) =>
        ({
          mutationId: row.mutation_id,
          lane: row.lane,
          name: row.name,
          verdict: row.verdict,
          issues: JSON.parse(row.issues) as Receipt['issues'],
          supersededBy: row.superseded_by,
          bodyHash: row.body_hash,
          judgedAt: row.judged_at,
        }) as Receipt,
    );
}
