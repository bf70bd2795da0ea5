/** What waits, as it would be pushed, oldest first: for a look ahead. It changes nothing. */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { MutationId } from '../../src-shared/domain/ids.ts';
import { MAX_DRY_RUN_MUTATIONS, MAX_PUSH_BYTES } from '../../src-shared/protocol/limits.ts';
import type { PushedMutation } from '../../src-shared/protocol/mutation.ts';
import { perStore, type StoreReader } from '../store/store.ts';
import { ENVELOPE_BYTES } from './limits.ts';

interface QueuedRow {
  seq: number;
  mutation_id: string;
  body: string;
  body_hash: string;
  signature: string;
}

const statements = perStore((store: StoreReader) => ({
  waiting: store.query<{ limit: number }, { seq: number }>(
    (_, p) => sql<{ seq: number }>`
      select seq from outbox where state in ('waiting', 'sent', 'held') order by seq limit ${p.limit}`,
  ),
  row: store.query<{ seq: number }, QueuedRow>((db, p) =>
    db.selectFrom('outbox').select(['seq', 'mutation_id', 'body', 'body_hash', 'signature']).where('seq', '=', p.seq),
  ),
}));

/** As many as fit into one request; what is damaged is left to the push, which sets it aside. */
export function queuedMutations(store: StoreReader): PushedMutation[] {
  const { waiting, row } = statements(store);
  const queued: PushedMutation[] = [];
  let bytes = 0;
  for (const { seq } of waiting.all({ limit: MAX_DRY_RUN_MUTATIONS })) {
    const found = row.get({ seq });
    if (!found || createHash('sha256').update(found.body).digest('hex') !== found.body_hash) continue;
    bytes += Buffer.byteLength(JSON.stringify(found.body)) + ENVELOPE_BYTES;
    if (queued.length > 0 && bytes > MAX_PUSH_BYTES) break;
    const { body, body_hash: bodyHash, signature } = found;
    queued.push({ id: found.mutation_id as MutationId, seq, body, bodyHash, signature });
  }
  return queued;
}
