/** What was paid of an order, from its history. Pure. */
import type { MutationId } from './ids.ts';
import type { Order } from './order.ts';

/** The mutations that wrote down payments which were taken back. */
export function voidedPayments(history: Order['history']): ReadonlySet<MutationId | null> {
  return new Set(history.flatMap(({ ofPayment }) => ofPayment ?? []));
}

/** What came in, less what went back and what was written down by mistake, minor units. */
export function paidIn(history: Order['history']): number {
  const voided = voidedPayments(history);
  return history.reduce((sum, { what, mutationId, payment }) => {
    if (!payment || voided.has(mutationId)) return sum;
    if (what === 'paid') return sum + payment.minor;
    return what === 'refunded' ? sum - payment.minor : sum;
  }, 0);
}
