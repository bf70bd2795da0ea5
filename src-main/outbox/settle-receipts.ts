/**
 * Central's verdicts taken in: the only way out of the outbox. Runs in the transaction that applies the verdicts'
 * effects, so that no moment shows an order missing, or its stock taken twice.
 *
 * A receipt of a mutation that is not here (of an earlier file of this device) changes nothing. One of a mutation that
 * was settled before says that central still has it, or has it again; if it now says no to what it had applied, the
 * mutation comes back to the outbox, for a person to see.
 */
import { sql } from 'kysely';
import type { ReceiptProof } from '../../src-shared/protocol/proof.ts';
import type { Receipt } from '../../src-shared/protocol/receipt.ts';
import { readEnrolment } from '../identity/enrolment-record.ts';
import { perStore, type Store, type WriteTx } from '../store/store.ts';
import { reasonText } from './reason.ts';

/** A receipt as a page brings it. */
export type ArrivedReceipt = Receipt & { proof?: ReceiptProof | undefined };

export interface Arrived {
  receipts: readonly ArrivedReceipt[];
  /** Central's time of the page. */
  nowMs: number;
  /** The life of central's database that the page is of. */
  epoch: string;
}

interface Values extends Record<string, unknown> {
  id: string;
  outcome: string;
  issues: string;
  proof: string | null;
  judgedAt: number;
  epoch: string;
  now: number;
}

const statements = perStore((store: Store) => ({
  find: store.query<{ id: string }, { body_hash: string }>((db, p) =>
    db.selectFrom('outbox').select('body_hash').where('mutation_id', '=', p.id),
  ),
  journal: store.command<Values & { incarnation: string | null }, never>(
    (_, p) => sql<never>`
      insert into journal (mutation_id, seq, lane, name, body, body_hash, signature, answer, outcome, settled_at,
        incarnation_id, proof, judged_at, known_in, known_at, issues, depends_on, effect, made_at)
      select mutation_id, seq, lane, name, body, body_hash, signature, answer, ${p.outcome}, ${p.now},
        ${p.incarnation}, ${p.proof}, ${p.judgedAt}, ${p.epoch}, ${p.now}, ${p.issues}, depends_on, effect, made_at
      from outbox where mutation_id = ${p.id}`,
  ),
  remove: store.command<{ id: string }, never>((db, p) => db.deleteFrom('outbox').where('mutation_id', '=', p.id)),
  refuse: store.command<Values, never>(
    (_, p) => sql<never>`
      update outbox set state = 'refused', issues = ${p.issues}, reason = null,
        proof = coalesce(${p.proof}, proof), judged_at = ${p.judgedAt}, known_in = ${p.epoch}
      where mutation_id = ${p.id}`,
  ),
  quarantine: store.command<{ id: string; reason: string }, never>((db, p) =>
    db.updateTable('outbox').set({ state: 'quarantined', reason: p.reason }).where('mutation_id', '=', p.id),
  ),
  // What was refused stands in for nothing: what it would have ended wants a person again.
  letGo: store.command<{ id: string; lane: string }, never>((db, p) =>
    db.updateTable('outbox').set({ superseded_by: null }).where('lane', '=', p.lane).where('superseded_by', '=', p.id),
  ),
  release: store.command<{ id: string }, never>((db, p) =>
    db.deleteFrom('reservation').where('mutation_id', '=', p.id),
  ),
  // What was held may have waited for this very verdict.
  dueNow: store.command<{ lane: string }, never>((db, p) =>
    db.updateTable('outbox').set({ last_sent_at: null }).where('lane', '=', p.lane).where('state', '=', 'held'),
  ),
  findSettled: store.query<{ id: string }, { body_hash: string; outcome: string; last: number }>(
    (_, p) => sql<{ body_hash: string; outcome: string; last: number }>`
      select body_hash, outcome,
        not exists (select 1 from outbox later where later.lane = journal.lane and later.seq > journal.seq)
        and not exists (select 1 from journal later where later.lane = journal.lane and later.seq > journal.seq) as last
      from journal where mutation_id = ${p.id}`,
  ),
  // An earlier proof is good for as long as it says the same: also one of an epoch that has ended.
  confirm: store.command<Values, never>(
    (_, p) => sql<never>`
      update journal set outcome = ${p.outcome}, judged_at = ${p.judgedAt}, known_in = ${p.epoch}, known_at = ${p.now},
        proof = case when ${p.proof} is null and outcome = ${p.outcome} and judged_at = ${p.judgedAt} then proof
          else ${p.proof} end
      where mutation_id = ${p.id}`,
  ),
  bringBack: store.command<Values, never>(
    (_, p) => sql<never>`
      insert into outbox (seq, mutation_id, lane, name, body, body_hash, signature, depends_on, state, answer, effect,
        issues, made_at, proof, judged_at, known_in)
      select seq, mutation_id, lane, name, body, body_hash, signature, depends_on, 'refused', answer, effect,
        ${p.issues}, made_at, ${p.proof}, ${p.judgedAt}, ${p.epoch}
      from journal where mutation_id = ${p.id}`,
  ),
  forget: store.command<{ id: string }, never>((db, p) => db.deleteFrom('journal').where('mutation_id', '=', p.id)),
}));

/** @returns the lanes that have changed. */
export function settleReceipts(store: Store, tx: WriteTx, arrived: Arrived): Set<string> {
  const lanes = new Set<string>();
  if (arrived.receipts.length === 0) return lanes;
  const { nowMs, epoch } = arrived;
  const incarnation = readEnrolment(store)?.incarnationId ?? null;
  for (const receipt of arrived.receipts) {
    const values: Values = {
      id: receipt.mutationId,
      outcome: receipt.verdict === 'applied' ? 'applied' : 'superseded',
      issues: JSON.stringify(receipt.issues),
      proof: receipt.proof ? JSON.stringify(receipt.proof) : null,
      judgedAt: receipt.judgedAt,
      epoch,
      now: nowMs,
    };
    if (settle(store, tx, { receipt, values, incarnation })) lanes.add(receipt.lane);
  }
  for (const lane of lanes) statements(store).dueNow.run(tx, { lane });
  return lanes;
}

interface Settling {
  receipt: ArrivedReceipt;
  values: Values;
  incarnation: string | null;
}

function settle(store: Store, tx: WriteTx, { receipt, values, incarnation }: Settling): boolean {
  const { find, journal, remove, refuse, letGo, quarantine, release } = statements(store);
  const { id } = values;
  const entry = find.get({ id });
  if (!entry) return settleAgain(store, tx, receipt, values);
  if (entry.body_hash !== receipt.bodyHash) {
    // Somebody else's verdict under this id: neither ended nor lost, but stopped, for a person to look at.
    quarantine.run(tx, { id, reason: reasonText('mismatch', `central has ${receipt.bodyHash}`) });
    return true;
  }
  if (receipt.verdict === 'refused' && receipt.supersededBy === null) {
    refuse.run(tx, values);
    letGo.run(tx, { id, lane: receipt.lane });
    release.run(tx, { id });
    return true;
  }
  journal.run(tx, { ...values, incarnation });
  remove.run(tx, { id });
  release.run(tx, { id });
  return true;
}

/** A receipt of what was settled here before. */
function settleAgain(store: Store, tx: WriteTx, receipt: ArrivedReceipt, values: Values): boolean {
  const { findSettled, confirm, bringBack, forget } = statements(store);
  const { id } = values;
  const settled = findSettled.get({ id });
  if (!settled || settled.body_hash !== receipt.bodyHash) return false;
  const open = receipt.verdict === 'refused' && receipt.supersededBy === null;
  // A refused one whose successor is on its way back is superseded again when that has come.
  if (!open || (settled.outcome === 'superseded' && settled.last === 0)) {
    confirm.run(tx, values);
    return false;
  }
  bringBack.run(tx, values);
  forget.run(tx, { id });
  return true;
}
