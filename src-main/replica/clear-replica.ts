/**
 * Forgets central's rows, for a fill from the start: after central began a new epoch, whose revisions count anew. The
 * desk's own intents stay, and every order that has one is still shown.
 */
import { orderOfLane } from '../outbox/lane.ts';
import { statesByLane } from '../outbox/intent.ts';
import { perStore, type Store, type WriteTx } from '../store/store.ts';
import { forgetPosition } from './cursor.ts';
import { rebuildOverlay } from './overlay.ts';
import { CENTRAL_TABLES } from './row-shapes.ts';
import { FINDABLE_KINDS, searchIndexes } from './search/search-index.ts';

const TABLES = [...CENTRAL_TABLES, 'scope', 'fill_part', 'fill_removed'] as const;

const statements = perStore((store: Store) =>
  TABLES.map((table) => store.command<Record<string, never>, never>((db) => db.deleteFrom(table))),
);

/** In the caller's transaction, together with what made it necessary. */
export function clearReplica(store: Store, tx: WriteTx): void {
  for (const statement of statements(store)) statement.run(tx, {});
  for (const kind of FINDABLE_KINDS) searchIndexes(store)[kind].clear(tx);
  forgetPosition(store, tx);
  for (const lane of statesByLane(store).keys()) {
    const order = orderOfLane(lane);
    if (order !== undefined) rebuildOverlay(store, tx, order);
  }
}
