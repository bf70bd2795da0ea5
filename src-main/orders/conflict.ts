/** Two people's changes of one order: the desk's, which central has refused, and another's, which stands. */
import type { Order } from '../../src-shared/domain/order.ts';
import {
  comparedOrder,
  orderDifference,
  withDifferences,
  type ComparedOrder,
} from '../../src-shared/domain/order-difference.ts';
import type { OrderContent } from '../../src-shared/mutations/order-place.ts';
import type { StoredIntent } from '../outbox/intent.ts';

export interface Conflict {
  /** The order as it stands. */
  theirs: Order;
  /** What both began with; undefined where the refused change was made by a build that didn't note it. */
  base: ComparedOrder | undefined;
}

/**
 * @param standing the order with every intent that may yet apply.
 * @param last the latest unsettled mutation of it.
 * @returns undefined where nothing of another's would be written over by the refused content.
 */
export function conflictOf(standing: Order | undefined, last: StoredIntent | undefined): Conflict | undefined {
  if (!standing || last?.state !== 'refused' || last.content?.intent.name !== 'order.amend') return undefined;
  const { intent, effect } = last.content;
  const ours = comparedContent(intent.args);
  const now = comparedOrder(standing);
  if (orderDifference(ours, now).length === 0) return undefined;
  if (!effect.undo)
    return standing.version === intent.args.baseVersion ? undefined : { theirs: standing, base: undefined };
  const base = withDifferences(ours, effect.undo);
  return orderDifference(base, now).length > 0 ? { theirs: standing, base } : undefined;
}

function comparedContent({ customerId, note, lines }: OrderContent): ComparedOrder {
  return {
    customerId,
    note,
    lines: lines.map(({ productId, unit, quantity, manual }) => ({
      productId,
      unit,
      quantity,
      ...(manual ? { manual } : {}),
    })),
  };
}
