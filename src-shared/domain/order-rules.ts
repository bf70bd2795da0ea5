/**
 * The rulebook of an order: pure, the same on the desk (at once, on its replica) and at central (finally, on locked
 * rows). It finds everything that is wrong, not the first thing, because a person repairs an order in one go.
 *
 * It never changes what was asked for: a quantity is not clipped, a price not replaced. It says so, with a repair.
 */
import type { AskedLine, AskedOrder } from './asked-order.ts';
import { judgeCredit, type CreditVerdict } from './credit-rules.ts';
import type { ProductId } from './ids.ts';
import { errorIssue, type Issue, type Repair } from './issue.ts';
import type { Currency } from './money.ts';
import { isStorableText, MAX_NOTE_LENGTH, MAX_ORDER_LINES, type OrderLine } from './order.ts';
import type { CustomerFacts, OrderFacts } from './order-facts.ts';
import { measure, orderQuantityIssues, quantityWithin, type CountedLine } from './order-quantities.ts';
import { orderTotals } from './order-totals.ts';
import { isPossiblePrice, manualIssue, quoteIssue } from './pricing/price-issues.ts';
import { priceLines, type PricedLine } from './pricing/price-lines.ts';
import { runsFor } from './pricing/promotion.ts';
import type { Role } from './role.ts';
import { factorOf } from './unit.ts';

export interface Judgement {
  /** The priced lines; complete only when no issue is an error on a line. */
  lines: OrderLine[];
  /** Where each of them stands on the order that was asked for, from 0. */
  places: number[];
  /** The currency of the prices; null when no line could be priced. */
  currency: Currency | null;
  totalMinor: number;
  /** Left out where no line is taxed. */
  taxMinor?: number;
  /** Left out where nobody has to look at what the customer owes. */
  creditReview?: true;
  issues: Issue[];
}

export interface Judge {
  /**
   * How short stock counts: an `error` at central, whose stock is the stock; a `warning` on a desk, whose picture of it
   * has an age.
   */
  shortage: Issue['severity'];
  /** Of the person who asks. */
  role: Role;
  /** The order's lines as they stand, of an amendment. */
  before?: readonly OrderLine[] | undefined;
  /** What the customer may owe for it already, minor units. */
  grantedMinor?: number | undefined;
}

export function judgeOrder(asked: AskedOrder, facts: OrderFacts, judge: Judge): Judgement {
  const customer = facts.customer(asked.customerId);
  const issues: Issue[] = [...judgeHead(asked, customer)];
  if (asked.lines.length > MAX_ORDER_LINES) {
    // Judging a million lines would only make the refusal late.
    return { lines: [], places: [], currency: null, totalMinor: 0, issues };
  }
  const counted: CountedLine[] = [];
  for (const [index, line] of asked.lines.entries()) {
    const found = countLine(line, index, facts);
    if ('code' in found) issues.push(found);
    else counted.push(found);
  }
  issues.push(...orderQuantityIssues(counted));
  const priced = judgePrices(asked, counted, { facts, customer, judge, issues });
  issues.push(...shortages(asked, priced, { facts, severity: judge.shortage }));
  const lines = priced.map(({ line }) => line);
  const totals = orderTotals(lines);
  if (!totals) issues.push(errorIssue('order.totalTooLarge', ['lines']));
  const currency = priced[0]?.currency ?? null;
  const credit = totals && currency ? creditOf(asked, { ...totals, currency }, { facts, customer, judge }) : undefined;
  issues.push(...(credit?.issues ?? []));
  return {
    lines,
    places: priced.map(({ of }) => of.index),
    currency,
    ...(totals ?? { totalMinor: 0 }),
    ...(credit?.review ? { creditReview: true } : {}),
    issues,
  };
}

function creditOf(
  asked: AskedOrder,
  { totalMinor, currency }: { totalMinor: number; currency: Currency },
  { facts, customer, judge }: { facts: OrderFacts; customer: CustomerFacts | undefined; judge: Judge },
): CreditVerdict | undefined {
  if (customer === undefined || (customer.terms === undefined && customer.hold === undefined)) return undefined;
  return judgeCredit({
    credit: facts.credit(asked.customerId),
    hold: customer.hold,
    policy: facts.creditPolicy(),
    order: { totalMinor, currency, businessDate: asked.businessDate },
    grantedMinor: judge.grantedMinor ?? 0,
    approval: asked.approval === true,
    severity: judge.shortage,
  });
}

function judgeHead(asked: AskedOrder, customer: CustomerFacts | undefined): Issue[] {
  const issues: Issue[] = [];
  if (!customer) issues.push(errorIssue('customer.unknown', ['customerId']));
  else if (customer.branchId !== asked.branchId) issues.push(errorIssue('customer.otherBranch', ['customerId']));
  else if (!customer.active) issues.push(errorIssue('customer.inactive', ['customerId']));
  else if (customer.hold?.kind === 'blocked') {
    const params = { reason: customer.hold.reason, ask: 'manager' };
    issues.push(errorIssue('customer.blocked', ['customerId'], { params }));
  }
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

/** The line with its product and both measures, or the one issue that says why it can't be counted. */
function countLine(asked: AskedLine, index: number, facts: OrderFacts): CountedLine | Issue {
  const repairs: Repair[] = [{ kind: 'removeLine', line: index }];
  const product = facts.product(asked.productId);
  if (!product) return errorIssue('product.unknown', ['lines', index, 'productId'], { repairs });
  if (!product.active) return errorIssue('product.inactive', ['lines', index, 'productId'], { repairs });
  const factor = factorOf(product.units, asked.unit);
  if (factor === undefined) {
    return errorIssue('unit.unknown', ['lines', index, 'unit'], { params: { unit: asked.unit }, repairs });
  }
  const measured = measure({ quantity: asked.quantity, line: index }, factor, product.step);
  if ('code' in measured) return measured;
  return { index, productId: asked.productId, unit: asked.unit, product, ...measured };
}

/** A line that the order's currency has a price for. */
type JudgedLine = PricedLine & { of: CountedLine };

function judgePrices(
  asked: AskedOrder,
  counted: readonly CountedLine[],
  at: { facts: OrderFacts; customer: CustomerFacts | undefined; judge: Judge; issues: Issue[] },
): JudgedLine[] {
  const { facts, customer, judge, issues } = at;
  const priced = priceLines(
    counted.map((line) => {
      const manual = asked.lines[line.index]?.manual;
      return { ...line, manual: manual && isPossiblePrice(manual.unitPrice) ? manual : undefined };
    }),
    {
      prices: (product) => facts.prices(product, asked.customerId),
      promotions: customer ? facts.promotions().filter((each) => runsFor(each, customer, asked.businessDate)) : [],
      date: asked.businessDate,
    },
  );
  const uncounted = uncountedProducts(asked, counted, facts);
  const judged: JudgedLine[] = [];
  for (const [place, of] of counted.entries()) {
    const { index } = of;
    const found = priced[place];
    if (!found) {
      const repairs: Repair[] = [{ kind: 'removeLine', line: index }];
      issues.push(errorIssue('price.missing', ['lines', index, 'unitPrice'], { repairs }));
      continue;
    }
    const first = judged[0]?.currency ?? found.currency;
    if (found.currency !== first) {
      const repairs: Repair[] = [{ kind: 'removeLine', line: index }];
      issues.push(
        errorIssue('currency.mixed', ['lines', index], { params: { first, other: found.currency }, repairs }),
      );
      continue;
    }
    const line = { index, asked: asked.lines[index], priced: found };
    const agreed = isAgreed(found.line, judge.before);
    const wrong = manualIssue(line, facts.manualPrices(), { role: judge.role, agreed });
    if (wrong) issues.push(wrong);
    const quoted = wrong?.code === 'price.impossible' ? undefined : quoteIssue(line);
    if (quoted && isCertain(quoted, of.productId, uncounted)) issues.push(quoted);
    judged.push({ ...found, of });
  }
  return judged;
}

/** Products of lines whose quantity is yet to come: what other lines cost may hang on it. */
function uncountedProducts(
  asked: AskedOrder,
  counted: readonly CountedLine[],
  facts: OrderFacts,
): ReadonlySet<ProductId> {
  if (counted.length === asked.lines.length) return new Set();
  const done = new Set(counted.map(({ index }) => index));
  const open = asked.lines.filter((_, index) => !done.has(index)).map(({ productId }) => productId);
  return new Set(open.filter((productId) => facts.product(productId)));
}

/** A tier counts the product's lines, a promotion may count all. */
function isCertain({ code }: Issue, product: ProductId, uncounted: ReadonlySet<ProductId>): boolean {
  return code === 'price.changed' ? !uncounted.has(product) : uncounted.size === 0;
}

/** Whether the order has that manual price already: whoever amends it need not be who agreed to it. */
function isAgreed(line: OrderLine, before: readonly OrderLine[] = []): boolean {
  return before.some(
    ({ productId, unit, unitPrice, manual }) =>
      manual !== undefined && productId === line.productId && unit === line.unit && unitPrice === line.unitPrice,
  );
}

/**
 * Lines that ask for more than is left of their product when those before them have taken theirs. Where the line may wait
 * for goods, what is short is written on it instead.
 */
function shortages(
  asked: AskedOrder,
  lines: readonly JudgedLine[],
  { facts, severity }: { facts: OrderFacts; severity: Issue['severity'] },
): Issue[] {
  const issues: Issue[] = [];
  const totals = new Map<ProductId, number>();
  for (const { line } of lines) totals.set(line.productId, (totals.get(line.productId) ?? 0) + line.quantityBase);
  const left = new Map<ProductId, number>();
  for (const { of, line } of lines) {
    const available = left.get(line.productId) ?? facts.available(line.productId);
    left.set(line.productId, available - line.quantityBase);
    if (line.quantityBase <= available) continue;
    if (asked.lines[of.index]?.backorder) {
      line.backorderBase = line.quantityBase - Math.max(0, available);
      continue;
    }
    const quantity = quantityWithin(of, available, totals.get(line.productId) ?? 0);
    const repairs: Repair[] = quantity > 0 ? [{ kind: 'takeAvailable', line: of.index, quantity }] : [];
    repairs.push({ kind: 'backorder', line: of.index }, { kind: 'removeLine', line: of.index });
    const params = {
      wantedBase: line.quantityBase,
      availableBase: Math.max(available, 0),
      missingBase: line.quantityBase - Math.max(available, 0),
    };
    issues.push({ code: 'stock.short', path: ['lines', of.index, 'quantity'], params, severity, repairs });
  }
  return issues;
}
