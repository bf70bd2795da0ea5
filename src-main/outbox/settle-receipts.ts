/**
 * Central's verdicts taken in: the only way out of the outbox. Runs in the transaction that applies the verdicts'
 * effects, so that no moment shows an order missing, or its stock taken twice.
 *
 * A receipt of a mutation that is not here (of an earlier file of this device, or settled before) changes nothing.
 */
import { sql } from 'kysely';
import type { Receipt } from '../../src-shared/protocol/receipt.ts';
import { perStore, type Store, type WriteTx } from '../store/store.ts';
import { reasonText } from './reason.ts';

const statements = perStore((store: Store) => ({
  find: store.query<{ id: string }, { body_hash: string }>((db, p) =>
    db.selectFrom('outbox').select('body_hash').where('mutation_id', '=', p.id),
  ),
  journal: store.command<{ id: string; outcome: string; now: number }, never>(
    (_, p) => sql<never>`
      insert into journal (mutation_id, seq, lane, name, body, body_hash, signature, answer, outcome, settled_at)
      select mutation_id, seq, lane, name, body, body_hash, signature, answer, ${p.outcome}, ${p.now}
      from outbox where mutation_id = ${p.id}`,
  ),
  remove: store.command<{ id: string }, never>((db, p) => db.deleteFrom('outbox').where('mutation_id', '=', p.id)),
  refuse: store.command<{ id: string; issues: string }, never>((db, p) =>
    db.updateTable('outbox').set({ state: 'refused', issues: p.issues, reason: null }).where('mutation_id', '=', p.id),
  ),
  quarantine: store.command<{ id: string; reason: string }, never>((db, p) =>
    db.updateTable('outbox').set({ state: 'quarantined', reason: p.reason }).where('mutation_id', '=', p.id),
  ),
  release: store.command<{ id: string }, never>((db, p) =>
    db.deleteFrom('reservation').where('mutation_id', '=', p.id),
  ),
  // What was held may have waited for this very verdict.
  dueNow: store.command<{ lane: string }, never>((db, p) =>
    db.updateTable('outbox').set({ last_sent_at: null }).where('lane', '=', p.lane).where('state', '=', 'held'),
  ),
}));

/** @returns the lanes that have changed. */
export function settleReceipts(
  store: Store,
  tx: WriteTx,
  { receipts, nowMs }: { receipts: readonly Receipt[]; nowMs: number },
): Set<string> {
  const lanes = new Set<string>();
  for (const receipt of receipts) if (settle(store, tx, { receipt, nowMs })) lanes.add(receipt.lane);
  for (const lane of lanes) statements(store).dueNow.run(tx, { lane });
  return lanes;
}

function settle(store: Store, tx: WriteTx, { receipt, nowMs }: { receipt: Receipt; nowMs: number }): boolean {
  const { find, journal, remove, refuse, quarantine, release } = statements(store);
  const id = receipt.mutationId;
  const entry = find.get({ id });
  if (!entry) return false;
  if (entry.body_hash !== receipt.bodyHash) {
    // Somebody else's verdict under this id: neither ended nor lost, but stopped, for a person to look at.
    quarantine.run(tx, { id, reason: reasonText('mismatch', `central has ${receipt.bodyHash}`) });
    return true;
  }
  if (receipt.verdict === 'refused' && receipt.supersededBy === null) {
    refuse.run(tx, { id, issues: JSON.stringify(receipt.issues) });
    release.run(tx, { id });
    return true;
  }
  journal.run(tx, { id, outcome: receipt.verdict === 'applied' ? 'applied' : 'superseded', now: nowMs });
  remove.run(tx, { id });
  release.run(tx, { id });
  return true;
}
