/** Mutations that were written down here before, settled or not: what a repeated request is answered from. */
import { sql } from 'kysely';
import { perStore, type StoreReader } from '../store/store.ts';

export interface WrittenMutation {
  body: string;
  answer: string;
}

const statements = perStore((store: StoreReader) => ({
  first: store.query<{ lane: string; name: string }, WrittenMutation>(
    (_, p) => sql<WrittenMutation>`
      select body, answer from (
        select seq, body, answer from outbox where lane = ${p.lane} and name = ${p.name}
        union all
        select seq, body, answer from journal where lane = ${p.lane} and name = ${p.name}
      ) order by seq limit 1`,
  ),
}));

/** The first mutation of this name in a lane. */
export function findFirst(store: StoreReader, of: { lane: string; name: string }): WrittenMutation | undefined {
  return statements(store).first.get(of);
}
