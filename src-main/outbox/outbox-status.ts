/** How much waits, since when, and how many orders want a person. Cheap: it is asked for at every change. */
import { sql } from 'kysely';
import { perStore, type StoreReader } from '../store/store.ts';
import { IS_STUCK, NEEDS_A_PERSON } from './needs-a-person.ts';

export interface OutboxStatus {
  /** Mutations without a receipt; those that want a person, in quarantine or behind it, not counted. */
  waiting: number;
  /** When the oldest of them was written down, Unix milliseconds by this machine's clock. */
  oldestMadeAt: number | null;
  /** Orders that wait for a person (needs-a-person.ts). */
  needsAttention: number;
}

const statements = perStore((store: StoreReader) => ({
  waiting: store.query<Record<string, never>, { waiting: number; oldest: number | null }>(
    () => sql<{ waiting: number; oldest: number | null }>`
      select count(*) as waiting, min(made_at) as oldest from outbox
      where state in ('waiting', 'sent', 'held') and not (${sql.raw(IS_STUCK)})`,
  ),
  attention: store.query<Record<string, never>, { lanes: number }>(
    () => sql<{ lanes: number }>`select (select count(distinct lane) from outbox where ${sql.raw(NEEDS_A_PERSON)})
      + (select count(*) from order_notice) as lanes`,
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
