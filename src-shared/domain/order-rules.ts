/**
 * The rulebook of an order: pure, the same on the desk (at once, on its replica) and at central (finally, on locked
 * rows). It finds everything that is wrong, not the first thing, because a person repairs an order in one go.
 *
 * It never changes what was asked for: a quantity is not clipped, a price not replaced. It says so, with a repair.
 */
import type { BranchId, CustomerId, ProductId } from './ids.ts';
import { errorIssue, type Issue, type Repair } from './issue.ts';
import { lineAmountMinor, sumMinor, type Currency } from './money.ts';
import { isStorableText, MAX_NOTE_LENGTH, MAX_ORDER_LINES, type OrderLine } from './order.ts';
import type { OrderFacts, ProductFacts } from './order-facts.ts';
import { quotePrice } from './price-list.ts';
import { largestQuantityWithin, MAX_LINE_QUANTITY_BASE, ONE, roundUpToStep, toBaseQuantity } from './quantity.ts';
import { factorOf } from './unit.ts';

export interface AskedLine {
  productId: ProductId;
  unit: string;
  /** Thousandths of the unit; `undefined` where what was typed is no number, `NaN` where it has too many decimals. */
  quantity: number | undefined;
  /** The unit price that the customer was told, in ten-thousandths; absent when nothing was said yet. */
  quotedUnitPrice?: number;
}

export interface AskedOrder {
  branchId: BranchId;
  customerId: CustomerId;
  businessDate: string;
  note: string;
  lines: readonly AskedLine[];
}

export interface Judgement {
  /** The priced lines; complete only when no issue is an error on a line. */
  lines: OrderLine[];
  /** The currency of the prices; null when no line could be priced. */
  currency: Currency | null;
  totalMinor: number;
  issues: Issue[];
}

/**
 * Judges an order.
 *
 * @param shortage how short stock counts: an `error` at central, whose stock is the stock; a `warning` on a desk, whose
 *                 picture of it has an age.
 */
export function judgeOrder(asked: AskedOrder, facts: OrderFacts, shortage: Issue['severity']): Judgement {
  const issues: Issue[] = [...judgeHead(asked, facts)];
  if (asked.lines.length > MAX_ORDER_LINES) {
    // Judging a million lines would only make the refusal late.
    return { lines: [], currency: null, totalMinor: 0, issues };
  }
  const lines: OrderLine[] = [];
  const left = new Map<ProductId, number>();
  let currency: Currency | null = null;
  for (const [index, line] of asked.lines.entries()) {
    const judged = judgeLine(line, index, asked, facts);
    issues.push(...judged.issues);
    if (!judged.line || !judged.product || !judged.currency) continue;
    if (currency !== null && currency !== judged.currency) {
      issues.push(
        errorIssue('currency.mixed', ['lines', index], { params: { first: currency, other: judged.currency } }),
      );
      continue;
    }
    currency = judged.currency;
    lines.push(judged.line);
    const short = takeStock(judged.line, judged.product, index, left, facts, shortage);
    if (short) issues.push(short);
  }
  const totalMinor = sumMinor(lines.map((line) => line.amountMinor));
  if (totalMinor === undefined) issues.push(errorIssue('order.totalTooLarge', ['lines']));
  return { lines, currency, totalMinor: totalMinor ?? 0, issues };
}

function judgeHead(asked: AskedOrder, facts: OrderFacts): Issue[] {
  const issues: Issue[] = [];
  const customer = facts.customer(asked.customerId);
  if (!customer) issues.push(errorIssue('customer.unknown', ['customerId']));
  else if (customer.branchId !== asked.branchId) issues.push(errorIssue('customer.otherBranch', ['customerId']));
  else if (!customer.active) issues.push(errorIssue('customer.inactive', ['customerId']));
  if (asked.note.length > MAX_NOTE_LENGTH) {
    issues.push(errorIssue('note.tooLong', ['note'], { params: { length: asked.note.length, max: MAX_NOTE_LENGTH } }));
  }
  if (!isStorableText(asked.note)) issues.push(errorIssue('note.unstorable', ['note']));
  if (asked.lines.length === 0) issues.push(errorIssue('order.noLines', ['lines']));
  if (asked.lines.length > MAX_ORDER_LINES) {
    const params = { count: asked.lines.length, max: MAX_ORDER_LINES };
    issues.push(errorIssue('order.tooManyLines', ['lines'], { params }));
  }
  return issues;
}

interface JudgedLine {
  issues: Issue[];
  line?: OrderLine;
  product?: ProductFacts;
  currency?: Currency;
}

function judgeLine(asked: AskedLine, index: number, of: AskedOrder, facts: OrderFacts): JudgedLine {
  const fail = (...issues: Issue[]): JudgedLine => ({ issues });
  const remove: Repair[] = [{ kind: 'removeLine', line: index }];
  const product = facts.product(asked.productId);
  if (!product) return fail(errorIssue('product.unknown', ['lines', index, 'productId'], { repairs: remove }));
  if (!product.active) return fail(errorIssue('product.inactive', ['lines', index, 'productId'], { repairs: remove }));
  const factor = factorOf(product.units, asked.unit);
  if (factor === undefined) {
    return fail(errorIssue('unit.unknown', ['lines', index, 'unit'], { params: { unit: asked.unit } }));
  }
  const measured = measure(asked.quantity, factor, product.step, index);
  if ('code' in measured) return fail(measured);
  const quote = quotePrice(facts.prices(asked.productId, of.customerId), {
    unit: asked.unit,
    baseUnit: product.baseUnit,
    units: product.units,
    date: of.businessDate,
  });
  if (!quote) return fail(errorIssue('price.missing', ['lines', index, 'unitPrice'], { repairs: remove }));
  const issues: Issue[] = [];
  if (asked.quotedUnitPrice !== undefined && asked.quotedUnitPrice !== quote.unitPrice) {
    const params = { quoted: asked.quotedUnitPrice, now: quote.unitPrice, currency: quote.currency };
    const repairs: Repair[] = [{ kind: 'acceptPrice', line: index, unitPrice: quote.unitPrice }];
    issues.push(errorIssue('price.changed', ['lines', index, 'unitPrice'], { params, repairs }));
  }
  return {
    issues,
    product,
    currency: quote.currency,
    line: {
      productId: asked.productId,
      unit: asked.unit,
      quantity: measured.quantity,
      quantityBase: measured.quantityBase,
      unitPrice: quote.unitPrice,
      amountMinor: lineAmountMinor(measured.quantity, quote.unitPrice, quote.currency),
      priceKind: quote.own ? 'own' : 'list',
      priceId: quote.priceId,
    },
  };
}

/** Both measures of a quantity, or the issue that says why it is none. */
function measure(
  quantity: number | undefined,
  factor: number,
  step: number,
  index: number,
): { quantity: number; quantityBase: number } | Issue {
  const path = ['lines', index, 'quantity'];
  if (quantity === undefined) return errorIssue('quantity.notANumber', path);
  if (Number.isNaN(quantity)) return errorIssue('quantity.tooPrecise', path);
  if (quantity <= 0) return errorIssue('quantity.notPositive', path);
  // Unsafe integers fail here too: their BigInt is far past the limit.
  if (
    !Number.isSafeInteger(quantity) ||
    BigInt(quantity) * BigInt(factor) > BigInt(MAX_LINE_QUANTITY_BASE) * BigInt(ONE)
  ) {
    return errorIssue('quantity.tooLarge', path, {
      params: { max: Math.floor((MAX_LINE_QUANTITY_BASE / factor) * ONE) },
    });
  }
  const quantityBase = toBaseQuantity(quantity, factor);
  if (quantityBase === undefined || quantityBase % step !== 0) {
    const up = roundUpToStep(quantity, factor, step);
    const params = { stepBase: step, nearest: up };
    return errorIssue('quantity.notStep', path, {
      params,
      repairs: [{ kind: 'setQuantity', line: index, quantity: up }],
    });
  }
  return { quantity, quantityBase };
}

/** Takes a line's quantity from what is left of its product in this order; the issue when there isn't enough. */
function takeStock(
  line: OrderLine,
  product: ProductFacts,
  index: number,
  left: Map<ProductId, number>,
  facts: OrderFacts,
  severity: Issue['severity'],
): Issue | undefined {
  const available = left.get(line.productId) ?? facts.available(line.productId);
  left.set(line.productId, available - line.quantityBase);
  if (line.quantityBase <= available) return undefined;
  const factor = factorOf(product.units, line.unit) ?? ONE;
  const quantity = largestQuantityWithin(available, factor, product.step);
  const repairs: Repair[] = quantity > 0 ? [{ kind: 'takeAvailable', line: index, quantity }] : [];
  repairs.push({ kind: 'removeLine', line: index });
  const params = {
    wantedBase: line.quantityBase,
    availableBase: Math.max(available, 0),
    missingBase: line.quantityBase - Math.max(available, 0),
  };
  return { code: 'stock.short', path: ['lines', index, 'quantity'], params, severity, repairs };
}
