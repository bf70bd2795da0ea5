/** Whether central has been offered something that it has given no receipt for yet. */
import { sql } from 'kysely';
import { perStore, type StoreReader } from '../store/store.ts';

const statements = perStore((store: StoreReader) => ({
  sent: store.query<Record<string, never>, { found: number }>(
    () => sql<{ found: number }>`select 1 as found from outbox where state = 'sent' limit 1`,
  ),
}));

export function owesReceipts(store: StoreReader): boolean {
  return statements(store).sent.get({}) !== undefined;
}
