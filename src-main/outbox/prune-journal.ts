/**
 * The journal behind central's backup: what central had when a backup of its database began can't be lost to it any
 * more, so this desk need not keep it to bring it back. There is no other rule, and none by age.
 */
import { sql } from 'kysely';
import { perStore, type Store, type WriteTx } from '../store/store.ts';

const statements = perStore((store: Store) => ({
  // Not of an order that still has something on its way: that may yet have to be told apart from what it follows.
  prune: store.command<{ epoch: string; backedUpTo: number }, never>(
    (_, p) => sql<never>`
      delete from journal where known_in = ${p.epoch} and known_at < ${p.backedUpTo}
        and not exists (select 1 from outbox where outbox.lane = journal.lane)`,
  ),
}));

/** `backedUpTo`: what central had by then, in Unix milliseconds by its clock, is in its backup. @returns how many. */
export function pruneJournal(store: Store, tx: WriteTx, of: { epoch: string; backedUpTo: number }): number {
  return statements(store).prune.run(tx, of);
}
