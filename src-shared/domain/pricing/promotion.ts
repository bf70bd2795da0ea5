/**
 * Promotions: what is taken off an order's lines for as long as the promotion runs. How several of them work together
 * is said in apply-promotions.ts.
 */
import { z } from 'zod';
import { branchId, customerId, groupId, productId, promotionId } from '../ids.ts';
import { currency } from '../money.ts';
import { calendarDate } from '../calendar-date.ts';
import { WHOLE_RATE } from './tax.ts';

/** Products, branches, groups or customers that one promotion may name. */
export const MAX_NAMED = 2_000;

const minor = z.int().positive();
const base = z.int().positive();
const share = z.int().positive().max(WHOLE_RATE);

/** Quantities in thousandths of a product's base unit, shares in basis points, amounts in minor units. */
export const promotionRule = z.discriminatedUnion('kind', [
  /** A share off every line of its products. */
  z.object({ kind: z.literal('percent'), off: share }),
  /** For every so many of one product on the order, an amount off that product's lines. */
  z.object({ kind: z.literal('amount'), everyBase: base, offMinor: minor, currency }),
  /**
   * Buy N, get M: of every N + M of one product, M are free. With `gift`, for every N of one product M of the gift are
   * free, as far as they are on the order.
   */
  z.object({ kind: z.literal('free'), buyBase: base, freeBase: base, gift: productId.nullable() }),
  /** When its products' lines come to so much, a share or an amount off them; `repeats`: the amount for every so much. */
  z.object({
    kind: z.literal('threshold'),
    fromMinor: minor,
    off: z.union([z.object({ share }), z.object({ minor, repeats: z.boolean() })]),
    currency,
  }),
]);
export type PromotionRule = z.infer<typeof promotionRule>;

export const promotion = z.object({
  promotionId,
  code: z.string().min(1).max(40),
  name: z.string().min(1).max(100),
  validFrom: calendarDate,
  /** The last day it runs, or null. */
  validTo: calendarDate.nullable(),
  active: z.boolean(),
  /** For whom: a customer that any of them names. All empty: for everybody. */
  branches: z.array(branchId).max(MAX_NAMED),
  groups: z.array(groupId).max(MAX_NAMED),
  customers: z.array(customerId).max(MAX_NAMED),
  /** On what; empty: on every product. */
  products: z.array(productId).max(MAX_NAMED),
  /** The smaller goes first. */
  place: z.int().nonnegative(),
  /** Shares no line with another promotion. */
  exclusive: z.boolean(),
  rule: promotionRule,
});
export type Promotion = z.infer<typeof promotion>;

/** For whom, of long lists: looked up for every promotion, after every key. */
const audiences = new WeakMap<Promotion, ReadonlySet<string>>();

function audienceOf(of: Promotion): ReadonlySet<string> {
  let audience = audiences.get(of);
  if (!audience) {
    audience = new Set<string>([...of.branches, ...of.groups, ...of.customers]);
    audiences.set(of, audience);
  }
  return audience;
}

/** Whether it runs that day, for that customer. */
export function runsFor(
  of: Promotion,
  customer: { customerId: string; branchId: string; groupId?: string | undefined },
  day: string,
): boolean {
  if (!of.active || of.validFrom > day || (of.validTo !== null && of.validTo < day)) return false;
  const audience = audienceOf(of);
  // Ids of all kinds are unique among each other.
  const { customerId: id, branchId: branch, groupId: group } = customer;
  return (
    audience.size === 0 || audience.has(id) || audience.has(branch) || (group !== undefined && audience.has(group))
  );
}
