/**
 * Which reviews an order has to pass before goods are given out: as the house's policy says, from the order alone. Pure,
 * so that a clerk sees while typing that somebody will have to look at it.
 */
import { z } from 'zod';
import { customerId, groupId } from '../ids.ts';
import type { Order, OrderLine } from '../order.ts';
import { MAX_NAMED } from '../pricing/promotion.ts';
import { WHOLE_RATE } from '../pricing/tax.ts';
import type { Role } from '../role.ts';
import { isAtLeast } from './order-actions.ts';
import type { OrderState } from './order-state.ts';

export const REVIEWS = ['order', 'finance'] as const;
export type Review = (typeof REVIEWS)[number];

/** Any of what is said calls for the review; one of which nothing is said is switched off. */
const reviewRule = z.object({
  /** Orders from this total on, minor units of the house's currency. */
  fromMinor: z.int().nonnegative().nullable(),
  /** Orders on which this share of what the lists say is given away by hand, basis points. */
  manualShare: z.int().min(1).max(WHOLE_RATE).nullable(),
  /** Every order of these. */
  customers: z.array(customerId).max(MAX_NAMED),
  groups: z.array(groupId).max(MAX_NAMED),
});
export type ReviewRule = z.infer<typeof reviewRule>;

export const reviewPolicy = z.object({
  name: z.literal('reviews'),
  order: reviewRule,
  finance: reviewRule,
  /** Nobody approves what they wrote themselves. */
  fourEyes: z.boolean(),
  /** Who may pass the finance review, at least. */
  financeRole: z.enum(['manager', 'admin']),
});
export type ReviewPolicy = Omit<z.infer<typeof reviewPolicy>, 'name'>;

const OFF: ReviewRule = { fromMinor: null, manualShare: null, customers: [], groups: [] };
/** In a house that has decided nothing, nobody has to look at an order. */
export const DEFAULT_REVIEWS: ReviewPolicy = { order: OFF, finance: OFF, fourEyes: false, financeRole: 'manager' };

type Reviewed = Pick<Order, 'customerId' | 'totalMinor' | 'lines' | 'creditReview' | 'oldFacts'>;

/** The reviews that the order calls for, in the order in which it goes through them. */
export function reviewsOf(order: Reviewed, policy: ReviewPolicy, group: string | undefined): Review[] {
  return REVIEWS.filter(
    (review) =>
      callsFor(policy[review], order, group) || (review === 'finance' ? order.creditReview : order.oldFacts) === true,
  );
}

function callsFor(rule: ReviewRule, order: Reviewed, group: string | undefined): boolean {
  if (rule.fromMinor !== null && order.totalMinor >= rule.fromMinor) return true;
  if ((rule.customers as readonly string[]).includes(order.customerId)) return true;
  if (group !== undefined && (rule.groups as readonly string[]).includes(group)) return true;
  return rule.manualShare !== null && givenAway(order.lines) >= rule.manualShare;
}

/** The share of the lists' prices that manual prices give away, basis points, rounded down. */
function givenAway(lines: readonly OrderLine[]): number {
  let [listed, agreed] = [0n, 0n];
  for (const { quantity, unitPrice, manual } of lines) {
    listed += BigInt(quantity) * BigInt(manual?.listUnitPrice ?? unitPrice);
    agreed += BigInt(quantity) * BigInt(unitPrice);
  }
  if (listed === 0n || agreed >= listed) return 0;
  return Number(((listed - agreed) * BigInt(WHOLE_RATE)) / listed);
}

/** The state that an order is in when the reviews before `after` are passed; without it, when none is. */
export function stateUnderReview(reviews: readonly Review[], after?: Review): OrderState | undefined {
  const next = reviews.find((review) => after === undefined || REVIEWS.indexOf(review) > REVIEWS.indexOf(after));
  return next && (next === 'order' ? 'orderReview' : 'financeReview');
}

/** Why somebody may not pass a review that they otherwise may: they wrote it themselves, or it takes another role. */
export function barredFromReview(
  review: Review,
  { policy, history, userId, role }: { policy: ReviewPolicy; history: Order['history']; userId: string; role: Role },
): { why: 'fourEyes' } | { why: 'role'; ask: Role } | undefined {
  if (review === 'finance' && !isAtLeast(role, policy.financeRole)) return { why: 'role', ask: policy.financeRole };
  const wrote = history.findLast(({ what }) => what === 'placed' || what === 'amended');
  return policy.fourEyes && wrote?.userId === userId ? { why: 'fourEyes' } : undefined;
}
