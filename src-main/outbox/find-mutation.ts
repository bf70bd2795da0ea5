/** Mutations that were written down here before, settled or not: what a repeated request is answered from. */
import { sql } from 'kysely';
import { perStore, type StoreReader } from '../store/store.ts';

export interface WrittenMutation {
  body: string;
  answer: string;
}

const statements = perStore((store: StoreReader) => ({
  written: store.query<{ lane: string; name: string }, WrittenMutation>(
    (_, p) => sql<WrittenMutation>`
      select body, answer from (
        select seq, body, answer from outbox where lane = ${p.lane} and name = ${p.name}
        union all
        select seq, body, answer from journal where lane = ${p.lane} and name = ${p.name}
      ) order by seq desc`,
  ),
}));

/** The mutations of this name in a lane, the latest first: one that was refused may stand there again in other words. */
export function findWritten(store: StoreReader, of: { lane: string; name: string }): WrittenMutation[] {
  return statements(store).written.all(of);
}
