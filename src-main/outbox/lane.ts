/** Lanes: the mutations about one order, judged one after another. No lane ever waits for another. */
import type { OrderId } from '../../src-shared/domain/ids.ts';
import type { SyncState } from '../../src-shared/protocol/sync-state.ts';

export const OUTBOX_STATES = ['waiting', 'sent', 'held', 'refused', 'quarantined'] as const;
export type OutboxState = (typeof OUTBOX_STATES)[number];

const ORDER_LANE = 'order:';

export function orderLane(order: string): string {
  return ORDER_LANE + order;
}

/** The order a lane is about; undefined for a lane of another kind. */
export function orderOfLane(lane: string): OrderId | undefined {
  return lane.startsWith(ORDER_LANE) ? (lane.slice(ORDER_LANE.length) as OrderId) : undefined;
}

/**
 * Where an order stands, from the states of its unsettled mutations, oldest first. A refusal counts only as the last
 * word: a later mutation is somebody dealing with it. An order without any is `applied`.
 */
export function syncStateOf(states: readonly OutboxState[]): SyncState {
  if (states.length === 0) return 'applied';
  if (states.at(-1) === 'refused') return 'refused';
  for (const state of ['quarantined', 'held', 'waiting'] as const) if (states.includes(state)) return state;
  return 'sent';
}
