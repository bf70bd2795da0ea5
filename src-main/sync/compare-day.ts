/**
 * The books of one business day of the branch, here and at central, as of one cursor: what the orders come to on both
 * sides, and which of them are not the same. What this desk has not sent is no part of it, and told apart.
 */
import { dayBookOf, type DayComparison, type DayDifference } from '../../src-shared/domain/day-book.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { DayBookResponse } from '../../src-shared/protocol/day-book.ts';
import { addDigest, digestHex } from '../../src-shared/protocol/digest.ts';
import { ordersScope } from '../../src-shared/protocol/scope.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import { readCursor } from '../replica/cursor.ts';
import { dayOrders, unsettledOfDay, type HashedOrder } from '../replica/day-orders.ts';
import { findScope } from '../replica/scopes.ts';
import type { StoreReader } from '../store/store.ts';
import { greeted } from './hello-once.ts';
import { assertEpoch, type SyncLine } from './sync-line.ts';

/** The scope in which a desk has the orders of that day, if it keeps that month and has all of it. */
export function scopeOfDay(store: StoreReader, of: { branchId: string; day: string }): number {
  const scope = findScope(store, ordersScope(of.branchId, of.day));
  if (scope?.state === 'joined') return scope.scopeId;
  throw new AppError({ code: 'NOT_FOUND', retry: 'never', what: `orders of ${of.day}` });
}

/** @throws AppError NOT_FOUND of a month that is not kept here; CENTRAL_UNREACHABLE and its like. */
export async function compareDay(
  line: SyncLine,
  of: { branchId: string; day: string; signal?: AbortSignal | undefined },
): Promise<DayComparison> {
  const { day, signal } = of;
  const snapshot = line.store.snapshot();
  try {
    const scopeId = scopeOfDay(snapshot, of);
    const request = { protocol: PROTOCOL_VERSION, cursor: readCursor(snapshot), day };
    const answer = await greeted(line, signal, () => line.transport.dayBook(request, { token: line.token, signal }));
    assertEpoch(line, answer.epoch);
    const orders = dayOrders(snapshot, { scopeId, day });
    const digest = digestHex(orders.reduce((sum, { hash }) => addDigest(sum, hash), 0n));
    const equal = digest === answer.digest;
    return {
      day,
      at: answer.now,
      here: dayBookOf(orders),
      central: answer.book,
      equal,
      differing: equal ? [] : answer.orders && differences(orders, answer.orders),
      unsettled: unsettledOfDay(snapshot, day),
    };
  } finally {
    snapshot.close();
  }
}

/** In the order of their numbers. */
function differences(here: readonly HashedOrder[], central: NonNullable<DayBookResponse['orders']>): DayDifference[] {
  const found: DayDifference[] = [];
  const ours = new Map(here.map((order) => [order.orderId, order]));
  for (const { orderId, number, currency, totalMinor, digest } of central) {
    const own = ours.get(orderId);
    ours.delete(orderId);
    if (own && digestHex(own.hash) === digest) continue;
    const fault = own ? 'different' : 'missing';
    found.push({ orderId, number, fault, currency, hereMinor: own?.totalMinor ?? null, centralMinor: totalMinor });
  }
  for (const { orderId, number, currency, totalMinor } of ours.values()) {
    found.push({ orderId, number, fault: 'extra', currency, hereMinor: totalMinor, centralMinor: null });
  }
  return found.toSorted((a, b) => (a.number < b.number ? -1 : 1));
}
