/**
 * What the promotions take off an order's lines. Pure, and the same whatever the order of the lines.
 *
 * They go one after another by their place (equal places by id), each on what those before it have left of a line's
 * amount. An exclusive one takes only lines that none has touched, and no other touches a line after it. A line with a
 * manual price takes part in none: its price was agreed as it is. What a promotion counts (pieces bought, a threshold)
 * it counts on the lines that it may take.
 */
import type { ProductId, PromotionId } from '../ids.ts';
import type { Currency } from '../money.ts';
import { divideRounded } from '../rounding.ts';
import type { Promotion, PromotionRule } from './promotion.ts';
import { shareOut } from './share-out.ts';
import { WHOLE_RATE } from './tax.ts';

/** A line as promotions look at it. */
export interface PromotedLine {
  productId: ProductId;
  /** Thousandths of the base unit. */
  quantityBase: number;
  /** Minor units, before any discount. */
  amountMinor: number;
  /** What tells lines apart that cost the same; lines of one name are alike. */
  name: string;
  /** Whether promotions leave it alone. */
  fixed: boolean;
}

export interface LineDiscount {
  promotionId: PromotionId;
  /** Minor units, taken off; never 0. */
  minor: number;
}

/** @returns each line's discounts, in the order in which they were taken. */
export function applyPromotions(
  lines: readonly PromotedLine[],
  promotions: readonly Promotion[],
  currency: Currency,
): LineDiscount[][] {
  const taking = lines.map((line): Taking => ({ line, left: line.amountMinor, discounts: [], closed: line.fixed }));
  for (const promotion of promotions.toSorted(byPlace)) {
    if ('currency' in promotion.rule && promotion.rule.currency !== currency) continue;
    const open = taking.filter(({ closed, discounts }) => !closed && !(promotion.exclusive && discounts.length > 0));
    for (const { taken, from } of offOf(promotion, open)) {
      if (taken === 0) continue;
      from.left -= taken;
      from.discounts.push({ promotionId: promotion.promotionId, minor: taken });
      if (promotion.exclusive) from.closed = true;
    }
  }
  return taking.map(({ discounts }) => discounts);
}

/** A line while it is discounted. */
interface Taking {
  line: PromotedLine;
  /** Minor units: what it still comes to. */
  left: number;
  discounts: LineDiscount[];
  /** Nothing more is taken off it. */
  closed: boolean;
}

interface Taken {
  from: Taking;
  taken: number;
}

function byPlace(a: Promotion, b: Promotion): number {
  return a.place - b.place || (a.promotionId < b.promotionId ? -1 : 1);
}

function offOf({ rule, products }: Promotion, open: readonly Taking[]): Taken[] {
  const named = products.length === 0 ? open : open.filter(({ line }) => products.includes(line.productId));
  switch (rule.kind) {
    case 'percent':
      return named.map((from) => ({ from, taken: shareOf(from.left, rule.off) }));
    case 'amount':
      return byProduct(named).flatMap(({ lines, quantityBase }) =>
        cut(lines, Math.floor(quantityBase / rule.everyBase) * rule.offMinor),
      );
    case 'free':
      return rule.gift === null ? freeOfSame(named, rule) : freeGifts(named, open, { ...rule, gift: rule.gift });
    case 'threshold':
      return thresholdOff(named, rule);
  }
}

function thresholdOff(lines: readonly Taking[], rule: Extract<PromotionRule, { kind: 'threshold' }>): Taken[] {
  const total = lines.reduce((sum, { left }) => sum + left, 0);
  if (total < rule.fromMinor) return [];
  if ('share' in rule.off) return cut(lines, shareOf(total, rule.off.share));
  const times = rule.off.repeats ? Math.floor(total / rule.fromMinor) : 1;
  return cut(lines, rule.off.minor * times);
}

interface Free {
  buyBase: number;
  freeBase: number;
}

/** Of every N + M that are there M are free; of a last part, what goes beyond N. */
function freeOfSame(lines: readonly Taking[], { buyBase, freeBase }: Free): Taken[] {
  return byProduct(lines).flatMap(({ lines: ofOne, quantityBase }) => {
    const rounds = Math.floor(quantityBase / (buyBase + freeBase));
    const rest = quantityBase - rounds * (buyBase + freeBase);
    return cutFree(ofOne, { freeBase: rounds * freeBase + Math.max(0, rest - buyBase), quantityBase });
  });
}

/** Bought is counted per product; the gift's own lines are not bought. */
function freeGifts(named: readonly Taking[], open: readonly Taking[], rule: Free & { gift: ProductId }): Taken[] {
  const bought = byProduct(named.filter(({ line }) => line.productId !== rule.gift));
  const times = bought.reduce((sum, { quantityBase }) => sum + Math.floor(quantityBase / rule.buyBase), 0);
  const [gifts] = byProduct(open.filter(({ line }) => line.productId === rule.gift));
  if (!gifts || times === 0) return [];
  const freeBase = Math.min(times * rule.freeBase, gifts.quantityBase);
  return cutFree(gifts.lines, { freeBase, quantityBase: gifts.quantityBase });
}

/** Which of the pieces are the free ones nobody says, so each line gives the same part of what it comes to. */
function cutFree(lines: readonly Taking[], of: { freeBase: number; quantityBase: number }): Taken[] {
  const total = lines.reduce((sum, { left }) => sum + left, 0);
  return cut(lines, divideRounded(BigInt(total) * BigInt(of.freeBase), BigInt(of.quantityBase)));
}

function byProduct(lines: readonly Taking[]): { lines: Taking[]; quantityBase: number }[] {
  const products = new Map<ProductId, { lines: Taking[]; quantityBase: number }>();
  for (const taking of lines) {
    const { productId, quantityBase } = taking.line;
    const found = products.get(productId) ?? { lines: [], quantityBase: 0 };
    found.lines.push(taking);
    found.quantityBase += quantityBase;
    products.set(productId, found);
  }
  return [...products.values()];
}

/** Takes an amount off lines in proportion to what they come to: never more than there is. */
function cut(lines: readonly Taking[], amount: number): Taken[] {
  const total = lines.reduce((sum, { left }) => sum + left, 0);
  const shares = shareOut(
    Math.min(amount, total),
    lines.map(({ left, line }) => ({ weight: left, name: line.name })),
  );
  return lines.map((from, index) => ({ from, taken: shares[index] ?? 0 }));
}

/** Rounded half away from zero, per line. */
function shareOf(amountMinor: number, share: number): number {
  return divideRounded(BigInt(amountMinor) * BigInt(share), BigInt(WHOLE_RATE));
}
