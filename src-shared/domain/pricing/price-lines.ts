/**
 * Prices an order's lines: list price or the one agreed by hand, then promotions, then tax. Pure, and the same whatever
 * the order of the lines: what a tier or a promotion counts, it counts on the order as a whole.
 */
import type { ProductId } from '../ids.ts';
import { lineAmountMinor, sumMinor, type Currency } from '../money.ts';
import type { OrderLine } from '../order.ts';
import type { ProductFacts } from '../order-facts.ts';
import { applyPromotions, type LineDiscount } from './apply-promotions.ts';
import { choosePrice, type PriceCandidate, type PriceQuote } from './choose-price.ts';
import type { Promotion } from './promotion.ts';
import { lineTax } from './tax.ts';

export interface UnpricedLine {
  productId: ProductId;
  unit: string;
  /** Thousandths of the unit, and of the base unit. */
  quantity: number;
  quantityBase: number;
  product: ProductFacts;
  /** Ten-thousandths for one unit, in place of the list's. */
  manual?: { unitPrice: number; reason: string } | undefined;
}

export interface Pricing {
  prices(product: ProductId): readonly PriceCandidate[];
  /** Those that run for the customer that day. */
  promotions: readonly Promotion[];
  /** The order's business date. */
  date: string;
}

export interface PricedLine {
  line: OrderLine;
  /** Ten-thousandths for one unit: what the lists say. */
  listUnitPrice: number;
  currency: Currency;
}

/** @returns in the order of the lines; `undefined` for one that no list has a price for. */
export function priceLines(lines: readonly UnpricedLine[], pricing: Pricing): (PricedLine | undefined)[] {
  const totals = new Map<ProductId, number>();
  for (const { productId, quantityBase } of lines) {
    totals.set(productId, (totals.get(productId) ?? 0) + quantityBase);
  }
  const quoted = lines.map((line) => quote(line, totals.get(line.productId) ?? 0, pricing));
  const discounts = discountsOf(quoted, pricing.promotions);
  return quoted.map((found, index) => found && finished(found, discounts.get(index) ?? []));
}

interface Quoted {
  asked: UnpricedLine;
  quote: PriceQuote;
  unitPrice: number;
  amountMinor: number;
}

function quote(asked: UnpricedLine, totalBase: number, pricing: Pricing): Quoted | undefined {
  const { baseUnit, units } = asked.product;
  const { date } = pricing;
  const found = choosePrice(pricing.prices(asked.productId), { unit: asked.unit, baseUnit, units, date, totalBase });
  if (!found) return undefined;
  const unitPrice = asked.manual?.unitPrice ?? found.unitPrice;
  const amountMinor = lineAmountMinor(asked.quantity, unitPrice, found.price.currency);
  return { asked, quote: found, unitPrice, amountMinor };
}

/** By the place of the line. Lines of another currency than the first are not this order's: the rules refuse them. */
function discountsOf(
  quoted: readonly (Quoted | undefined)[],
  promotions: readonly Promotion[],
): Map<number, LineDiscount[]> {
  const currency = quoted.find((found) => found !== undefined)?.quote.price.currency;
  if (currency === undefined || promotions.length === 0) return new Map();
  // The rules refuse such an order; sums that are not exact would only add to it.
  if (sumMinor(quoted.map((found) => found?.amountMinor ?? 0)) === undefined) return new Map();
  const places = [...quoted.keys()].filter((index) => quoted[index]?.quote.price.currency === currency);
  const lines = places.flatMap((index) => {
    const found = quoted[index];
    return found ? [promotedLine(found)] : [];
  });
  const taken = applyPromotions(lines, promotions, currency);
  return new Map(places.map((index, at) => [index, taken[at] ?? []]));
}

function promotedLine({ asked, unitPrice, amountMinor }: Quoted) {
  const { productId, unit, quantity, quantityBase, manual } = asked;
  return {
    productId,
    quantityBase,
    amountMinor,
    name: `${productId} ${unit} ${quantity} ${unitPrice}`,
    fixed: manual !== undefined,
  };
}

function finished({ asked, quote: found, unitPrice, amountMinor }: Quoted, discounts: LineDiscount[]): PricedLine {
  const { productId, unit, quantity, quantityBase, product, manual } = asked;
  const { price, unitPrice: listUnitPrice } = found;
  const left = discounts.reduce((sum, { minor }) => sum - minor, amountMinor);
  const line: OrderLine = {
    productId,
    unit,
    quantity,
    quantityBase,
    unitPrice,
    amountMinor: left,
    priceKind: price.of === 'own' ? 'own' : 'list',
    priceId: price.priceId,
    priceRev: price.rev,
  };
  if (price.minQuantity !== undefined) line.tierQuantity = price.minQuantity;
  if (manual) line.manual = { listUnitPrice, reason: manual.reason };
  if (discounts.length > 0) line.discounts = discounts;
  if (product.taxBasisPoints !== undefined) {
    line.taxBasisPoints = product.taxBasisPoints;
    line.taxMinor = lineTax(left, product.taxBasisPoints, price.taxIncluded);
    if (price.taxIncluded) line.taxIncluded = true;
  }
  return { line, listUnitPrice, currency: price.currency };
}
