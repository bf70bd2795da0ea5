/**
 * Writes a mutation down, in the transaction of what it changes here: a crash must not leave one without the other.
 */
import { perStore, type Store, type WriteTx } from '../store/store.ts';

export interface NewMutation {
  mutationId: string;
  lane: string;
  name: string;
  /** The text that was signed. */
  body: string;
  bodyHash: string;
  signature: string;
  /** JSON: the ids of the mutations it depends on. */
  dependsOn: string;
  /** JSON: what the caller was answered. */
  answer: string;
  /** JSON of an `Effect`. */
  effect: string;
  madeAt: number;
}

const statements = perStore((store: Store) => ({
  insert: store.command<NewMutation, { seq: number }>((db, p) =>
    db
      .insertInto('outbox')
      .values({
        mutation_id: p.mutationId,
        lane: p.lane,
        name: p.name,
        body: p.body,
        body_hash: p.bodyHash,
        signature: p.signature,
        depends_on: p.dependsOn,
        state: 'waiting',
        answer: p.answer,
        effect: p.effect,
        made_at: p.madeAt,
      })
      .returning('seq'),
  ),
  supersede: store.command<{ mutationId: string; by: string }, never>((db, p) =>
    db.updateTable('outbox').set({ superseded_by: p.by }).where('mutation_id', '=', p.mutationId),
  ),
}));

/** @returns its position in the outbox. */
export function enqueue(store: Store, tx: WriteTx, mutation: NewMutation): number {
  const row = statements(store).insert.get(tx, mutation);
  if (!row) throw new Error('outbox: an entry was not written');
  return row.seq;
}

/** Notes what stands in for a mutation. It stays until its receipt comes, like any other. */
export function supersede(store: Store, tx: WriteTx, of: { mutationId: string; by: string }): void {
  statements(store).supersede.run(tx, of);
}
