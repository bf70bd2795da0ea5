/** Of the rows that could not be proven those that are nowhere else: lost, but for what is left of their bytes. */
import { sql } from 'kysely';
import { perStore, type Store, type StoreReader } from '../store/store.ts';
import type { BrokenRow, OwnRows } from './own-rows.ts';

const statements = perStore((store: StoreReader) =>
  store.query<{ id: string }, { known: number }>(
    (_, p) => sql<{ known: number }>`select 1 as known where exists (select 1 from outbox where mutation_id = ${p.id})
      or exists (select 1 from journal where mutation_id = ${p.id})
      or exists (select 1 from receipt where mutation_id = ${p.id})`,
  ),
);

/**
 * @param copies what the copies have. What was made before their newest mutation, and is in none, had been settled and
 *               forgotten by then: ids tell the time.
 */
export function lostRows(store: Store, broken: readonly BrokenRow[], copies: readonly OwnRows[]): BrokenRow[] {
  let newest = '';
  for (const { mutations } of copies) {
    for (const { mutationId } of mutations) if (mutationId > newest) newest = mutationId;
  }
  const lost = new Map<string, BrokenRow>();
  for (const [index, row] of broken.entries()) {
    const { mutationId: id, number, isListed } = row;
    if (id === null ? !isListed : id <= newest || statements(store).get({ id })) continue;
    // The same row may lie on several versions of its page.
    const key = id ?? number ?? String(index);
    if (!lost.has(key)) lost.set(key, row);
  }
  return [...lost.values()];
}
