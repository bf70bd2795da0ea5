/** How much waits, since when, and how many orders want a person. Cheap: it is asked for at every change. */
import { sql } from 'kysely';
import { perStore, type StoreReader } from '../store/store.ts';

export interface OutboxStatus {
  /** Mutations without a receipt; those in quarantine, which want a person, not counted. */
  waiting: number;
  /** When the oldest of them was written down, Unix milliseconds by this machine's clock. */
  oldestMadeAt: number | null;
  /** Orders with a refusal that nobody has dealt with yet, or with something in quarantine. */
  needsAttention: number;
}

const statements = perStore((store: StoreReader) => ({
  waiting: store.query<Record<string, never>, { waiting: number; oldest: number | null }>(
    () => sql<{ waiting: number; oldest: number | null }>`
      select count(*) as waiting, min(made_at) as oldest from outbox where state in ('waiting', 'sent', 'held')`,
  ),
  attention: store.query<Record<string, never>, { lanes: number }>(
    () => sql<{ lanes: number }>`
      select count(distinct lane) as lanes from outbox
      where state = 'quarantined' or (state = 'refused'
        and not exists (select 1 from outbox later where later.lane = outbox.lane and later.seq > outbox.seq))`,
  ),
}));

export function outboxStatus(store: StoreReader): OutboxStatus {
  const { waiting, attention } = statements(store);
  const counted = waiting.get({});
  return {
    waiting: counted?.waiting ?? 0,
    oldestMadeAt: counted?.oldest ?? null,
    needsAttention: attention.get({})?.lanes ?? 0,
  };
}
