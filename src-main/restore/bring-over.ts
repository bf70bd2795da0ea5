/**
 * Brings into a desk's file what it lacks of the desk's own rows, from copies and from what was salvaged, in one
 * transaction.
 *
 * Guarantees: a mutation that any source has and this file does not is in its outbox afterwards, once, and the order
 * is shown; what this file has stays as it is, unless its text is garbled. A mutation counts as settled only where its
 * receipt is in this file, since only then is its effect: every other waits, is sent again and gets its first verdict.
 * Numbers that may have been given out are not given out again.
 */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { mutationBody, type MutationBody } from '../../src-shared/protocol/mutation.ts';
import { parseOrderNumber } from '../../src-shared/domain/order-number.ts';
import { readEnrolment } from '../identity/enrolment-record.ts';
import { orderCounter } from '../identity/incarnation.ts';
import { orderOfLane } from '../outbox/lane.ts';
import { rebuildOverlay } from '../replica/overlay.ts';
import { readMeta, removeMeta, writeMeta } from '../store/meta.ts';
import { perStore, type Store, type WriteTx } from '../store/store.ts';
import { numberIn, type OwnMutation, type OwnRows, type OwnSession } from './own-rows.ts';

export interface BroughtOver {
  /** Ids of the mutations that this file lacked, by where they were found. */
  fromCopies: string[];
  fromSalvage: string[];
}

const ENROLMENT = 'enrolment';

interface NewRow {
  seq: number | null;
  mutationId: string;
  lane: string;
  name: string;
  body: string;
  bodyHash: string;
  signature: string;
  dependsOn: string;
  state: string;
  answer: string;
  effect: string;
  issues: string;
  reason: string | null;
  madeAt: number;
  attempts: number;
}

interface KnownReceipt {
  verdict: string;
  issues: string;
  superseded_by: string | null;
  judged_at: number;
}

const statements = perStore((store: Store) => ({
  outbox: store.query<{ id: string }, { body: string; body_hash: string }>((db, p) =>
    db.selectFrom('outbox').select(['body', 'body_hash']).where('mutation_id', '=', p.id),
  ),
  journal: store.query<{ id: string }, { seq: number }>((db, p) =>
    db.selectFrom('journal').select('seq').where('mutation_id', '=', p.id),
  ),
  receipt: store.query<{ id: string }, KnownReceipt>((db, p) =>
    db
      .selectFrom('receipt')
      .select(['verdict', 'issues', 'superseded_by', 'judged_at'])
      .where('mutation_id', '=', p.id),
  ),
  seqTaken: store.query<{ seq: number }, { taken: number }>(
    (_, p) => sql<{ taken: number }>`select 1 as taken where exists (select 1 from outbox where seq = ${p.seq})
      or exists (select 1 from journal where seq = ${p.seq})`,
  ),
  insert: store.command<NewRow, never>(
    (_, p) => sql<never>`
      insert into outbox (seq, mutation_id, lane, name, body, body_hash, signature, depends_on, state, answer, effect,
        issues, reason, made_at, attempts)
      values (${p.seq}, ${p.mutationId}, ${p.lane}, ${p.name}, ${p.body}, ${p.bodyHash}, ${p.signature}, ${p.dependsOn},
        ${p.state}, ${p.answer}, ${p.effect}, ${p.issues}, ${p.reason}, ${p.madeAt}, ${p.attempts})`,
  ),
  mend: store.command<{ id: string; body: string; bodyHash: string; signature: string }, never>((db, p) =>
    db
      .updateTable('outbox')
      .set({ body: p.body, body_hash: p.bodyHash, signature: p.signature, state: 'sent', reason: null })
      .where('mutation_id', '=', p.id),
  ),
  standIn: store.command<{ id: string; by: string }, never>((db, p) =>
    db.updateTable('outbox').set({ superseded_by: p.by }).where('mutation_id', '=', p.id),
  ),
  settle: store.command<NewRow & { outcome: string; settledAt: number }, never>(
    (_, p) => sql<never>`
      insert into journal (mutation_id, seq, lane, name, body, body_hash, signature, answer, outcome, settled_at)
      values (${p.mutationId}, coalesce(${p.seq}, 0), ${p.lane}, ${p.name}, ${p.body}, ${p.bodyHash}, ${p.signature},
        ${p.answer}, ${p.outcome}, ${p.settledAt})`,
  ),
  session: store.command<OwnSession, never>(
    (_, p) => sql<never>`
      insert or ignore into session (session_id, user_id, user_name, display_name, role, branch_id, private_key,
        expires_at, signed_in_at, signed_out_at, public_key, certificate)
      values (${p.session_id}, ${p.user_id}, ${p.user_name}, ${p.display_name}, ${p.role}, ${p.branch_id},
        ${p.private_key}, ${p.expires_at}, ${p.signed_in_at}, ${p.signed_out_at}, ${p.public_key}, ${p.certificate})`,
  ),
  endSessions: store.command<{ at: number }, never>((db, p) =>
    db.updateTable('session').set({ signed_out_at: p.at }).where('signed_out_at', 'is', null),
  ),
  endSession: store.command<{ id: string; at: number | null }, never>((db, p) =>
    db.updateTable('session').set({ signed_out_at: p.at }).where('session_id', '=', p.id),
  ),
  draft: store.command<{ draft_id: string; content: string; updated_at: number }, never>(
    (_, p) => sql<never>`
      insert into draft (draft_id, content, updated_at) values (${p.draft_id}, ${p.content}, ${p.updated_at})
      on conflict (draft_id) do update set content = excluded.content, updated_at = excluded.updated_at
      where excluded.updated_at > updated_at`,
  ),
  count: store.command<{ name: string; value: number }, never>(
    (_, p) => sql<never>`insert into counter (name, value) values (${p.name}, ${p.value})
      on conflict (name) do update set value = max(value, excluded.value)`,
  ),
  goOn: store.command<{ seq: number }, never>(
    (_, p) => sql<never>`update sqlite_sequence set seq = max(seq, ${p.seq}) where name = 'outbox'`,
  ),
}));

export interface Sources {
  /** The most trusted first: of two versions of one mutation the first counts. */
  rows: readonly OwnRows[];
  /** The one of them that knows who is signed in; of the others only the keys are of use. */
  signedIn: OwnRows | undefined;
  nowMs: number;
}

export function bringOver(store: Store, tx: WriteTx, from: Sources): BroughtOver {
  const { rows: sources } = from;
  const brought: BroughtOver = { fromCopies: [], fromSalvage: [] };
  const lanes = new Set<string>();
  bringEnrolment(store, tx, sources);
  for (const { mutation, from: where } of inOrder(sources)) {
    if (!bring(store, tx, mutation)) continue;
    lanes.add(mutation.lane);
    (where === 'copy' ? brought.fromCopies : brought.fromSalvage).push(mutation.mutationId);
  }
  bringSessions(store, tx, from);
  bringRest(store, tx, sources);
  for (const lane of lanes) {
    const order = orderOfLane(lane);
    if (order !== undefined) rebuildOverlay(store, tx, order);
  }
  return brought;
}

interface Sourced {
  mutation: OwnMutation;
  from: OwnRows['from'];
}

/** Every mutation once, in the order of the outbox: lanes depend on it. */
function inOrder(sources: readonly OwnRows[]): Sourced[] {
  const first = new Map<string, Sourced>();
  for (const { mutations, from } of sources) {
    for (const mutation of mutations) {
      const known = first.get(mutation.mutationId);
      if (!known) first.set(mutation.mutationId, { mutation, from });
      else known.mutation = filledIn(known.mutation, mutation);
    }
  }
  const placeOf = ({ mutation }: Sourced): number => mutation.seq ?? Infinity;
  // Ids tell the time: they order what has lost its place.
  return [...first.values()].toSorted((a, b) =>
    placeOf(a) === placeOf(b) ? (a.mutation.mutationId < b.mutation.mutationId ? -1 : 1) : placeOf(a) - placeOf(b),
  );
}

function filledIn(better: OwnMutation, other: OwnMutation): OwnMutation {
  return {
    ...better,
    seq: better.seq ?? other.seq,
    answer: better.answer ?? other.answer,
    effect: better.effect ?? other.effect,
  };
}

/** @returns whether the file lacked it. */
function bring(store: Store, tx: WriteTx, mutation: OwnMutation): boolean {
  const { outbox, journal, receipt, seqTaken, insert, settle, standIn } = statements(store);
  const id = mutation.mutationId;
  const here = outbox.get({ id });
  if (here) return mended(store, tx, { here, mutation });
  if (journal.get({ id })) return false;
  const { seq } = mutation;
  const row: NewRow = {
    ...mutation,
    seq: seq === null || seqTaken.get({ seq }) ? null : seq,
    state: mutation.state === 'waiting' || mutation.state === 'quarantined' ? mutation.state : 'sent',
    reason: mutation.state === 'quarantined' ? mutation.reason : null,
    answer: mutation.answer ?? answerOf(store, mutation),
    // What is no JSON is not replayed: the order is sent as it was signed, and shown when central has it.
    effect: mutation.effect ?? '',
    issues: '[]',
  };
  const verdict = receipt.get({ id });
  if (verdict && !(verdict.verdict === 'refused' && verdict.superseded_by === null)) {
    const outcome = verdict.verdict === 'applied' ? 'applied' : 'superseded';
    settle.run(tx, { ...row, outcome, settledAt: verdict.judged_at });
    return false;
  }
  insert.run(tx, verdict ? { ...row, state: 'refused', issues: verdict.issues } : row);
  for (const superseded of readBody(mutation.body)?.supersedes ?? []) standIn.run(tx, { id: superseded.id, by: id });
  return true;
}

/** A text that has been garbled here and not there. */
function mended(
  store: Store,
  tx: WriteTx,
  { here, mutation }: { here: { body: string; body_hash: string }; mutation: OwnMutation },
): boolean {
  if (createHash('sha256').update(here.body).digest('hex') === here.body_hash) return false;
  const { mutationId: id, body, bodyHash, signature } = mutation;
  statements(store).mend.run(tx, { id, body, bodyHash, signature });
  return true;
}

/** A person who has signed out must not be signed in again by an older copy. */
function bringSessions(store: Store, tx: WriteTx, { rows, signedIn, nowMs }: Sources): void {
  const { session, endSessions, endSession } = statements(store);
  // A copy is complete: whom it doesn't know has gone. What is salvaged may lack anybody.
  if (signedIn?.from === 'copy') endSessions.run(tx, { at: nowMs });
  for (const each of signedIn?.sessions ?? []) {
    session.run(tx, each);
    endSession.run(tx, { id: each.session_id, at: each.signed_out_at });
  }
  for (const source of rows) {
    for (const each of source.sessions) session.run(tx, { ...each, signed_out_at: each.signed_out_at ?? nowMs });
  }
}

function bringRest(store: Store, tx: WriteTx, sources: readonly OwnRows[]): void {
  const { draft, count, goOn } = statements(store);
  for (const source of sources) {
    for (const [name, value] of source.counters) count.run(tx, { name, value });
    for (const { mutationId: _, seq, answer } of source.mutations) {
      if (seq !== null) goOn.run(tx, { seq });
      const parts = parseOrderNumber(numberIn(answer ?? '') ?? '');
      if (parts) count.run(tx, { name: orderCounter(parts.incarnationCode), value: parts.running });
    }
  }
  const drafts = sources.find((source) => source.drafts.length > 0)?.drafts ?? [];
  for (const each of drafts) draft.run(tx, each);
}

/** Of what a file knows of itself only this: the rest is of the file that it was in. */
function bringEnrolment(store: Store, tx: WriteTx, sources: readonly OwnRows[]): void {
  if (readMeta(store, ENROLMENT) !== undefined) return;
  for (const { meta } of sources) {
    const value = meta.get(ENROLMENT);
    if (value === undefined) continue;
    writeMeta(store, tx, { key: ENROLMENT, value });
    try {
      readEnrolment(store);
      return;
    } catch {
      // Garbled: another source may have it whole.
      removeMeta(store, tx, ENROLMENT);
    }
  }
}

/** What a list needs to show it by, where the desk's own note of it is gone. The total is not known any more. */
function answerOf(store: Store, mutation: OwnMutation): string {
  const args = readBody(mutation.body)?.args as { orderId?: unknown; number?: unknown } | undefined;
  return JSON.stringify({
    orderId: args?.orderId ?? orderOfLane(mutation.lane) ?? '',
    number: typeof args?.number === 'string' ? args.number : '',
    status: 'placed',
    sync: 'waiting',
    totalMinor: 0,
    currency: readEnrolment(store)?.currency ?? 'CNY',
    issues: [],
  });
}

function readBody(text: string): MutationBody | undefined {
  const read = mutationBody.safeParse(JSON.parse(text));
  return read.success ? read.data : undefined;
}
