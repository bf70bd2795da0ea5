/**
 * What of a lane may never be judged: in quarantine, or waiting for something that is, or for what is not known here at
 * all. A new mutation of the lane stands in for it, and so must not wait for it.
 */
import { perStore, type StoreReader } from '../store/store.ts';
import type { StoredIntent } from './intent.ts';
import { isMismatch } from './reason.ts';

const statements = perStore((store: StoreReader) => ({
  settled: store.query<{ id: string }, { mutation_id: string }>((db, p) =>
    db.selectFrom('journal').select('mutation_id').where('mutation_id', '=', p.id),
  ),
}));

/** @param intents the lane's unsettled mutations, oldest first. */
export function stuckIntents(store: StoreReader, intents: readonly StoredIntent[]): StoredIntent[] {
  const here = new Map<string, StoredIntent>(intents.map((intent) => [intent.mutationId, intent]));
  const stuck = new Set<StoredIntent>();
  const waitsForStuck = ({ heldSince, dependsOn }: StoredIntent): boolean =>
    dependsOn.some((needed) => {
      const intent = here.get(needed);
      if (intent) return stuck.has(intent);
      return heldSince !== null && statements(store).settled.get({ id: needed }) === undefined;
    });
  for (const intent of intents) {
    if (intent.state === 'refused') continue;
    if (intent.state === 'quarantined' || waitsForStuck(intent)) stuck.add(intent);
  }
  return [...stuck];
}

/** What a new mutation can stand in for: not what central has ended already, with other content. */
export function canBeSuperseded({ reason }: StoredIntent): boolean {
  return !isMismatch(reason);
}
