/** What waits, and why: every unsettled mutation as people read it. */
import { sql } from 'kysely';
import type { Language } from '../../src-shared/text/language.ts';
import type { Currency } from '../../src-shared/domain/money.ts';
import type { AttentionItem, QueueEntry, WaitedFor } from '../api/sync-services.ts';
import { laneStates, readIssues } from '../outbox/intent.ts';
import { orderLane, orderOfLane, syncStateOf, type OutboxState } from '../outbox/lane.ts';
import { readReplayed } from '../replica/overlay.ts';
import { customerNameOf } from './customer-name.ts';
import { readNotices, type OrderNotice } from './notices.ts';
import { NEEDS_A_PERSON } from '../outbox/needs-a-person.ts';
import { missingOf } from '../outbox/reason.ts';
import { perStore, type StoreReader } from '../store/store.ts';
import { spoken } from './parts.ts';
import type { StoredAnswer } from './write-down.ts';

interface QueueRow {
  mutation_id: string;
  seq: number;
  lane: string;
  name: string;
  state: string;
  made_at: number;
  last_sent_at: number | null;
  attempts: number;
  issues: string;
  reason: string | null;
  held_since: number | null;
  superseded_by: string | null;
  answer: string;
  customer_name: string | null;
}

const columns = sql.raw(`outbox.mutation_id, outbox.seq, outbox.lane, outbox.name, outbox.state, outbox.made_at,
  outbox.last_sent_at, outbox.attempts, outbox.issues, outbox.reason, outbox.held_since,
  outbox.superseded_by, outbox.answer, customer.name as customer_name`);
const joined = sql.raw(`outbox left join local_order on local_order.order_id = substr(outbox.lane, 7)
  left join customer on customer.customer_id = local_order.customer_id`);

const statements = perStore((store: StoreReader) => ({
  all: store.query<{ limit: number }, QueueRow>(
    (_, p) => sql<QueueRow>`select ${columns} from ${joined} order by outbox.seq limit ${p.limit}`,
  ),
  ofLane: store.query<{ lane: string }, QueueRow>(
    (_, p) => sql<QueueRow>`select ${columns} from ${joined} where outbox.lane = ${p.lane} order by outbox.seq`,
  ),
  attention: store.query<Record<string, never>, QueueRow>(
    () => sql<QueueRow>`select ${columns} from ${joined} where ${sql.raw(NEEDS_A_PERSON)} order by outbox.seq`,
  ),
  state: store.query<{ id: string }, { state: string; name: string }>((db, p) =>
    db.selectFrom('outbox').select(['state', 'name']).where('mutation_id', '=', p.id),
  ),
}));

/** Entries of the list that the sync pill opens. A desk that was offline for a week is told the count besides. */
const MAX_QUEUE_ENTRIES = 1_000;

/** Every unsettled mutation, oldest first, up to a thousand. */
export function readQueue(store: StoreReader, language: Language): QueueEntry[] {
  return statements(store)
    .all.all({ limit: MAX_QUEUE_ENTRIES })
    .map((row) => entryOf(store, row, language));
}

/** The unsettled mutations of one lane, oldest first. */
export function readLaneQueue(store: StoreReader, lane: string, language: Language): QueueEntry[] {
  return statements(store)
    .ofLane.all({ lane })
    .map((row) => entryOf(store, row, language));
}

/** The orders that wait for a person: refused with nothing done about it yet, in quarantine, or held for ever. */
export function readAttention(store: StoreReader, language: Language): AttentionItem[] {
  const waiting = statements(store)
    .attention.all({})
    .map((row): AttentionItem => {
      const { state: sync, madeAt: at, ...entry } = entryOf(store, row, language);
      const { orderId, number, customerName, totalMinor, currency, mutationId, name, issues } = entry;
      const { reason, waitsFor, heldSince } = entry;
      const of = { orderId, number, customerName, totalMinor, currency, mutationId, name, issues };
      return Object.assign(of, { sync, at, reason, waitsFor, heldSince, notice: false });
    });
  const notices = readNotices(store).flatMap((notice) => noticeItem(store, notice, language));
  return [...notices, ...latestOfEachOrder(waiting)];
}

/** An order to which something was done by itself. */
function noticeItem(store: StoreReader, { orderId, issue, madeAt }: OrderNotice, language: Language): AttentionItem[] {
  const { shown } = readReplayed(store, orderId);
  if (!shown) return [];
  const { number, totalMinor, currency, customerId } = shown;
  return [
    {
      orderId,
      number,
      customerName: customerNameOf(store, customerId),
      totalMinor,
      currency,
      sync: syncStateOf(laneStates(store, orderLane(orderId))),
      mutationId: `notice:${orderId}`,
      name: '',
      at: madeAt,
      issues: spoken([issue], language),
      reason: null,
      waitsFor: [],
      heldSince: null,
      notice: true,
    },
  ];
}

/** An order is dealt with once: by its latest mutation that wants somebody. */
function latestOfEachOrder(items: readonly AttentionItem[]): AttentionItem[] {
  return [...new Map(items.map((each) => [each.orderId || each.mutationId, each])).values()];
}

/** What a held mutation waits for, and how it is with that one here. */
function waitsForOf(store: StoreReader, row: QueueRow): WaitedFor[] {
  if (row.state !== 'held') return [];
  return missingOf(row.reason).map((mutationId) => {
    const here = statements(store).state.get({ id: mutationId });
    return { mutationId, name: here?.name ?? null, state: here ? (here.state as OutboxState) : null };
  });
}

function entryOf(store: StoreReader, row: QueueRow, language: Language): QueueEntry {
  // The answer, unlike the body, is the desk's own and has no signature to fear for.
  const answer = JSON.parse(row.answer) as StoredAnswer;
  return {
    mutationId: row.mutation_id,
    seq: row.seq,
    name: row.name,
    orderId: orderOfLane(row.lane) ?? '',
    number: answer.number,
    customerName: row.customer_name ?? '',
    totalMinor: answer.totalMinor,
    currency: answer.currency satisfies Currency,
    state: row.superseded_by === null ? (row.state as OutboxState) : 'superseded',
    madeAt: row.made_at,
    lastSentAt: row.last_sent_at,
    attempts: row.attempts,
    issues: spoken(readIssues(row.issues), language),
    reason: row.superseded_by === null ? row.reason : null,
    waitsFor: waitsForOf(store, row),
    heldSince: row.held_since,
  };
}
