/** Settled mutations, for the one purpose that they are kept for: to bring them back to a central that lost them. */
import { sql } from 'kysely';
import type { IncarnationId, MutationId } from '../../src-shared/domain/ids.ts';
import type { ProvenReceipt, ReceiptProof } from '../../src-shared/protocol/proof.ts';
import type { ReofferedMutation } from '../../src-shared/protocol/reoffer.ts';
import { perStore, type Store, type StoreReader, type WriteTx } from '../store/store.ts';
import { readIssues } from './intent.ts';

interface EntryRow {
  mutation_id: string;
  seq: number;
  incarnation_id: string | null;
  body: string;
  body_hash: string;
  signature: string;
  issues: string;
  verdict: 'applied' | 'refused';
  judged_at: number | null;
  proof: string | null;
}

// A refused mutation that nobody has mended has its receipt, too, though it stands in the outbox still.
const settled = sql`(
  select mutation_id, seq, lane, incarnation_id, body, body_hash, signature, issues, judged_at, proof, known_in,
    case outcome when 'applied' then 'applied' else 'refused' end as verdict
  from journal
  union all
  select mutation_id, seq, lane, null, body, body_hash, signature, issues, judged_at, proof, known_in, 'refused'
  from outbox where state = 'refused')`;

const reading = perStore((store: StoreReader) => ({
  unknown: store.query<{ epoch: string; after: number; limit: number }, { mutation_id: string; seq: number }>(
    (_, p) => sql<{ mutation_id: string; seq: number }>`
      select mutation_id, seq from ${settled}
      where known_in is not ${p.epoch} and seq > ${p.after} order by seq limit ${p.limit}`,
  ),
  entry: store.query<{ id: string }, EntryRow>(
    (_, p) => sql<EntryRow>`
      select mutation_id, seq, incarnation_id, body, body_hash, signature, issues, verdict, judged_at, proof
      from ${settled} where mutation_id = ${p.id}`,
  ),
  newest: store.query<{ epoch: string }, EntryRow>(
    (_, p) => sql<EntryRow>`
      select mutation_id, seq, incarnation_id, body, body_hash, signature, issues,
        case outcome when 'applied' then 'applied' else 'refused' end as verdict, judged_at, proof
      from journal where known_in = ${p.epoch} and proof is not null order by settled_at desc, seq desc limit 1`,
  ),
  unproven: store.query<{ epoch: string; limit: number }, { mutation_id: string }>(
    (_, p) => sql<{ mutation_id: string }>`
      select mutation_id from (select mutation_id, proof, known_in from journal
        union all select mutation_id, proof, known_in from outbox where state = 'refused')
      where known_in = ${p.epoch} and proof is null limit ${p.limit}`,
  ),
}));

const writing = perStore((store: Store) => ({
  known: store.command<{ id: string; epoch: string; now: number }, never>(
    (_, p) => sql<never>`update journal set known_in = ${p.epoch}, known_at = ${p.now} where mutation_id = ${p.id}`,
  ),
  knownRefusal: store.command<{ id: string; epoch: string }, never>(
    (_, p) => sql<never>`update outbox set known_in = ${p.epoch} where mutation_id = ${p.id} and state = 'refused'`,
  ),
  judgeAnew: store.command<{ id: string }, never>(
    (_, p) => sql<never>`update outbox set state = 'waiting', last_sent_at = null
      where mutation_id = ${p.id} and state = 'refused' and proof is null`,
  ),
  prove: store.command<{ id: string; judgedAt: number; proof: string }, never>(
    (_, p) => sql<never>`update journal set proof = ${p.proof}, judged_at = ${p.judgedAt} where mutation_id = ${p.id}`,
  ),
  proveRefusal: store.command<{ id: string; judgedAt: number; proof: string }, never>(
    (_, p) => sql<never>`update outbox set proof = ${p.proof}, judged_at = ${p.judgedAt}
      where mutation_id = ${p.id} and state = 'refused'`,
  ),
}));

/** Settled mutations that central has not said to have in this epoch, in the order in which they were written down. */
export function unknownTo(
  store: StoreReader,
  of: { epoch: string; after: number; limit: number },
): { id: MutationId; seq: number }[] {
  return reading(store)
    .unknown.all(of)
    .map((row) => ({ id: row.mutation_id as MutationId, seq: row.seq }));
}

/** Undefined for one without a proof: it can't be shown to have been settled. */
export function settledEntry(
  store: StoreReader,
  id: string,
  fallback: IncarnationId,
): ReofferedMutation | 'unproven' | undefined {
  const row = reading(store).entry.get({ id });
  if (!row) return undefined;
  if (row.proof === null || row.judged_at === null) return 'unproven';
  return {
    id: row.mutation_id as MutationId,
    seq: row.seq,
    incarnationId: (row.incarnation_id ?? fallback) as IncarnationId,
    body: row.body,
    bodyHash: row.body_hash,
    signature: row.signature,
    verdict: row.verdict,
    judgedAt: row.judged_at,
    issues: readIssues(row.issues),
    proof: JSON.parse(row.proof) as ReceiptProof,
  };
}

/** The newest receipt of this epoch that is here with its proof. */
export function newestReceipt(store: StoreReader, epoch: string): ProvenReceipt | null {
  const row = reading(store).newest.get({ epoch });
  if (!row || row.proof === null || row.judged_at === null) return null;
  const { verdict, judged_at: judgedAt, body_hash: bodyHash } = row;
  const proof = JSON.parse(row.proof) as ReceiptProof;
  return proof.epoch === epoch
    ? { mutationId: row.mutation_id as MutationId, bodyHash, verdict, judgedAt, proof }
    : null;
}

/** Settled ones whose receipts came without a proof. */
export function unprovenIds(store: StoreReader, of: { epoch: string; limit: number }): MutationId[] {
  return reading(store)
    .unproven.all(of)
    .map((row) => row.mutation_id as MutationId);
}

/** Central has them, or keeps them until what they build on has come back. */
export function markKnown(store: Store, tx: WriteTx, of: { ids: readonly string[]; epoch: string; now: number }): void {
  const { known, knownRefusal } = writing(store);
  for (const id of of.ids) {
    known.run(tx, { id, epoch: of.epoch, now: of.now });
    knownRefusal.run(tx, { id, epoch: of.epoch });
  }
}

/** A refusal that central has forgotten and nothing proves: the mutation is offered and judged as if for the first time. */
export function judgeAnew(store: Store, tx: WriteTx, id: string): void {
  writing(store).judgeAnew.run(tx, { id });
}

export function noteProof(store: Store, tx: WriteTx, of: { id: string; judgedAt: number; proof: ReceiptProof }): void {
  const values = { id: of.id, judgedAt: of.judgedAt, proof: JSON.stringify(of.proof) };
  writing(store).prove.run(tx, values);
  writing(store).proveRefusal.run(tx, values);
}
