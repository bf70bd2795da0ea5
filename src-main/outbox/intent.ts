/** An unsettled mutation as the desk itself looks at it. */
import { sql } from 'kysely';
import type { DeviceId, MutationId, PriceId, UserId } from '../../src-shared/domain/ids.ts';
import type { Issue } from '../../src-shared/domain/issue.ts';
import type { OrderState } from '../../src-shared/domain/lifecycle/order-state.ts';
import type { Review } from '../../src-shared/domain/lifecycle/reviews.ts';
import type { Currency } from '../../src-shared/domain/money.ts';
import type { OrderDifference } from '../../src-shared/domain/order-difference.ts';
import { moreOf, type OrderLine, type OrderLineMore } from '../../src-shared/domain/order.ts';
import { readIntent, type MutationIntent } from '../../src-shared/mutations/registry.ts';
import { perStore, type StoreReader } from '../store/store.ts';
import type { OutboxState } from './lane.ts';

/**
 * What the rules made of a mutation when it was written down. Kept beside the body, which says only what was asked
 * for, so that it can be replayed exactly, whatever has become of prices and products since.
 */
export interface Effect {
  by: { userId: UserId; userName: string; deviceId: DeviceId | null; deviceName: string };
  currency: Currency;
  totalMinor: number;
  /** Left out where no line is taxed. */
  taxMinor?: number;
  /** Where it leaves the order, where that is not `allocated`. */
  state?: OrderState;
  /** Somebody has to look at what the customer owes. */
  creditReview?: true;
  /** Of a step: what the rules had found out. */
  step?: StepKnown;
  /** The goods were set aside for this desk when it was written down; left out where they were not. */
  promised?: boolean;
  /**
   * Of an amendment: what leads from it back to what the order was when it was made, so that another's change since can be
   * told from this one. Builds of before protocol 3 wrote none.
   */
  undo?: OrderDifference[];
  /** Per line of the body, in its order. */
  lines: EffectLine[];
}

/**
 * The reviews that the order calls for, what there was to be set aside, thousandths of the base unit by product, and until
 * when what leaves is to be paid.
 */
export interface StepKnown {
  reviews: readonly Review[];
  dueDate?: string | undefined;
  available: Record<string, number>;
}

/**
 * Base quantity, amount, kind and id of the price, and whatever else there is to say of it: short, because a long order
 * has two thousand of them. Builds of before protocol 3 wrote four.
 */
export type EffectLine = [
  quantityBase: number,
  amountMinor: number,
  priceKind: OrderLine['priceKind'],
  priceId: PriceId | null,
  more?: OrderLineMore,
];

export function effectLine(line: OrderLine): EffectLine {
  const { quantityBase, amountMinor, priceKind, priceId } = line;
  const more = moreOf(line);
  return more ? [quantityBase, amountMinor, priceKind, priceId, more] : [quantityBase, amountMinor, priceKind, priceId];
}

export interface StoredIntent {
  seq: number;
  mutationId: MutationId;
  lane: string;
  name: string;
  state: OutboxState;
  /** Why it is held or quarantined (reason.ts), null else. */
  reason: string | null;
  /** Since when central holds it, also while it is offered again; null else. */
  heldSince: number | null;
  bodyHash: string;
  dependsOn: readonly string[];
  madeAt: number;
  /** Undefined where the body can't be read any more: it is kept and shown, and nothing is made of it. */
  content: { intent: MutationIntent; effect: Effect } | undefined;
}

interface LaneRow {
  seq: number;
  mutation_id: string;
  lane: string;
  name: string;
  state: string;
  reason: string | null;
  held_since: number | null;
  body_hash: string;
  depends_on: string;
  made_at: number;
  body: string;
  effect: string;
}

/** What another stands in for is on its way with that one, whatever has become of itself. */
const standing = sql<string>`case when superseded_by is null then state else 'sent' end`.as('state');

const statements = perStore((store: StoreReader) => ({
  ofLane: store.query<{ lane: string }, LaneRow>((db, p) =>
    db
      .selectFrom('outbox')
      .select(['seq', 'mutation_id', 'lane', 'name', 'state', 'reason', 'made_at', 'body', 'effect'])
      .select(['held_since', 'body_hash', 'depends_on'])
      .where('lane', '=', p.lane)
      .orderBy('seq'),
  ),
  states: store.query<{ lane: string }, { state: string }>((db, p) =>
    db.selectFrom('outbox').select(standing).where('lane', '=', p.lane).orderBy('seq'),
  ),
  allStates: store.query<Record<string, never>, { lane: string; state: string }>((db) =>
    db.selectFrom('outbox').select('lane').select(standing).orderBy('lane').orderBy('seq'),
  ),
}));

/** The unsettled mutations of a lane, oldest first. */
export function readLane(store: StoreReader, lane: string): StoredIntent[] {
  return statements(store)
    .ofLane.all({ lane })
    .map((row) => ({
      seq: row.seq,
      mutationId: row.mutation_id as MutationId,
      lane: row.lane,
      name: row.name,
      state: row.state as OutboxState,
      reason: row.reason,
      heldSince: row.held_since,
      bodyHash: row.body_hash,
      dependsOn: JSON.parse(row.depends_on) as string[],
      madeAt: row.made_at,
      content: readContent(row),
    }));
}

export function laneStates(store: StoreReader, lane: string): OutboxState[] {
  return statements(store)
    .states.all({ lane })
    .map((row) => row.state as OutboxState);
}

/** The states of every lane that has unsettled mutations. */
export function statesByLane(store: StoreReader): Map<string, OutboxState[]> {
  const lanes = new Map<string, OutboxState[]>();
  for (const { lane, state } of statements(store).allStates.all({})) {
    const states = lanes.get(lane);
    if (states) states.push(state as OutboxState);
    else lanes.set(lane, [state as OutboxState]);
  }
  return lanes;
}

export function readIssues(text: string): Issue[] {
  return JSON.parse(text) as Issue[];
}

function readContent(row: LaneRow): StoredIntent['content'] {
  try {
    const body = JSON.parse(row.body) as { name: string; schemaVersion: number; args: unknown };
    const read = readIntent(body.name, body.schemaVersion, body.args);
    if (!read.ok) return undefined;
    return { intent: read.intent, effect: JSON.parse(row.effect) as Effect };
  } catch {
    // Half a body after a disk fault: next-batch finds it by its hash and puts it in quarantine.
    return undefined;
  }
}
