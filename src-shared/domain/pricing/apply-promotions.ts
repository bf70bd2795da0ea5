/**
 * What the promotions take off an order's lines. Pure, and the same whatever the order of the lines.
 *
 * They go one after another by their place (equal places by id), each on what those before it have left of a line's
 * amount. An exclusive one takes only lines that none has touched, and no other touches after it what it took from or
 * counted. A line with a manual price takes part in none: its price was agreed as it is. What a promotion counts (pieces
 * bought, a threshold) it counts on the lines that it may take. After MAX_LINE_DISCOUNTS a line gives no more.
 */
import type { ProductId, PromotionId } from '../ids.ts';
import type { Currency } from '../money.ts';
import { MAX_LINE_DISCOUNTS } from '../order.ts';
import { shareRounded } from '../rounding.ts';
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

/**
 * @param lines their amounts add up to at most 2^53 - 1.
 * @returns each line's discounts, in the order in which they were taken.
 */
export function applyPromotions(
  lines: readonly PromotedLine[],
  promotions: readonly Promotion[],
  currency: Currency,
): LineDiscount[][] {
  const taking = lines.map((line): Taking => ({ line, left: line.amountMinor, discounts: [], closed: line.fixed }));
  for (const promotion of promotions.toSorted(byPlace)) {
    if ('currency' in promotion.rule && promotion.rule.currency !== currency) continue;
    const open = taking.filter(({ closed, discounts }) => !closed && !(promotion.exclusive && discounts.length > 0));
    for (const { counted, taken } of offOf(promotion, open)) {
      take(promotion, taken);
      if (promotion.exclusive && taken.some(({ minor }) => minor > 0)) close(counted, taken);
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
  minor: number;
}

/** What a promotion comes to on some lines that it counts together. */
interface Off {
  counted: readonly Taking[];
  taken: Taken[];
}

function take({ promotionId }: Promotion, taken: readonly Taken[]): void {
  for (const { from, minor } of taken) {
    if (minor === 0) continue;
    from.left -= minor;
    from.discounts.push({ promotionId, minor });
    if (from.discounts.length === MAX_LINE_DISCOUNTS) from.closed = true;
  }
}

/** What was bought for it is used up as well: noodles that gave a bottle of water give nothing more. */
function close(counted: readonly Taking[], taken: readonly Taken[]): void {
  for (const line of counted) line.closed = true;
  for (const { from, minor } of taken) if (minor > 0) from.closed = true;
}

function byPlace(a: Promotion, b: Promotion): number {
  return a.place - b.place || (a.promotionId < b.promotionId ? -1 : 1);
}

function offOf(promotion: Promotion, open: readonly Taking[]): Off[] {
  const { rule } = promotion;
  const named = namedOf(promotion, open);
  switch (rule.kind) {
    case 'percent':
      return named.map((from) => ({ counted: [from], taken: [{ from, minor: shareOf(from.left, rule.off) }] }));
    case 'amount':
      return byProduct(named).map(({ lines, quantityBase }) =>
        cut(lines, Math.floor(quantityBase / rule.everyBase) * rule.offMinor),
      );
    case 'free':
      return rule.gift === null ? freeOfSame(named, rule) : freeGifts(named, open, { ...rule, gift: rule.gift });
    case 'threshold':
      return [thresholdOff(named, rule)];
  }
}

/** Of long lists of products: looked up for every line of an order, after every key. */
const productSets = new WeakMap<Promotion, ReadonlySet<ProductId>>();

function namedOf(promotion: Promotion, open: readonly Taking[]): readonly Taking[] {
  if (promotion.products.length === 0) return open;
  let products = productSets.get(promotion);
  if (!products) {
    products = new Set(promotion.products);
    productSets.set(promotion, products);
  }
  return open.filter(({ line }) => products.has(line.productId));
}

function thresholdOff(lines: readonly Taking[], rule: Extract<PromotionRule, { kind: 'threshold' }>): Off {
  const total = lines.reduce((sum, { left }) => sum + left, 0);
  if (total < rule.fromMinor) return { counted: lines, taken: [] };
  if ('share' in rule.off) return cut(lines, shareOf(total, rule.off.share));
  const times = rule.off.repeats ? Math.floor(total / rule.fromMinor) : 1;
  return cut(lines, rule.off.minor * times);
}

interface Free {
  buyBase: number;
  freeBase: number;
}

/** Of every N + M that are there M are free; of a last part, what goes beyond N. */
function freeOfSame(lines: readonly Taking[], { buyBase, freeBase }: Free): Off[] {
  return byProduct(lines).map(({ lines: ofOne, quantityBase }) => {
    const rounds = Math.floor(quantityBase / (buyBase + freeBase));
    const rest = quantityBase - rounds * (buyBase + freeBase);
    return cutFree(ofOne, { freeBase: rounds * freeBase + Math.max(0, rest - buyBase), quantityBase });
  });
}

/** Bought is counted per product; the gift's own lines are not bought. */
function freeGifts(named: readonly Taking[], open: readonly Taking[], rule: Free & { gift: ProductId }): Off[] {
  const bought = byProduct(named.filter(({ line }) => line.productId !== rule.gift));
  const giving = bought.filter(({ quantityBase }) => quantityBase >= rule.buyBase);
  const times = giving.reduce((sum, { quantityBase }) => sum + Math.floor(quantityBase / rule.buyBase), 0);
  const [gifts] = byProduct(open.filter(({ line }) => line.productId === rule.gift));
  if (!gifts || times === 0) return [];
  const freeBase = Math.min(times * rule.freeBase, gifts.quantityBase);
  const { taken } = cutFree(gifts.lines, { freeBase, quantityBase: gifts.quantityBase });
  return [{ counted: giving.flatMap(({ lines }) => lines), taken }];
}

/** Which of the pieces are the free ones nobody says, so each line gives the same part of what it comes to. */
function cutFree(lines: readonly Taking[], of: { freeBase: number; quantityBase: number }): Off {
  const total = lines.reduce((sum, { left }) => sum + left, 0);
  return cut(lines, shareRounded(total, of.freeBase, of.quantityBase));
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
function cut(lines: readonly Taking[], amount: number): Off {
  if (amount === 0) return { counted: lines, taken: [] };
  const total = lines.reduce((sum, { left }) => sum + left, 0);
  const shares = shareOut(
    Math.min(amount, total),
    lines.map(({ left, line }) => ({ weight: left, name: line.name })),
  );
  return { counted: lines, taken: lines.map((from, index) => ({ from, minor: shares[index] ?? 0 })) };
}

/** Rounded half away from zero, per line. */
function shareOf(amountMinor: number, share: number): number {
  return shareRounded(amountMinor, share, WHOLE_RATE);
}
