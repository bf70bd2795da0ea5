/**
 * What to push next. In the order of the outbox, cut at a count and a number of bytes, so a mutation never goes ahead
 * of an earlier one of its lane. Refused and quarantined ones stand in nobody's way: those after them know of them, or
 * wait at central.
 */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { MutationId } from '../../src-shared/domain/ids.ts';
import { MAX_PUSH_BYTES, MAX_PUSH_MUTATIONS, RESEND_AFTER_MS } from '../../src-shared/protocol/limits.ts';
import type { PushedMutation } from '../../src-shared/protocol/mutation.ts';
import { perStore, type Store } from '../store/store.ts';
import { ENVELOPE_BYTES } from './limits.ts';
import { reasonText } from './reason.ts';

export interface BatchBounds {
  mutations: number;
  bytes: number;
}

const LARGEST: BatchBounds = { mutations: MAX_PUSH_MUTATIONS, bytes: MAX_PUSH_BYTES };

/** What else bounds a batch than its size. */
export interface CutOptions {
  /** What the line takes at a time; never more than a push may hold. */
  most?: BatchBounds | undefined;
  /** Lanes of which something is on its way: what comes after it in one of them waits until that is answered. */
  busyLanes?: ReadonlySet<string>;
}

export interface Batch {
  mutations: PushedMutation[];
  lanes: Set<string>;
  /** Whether there is more that is due. */
  isCut: boolean;
}

interface DueRow {
  seq: number;
  mutation_id: string;
  lane: string;
  body: string;
  body_hash: string;
  signature: string;
}

const statements = perStore((store: Store) => ({
  // One limited index range per state: ten thousand waiting orders must not be sorted for each fifty that go.
  due: store.query<{ now: number; sentBefore: number; limit: number }, { seq: number }>(
    (_, p) => sql<{ seq: number }>`
      select seq from (
        select * from (select seq from outbox where state = 'waiting' order by seq limit ${p.limit})
        union all
        select * from (select seq from outbox where state = 'sent'
          and (last_sent_at is null or last_sent_at <= ${p.sentBefore} or last_sent_at > ${p.now}) order by seq limit ${p.limit})
        union all
        select * from (select seq from outbox where state = 'held'
          and (last_sent_at is null or last_sent_at <= ${p.sentBefore} or last_sent_at > ${p.now}) order by seq limit ${p.limit})
      ) order by seq limit ${p.limit}`,
  ),
  row: store.query<{ seq: number }, DueRow>((db, p) =>
    db
      .selectFrom('outbox')
      .select(['seq', 'mutation_id', 'lane', 'body', 'body_hash', 'signature'])
      .where('seq', '=', p.seq),
  ),
  quarantine: store.command<{ seq: number; reason: string }, never>((db, p) =>
    db.updateTable('outbox').set({ state: 'quarantined', reason: p.reason }).where('seq', '=', p.seq),
  ),
}));

/** What to push next when nothing is on its way. */
export function nextBatch(store: Store, nowMs: number, most?: BatchBounds): PushedMutation[] {
  return cutBatch(store, nowMs, { most }).mutations;
}

/**
 * What to push next: what has never been sent, and what was sent or held so long ago that it is offered again.
 *
 * @param nowMs Unix milliseconds by this machine's clock; a time of sending that lies ahead of it counts as long ago,
 *              since a clock that was set back must not stop anything.
 */
export function cutBatch(store: Store, nowMs: number, { most = LARGEST, busyLanes }: CutOptions = {}): Batch {
  const { due, row } = statements(store);
  const batch: Batch = { mutations: [], lanes: new Set(), isCut: false };
  const damaged: number[] = [];
  let bytes = 0;
  const rows = due.all({ now: nowMs, sentBefore: nowMs - RESEND_AFTER_MS, limit: most.mutations });
  for (const { seq } of rows) {
    const found = row.get({ seq });
    if (!found) continue;
    if (createHash('sha256').update(found.body).digest('hex') !== found.body_hash) {
      damaged.push(seq);
      continue;
    }
    bytes += Buffer.byteLength(JSON.stringify(found.body)) + ENVELOPE_BYTES;
    // Stop rather than skip: what comes later may be of the same lane. A single one always fits.
    batch.isCut = (batch.mutations.length > 0 && bytes > most.bytes) || busyLanes?.has(found.lane) === true;
    if (batch.isCut) break;
    batch.lanes.add(found.lane);
    batch.mutations.push({
      id: found.mutation_id as MutationId,
      seq,
      body: found.body,
      bodyHash: found.body_hash,
      signature: found.signature,
    });
  }
  if (rows.length === most.mutations) batch.isCut = true;
  if (damaged.length > 0) quarantineDamaged(store, damaged);
  return batch;
}

/** Its bytes are kept as they are: a person may still read in them what a customer ordered. */
function quarantineDamaged(store: Store, damaged: readonly number[]): void {
  const reason = reasonText('damaged', 'the body is not the one that was signed');
  store.transaction((tx) => {
    for (const seq of damaged) statements(store).quarantine.run(tx, { seq, reason });
  });
}
