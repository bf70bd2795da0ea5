/**
 * Settles once more what had been settled before central was set back. Central's own receipt proves that it had: what it
 * came to then is what it comes to now. The rules are not asked again, for the goods have gone and the customer has been
 * told; what they would say is written down for a person.
 *
 * Guarantees: an order comes back under its number, its versions in their order, but for those that stand in no other's way
 * (payments, say), which take the version that is free; an amendment waits for what it changed, whoever brings that.
 * What a new mutation has overtaken meanwhile is not laid over it: it is refused as changed, and
 * comes back to its desk for a person to decide.
 */
import { businessDay } from '../../src-shared/domain/business-day.ts';
import { errorIssue, type Issue } from '../../src-shared/domain/issue.ts';
import type { Currency } from '../../src-shared/domain/money.ts';
import { lineAmountMinor } from '../../src-shared/domain/money.ts';
import type { Order, OrderLine } from '../../src-shared/domain/order.ts';
import { priceLines, type UnpricedLine } from '../../src-shared/domain/pricing/price-lines.ts';
import { runsFor } from '../../src-shared/domain/pricing/promotion.ts';
import { lineTax } from '../../src-shared/domain/pricing/tax.ts';
import { lineGrossMinor, orderTotals } from '../../src-shared/domain/order-totals.ts';
import { toBaseQuantity } from '../../src-shared/domain/quantity.ts';
import { factorOf } from '../../src-shared/domain/unit.ts';
import type { Actor } from '../../src-shared/mutations/actor.ts';
import { amended, cancelled, placed, type Priced } from '../../src-shared/mutations/effects.ts';
import { askedLinesOf, isContent, type StepIntent } from '../../src-shared/mutations/registry.ts';
import { dueDateOf, isOvertaken } from '../../src-shared/mutations/judge.ts';
import { stepped } from '../../src-shared/mutations/step-effects.ts';
import { stockMoves, type StockMove } from '../../src-shared/domain/lifecycle/fulfilment.ts';
import { reviewsOf, stateUnderReview } from '../../src-shared/domain/lifecycle/reviews.ts';
import type { OrderContent } from '../../src-shared/mutations/order-place.ts';
import type { ReofferedMutation } from '../../src-shared/protocol/reoffer.ts';
import type { Device } from '../identity/device.ts';
import { dependenciesOf, endUnjudged, incarnationOf, type Candidate } from '../mutations/judge-batch.ts';
import { placeOf, type BatchState } from '../mutations/batch-state.ts';

export interface Returning {
  candidate: Candidate;
  offer: ReofferedMutation;
}

export interface Finding {
  kind: 'stock' | 'conflict' | 'mismatch';
  details: Record<string, unknown>;
}

export type Again =
  /** Central has its receipt now; also where it had it. */
  { settled: true; findings: Finding[] } | { settled: false; why: 'dependency' | 'version' | 'row'; missing: string[] };

export interface AgainContext {
  device: Device;
  currency: Currency;
  /** Unix milliseconds by central's clock. */
  at: number;
}

export function judgeAgain(state: BatchState, returning: Returning, context: AgainContext): Again {
  const { candidate, offer } = returning;
  const { body, intent } = candidate;
  const known = state.receipts.get(body.id);
  if (known) {
    const same = known.bodyHash === offer.bodyHash;
    return { settled: true, findings: same ? [] : [{ kind: 'mismatch', details: { knownHash: known.bodyHash } }] };
  }
  const missing = body.dependsOn.filter((dependency) => !state.receipts.has(dependency));
  if (missing.length > 0) return { settled: false, why: 'dependency', missing };
  if (offer.verdict === 'refused') {
    addReceipt(state, returning, context, { verdict: 'refused', issues: offer.issues, at: offer.judgedAt });
    return { settled: true, findings: [] };
  }
  const current = state.current(intent.args.orderId);
  const expected = expectedVersion(state, returning, context.device);
  if ((current?.version ?? 0) < expected) {
    return { settled: false, why: 'version', missing: [`${intent.args.orderId}@${expected}`] };
  }
  const conflict = conflictOf(state, returning, expected);
  if (conflict) {
    addReceipt(state, returning, context, { verdict: 'refused', issues: [conflict], at: context.at });
    return { settled: true, findings: [{ kind: 'conflict', details: { code: conflict.code, ...conflict.params } }] };
  }
  const absent = absentRows(state, returning, current);
  if (absent.length > 0) return { settled: false, why: 'row', missing: absent };
  return { settled: true, findings: apply(state, returning, context) };
}

/** The version that the order had when this mutation was applied to it; 0 for none. */
function expectedVersion(state: BatchState, { candidate }: Returning, device: Device): number {
  if (candidate.intent.name === 'order.place') return 0;
  const applied = dependenciesOf(state, candidate, device).filter((receipt) => receipt.verdict === 'applied');
  return candidate.intent.args.baseVersion + applied.length;
}

/** What has happened in the new epoch that this can't be laid over. */
function conflictOf(state: BatchState, { candidate }: Returning, expected: number): Issue | undefined {
  const { orderId, number } = candidate.intent.args;
  const current = state.current(orderId);
  if (isOvertaken(current, expected, candidate.intent)) {
    return errorIssue('order.changed', ['orderId'], {
      params: { expected, version: current?.version ?? 0 },
      repairs: [{ kind: 'editOrder' }],
    });
  }
  if (!current && (state.numbers.get(number) ?? orderId) !== orderId) {
    return errorIssue('order.numberTaken', ['number'], { params: { number } });
  }
  return undefined;
}

/** Rows that the order refers to and this database does not have yet: a customer, products that were imported later. */
function absentRows(state: BatchState, { candidate }: Returning, current: Order | undefined): string[] {
  const { intent } = candidate;
  const absent = new Set<string>();
  if (!state.customer(intent.args.customerId)) absent.add(`customer ${intent.args.customerId}`);
  for (const { productId, unit } of askedLinesOf(intent)) {
    const product = state.product(productId);
    if (!product) absent.add(`product ${productId}`);
    else if (factorOf(product.units, unit) === undefined) absent.add(`unit ${unit} of product ${productId}`);
  }
  for (const { productId } of current?.lines ?? []) if (!state.product(productId)) absent.add(`product ${productId}`);
  return [...absent];
}

function apply(state: BatchState, returning: Returning, context: AgainContext): Finding[] {
  const { candidate, offer } = returning;
  const { body, intent } = candidate;
  const current = state.current(intent.args.orderId);
  const by = actorOf(returning, context);
  let order: Order;
  if (intent.name === 'order.cancel') order = cancelled(current, intent.args, context.currency, by);
  else if (isContent(intent)) {
    const judged = asItWas(state, intent.args, { current, currency: context.currency });
    order = intent.name === 'order.place' ? placed(intent.args, judged, by) : amended(current, intent.args, judged, by);
  } else order = stepAsItWas(state, intent, { current, by, timeZone: context.device.branch.timeZone });
  const moves = stockMoves(current, order);
  const findings = makeRoom(state, moves, order);
  const dependencies = dependenciesOf(state, candidate, context.device);
  state.applyOrder(order, { moves, madeIn: body.incarnationId });
  for (const receipt of dependencies) {
    if (receipt.verdict === 'refused' && receipt.supersededBy === null) state.supersede(receipt, body.id);
  }
  endUnjudged(state, candidate, context);
  addReceipt(state, returning, context, { verdict: 'applied', issues: offer.issues, at: offer.judgedAt });
  return findings;
}

/** What somebody did at the order, whatever the rules would say to it today. */
function stepAsItWas(
  state: BatchState,
  intent: StepIntent,
  of: { current: Order | undefined; by: Actor; timeZone: string },
): Order {
  if (!of.current) throw new Error(`${intent.name} of an order that is not there`);
  const customer = state.customer(of.current.customerId);
  const reviews = reviewsOf(of.current, state.reviews(), customer?.groupId);
  const dueDate = dueDateOf(customer?.terms, businessDay(of.by.at, of.timeZone));
  return stepped(of.current, intent, of.by, { reviews, dueDate, available: (product) => state.available(product) });
}

/** The lines with the prices that the customer was told, whatever lists, promotions and tax say by now. */
function asItWas(
  state: BatchState,
  content: OrderContent,
  of: { current: Order | undefined; currency: Currency },
): Priced {
  const date = of.current?.businessDate ?? content.businessDate;
  const customer = state.customer(content.customerId);
  const counted = content.lines.map((asked) => counts(state, asked));
  const priced = priceLines(counted, {
    prices: (product) => state.prices(product, content.customerId),
    promotions: customer ? state.promotions().filter((each) => runsFor(each, customer, date)) : [],
    date,
  });
  const found = priced.find((line) => line !== undefined);
  const currency = of.current?.currency ?? found?.currency ?? of.currency;
  const lines = content.lines.map((asked, index): OrderLine => {
    const now = priced[index];
    const told = grossTold(asked, currency);
    const same = now && (asked.manual !== undefined || now.listUnitPrice === asked.quotedUnitPrice);
    if (same && lineGrossMinor(now.line) === told) return now.line;
    const line = counted[index];
    if (!line) throw new Error(`line ${index} was not counted`);
    return pastLine(line, { asked, told });
  });
  // Who had it looked at then has it looked at again: what the customer owed is not known any more.
  const looked = content.approval === true || customer?.hold?.kind === 'onHold';
  const told = {
    lines,
    currency,
    ...(orderTotals(lines) ?? { totalMinor: 0 }),
    ...(looked ? { creditReview: true as const } : {}),
    ...(content.oldFacts ? { oldFacts: content.oldFacts } : {}),
  };
  const reviews = reviewsOf({ ...told, customerId: content.customerId }, state.reviews(), customer?.groupId);
  return { ...told, state: stateUnderReview(reviews) ?? 'allocated' };
}

type AskedLine = OrderContent['lines'][number];

function counts(state: BatchState, { productId, unit, quantity, manual }: AskedLine): UnpricedLine {
  const product = state.product(productId);
  const quantityBase = toBaseQuantity(quantity, (product && factorOf(product.units, unit)) ?? 0);
  if (!product || quantityBase === undefined) throw new Error(`product ${productId} can't be measured by "${unit}"`);
  return { productId, unit, quantity, quantityBase, product, manual };
}

/** Desks of before protocol 3 told neither discounts nor tax: the price times the quantity. */
function grossTold({ quantity, quotedUnitPrice, quotedGrossMinor, manual }: AskedLine, currency: Currency): number {
  return quotedGrossMinor ?? lineAmountMinor(quantity, manual?.unitPrice ?? quotedUnitPrice, currency);
}

/** What was taken off nobody knows any more. The tax, where the product has one, was in what was told. */
function pastLine(line: UnpricedLine, { asked, told }: { asked: AskedLine; told: number }): OrderLine {
  const { productId, unit, quantity, quantityBase, product } = line;
  const unitPrice = asked.manual?.unitPrice ?? asked.quotedUnitPrice;
  const past: OrderLine = {
    productId,
    unit,
    quantity,
    quantityBase,
    unitPrice,
    amountMinor: told,
    priceKind: 'past',
    priceId: null,
  };
  if (asked.manual) past.manual = { listUnitPrice: asked.quotedUnitPrice, reason: asked.manual.reason };
  const rate = product.taxBasisPoints;
  if (rate === undefined || asked.quotedGrossMinor === undefined) return past;
  return { ...past, taxBasisPoints: rate, taxMinor: lineTax(told, rate, true), taxIncluded: true };
}

/**
 * The goods have gone, so there were that many: where the restored stock knows of fewer, it is taken along, and somebody
 * is told to count.
 */
function makeRoom(state: BatchState, moves: ReadonlyMap<string, StockMove>, order: Order): Finding[] {
  const findings: Finding[] = [];
  for (const [productId, { allocated, onHand }] of moves) {
    const stock = state.stock.get(productId) ?? { onHand: 0, allocated: 0, rev: 0, touched: false };
    state.stock.set(productId, stock);
    // As many as are set aside after it, and those that leave with it.
    const needed = stock.allocated + allocated - onHand;
    if (needed === 0 || needed <= stock.onHand) continue;
    findings.push({ kind: 'stock', details: { productId, onHandBase: stock.onHand, raisedToBase: needed } });
    state.takeAlong(order, { productId, quantityBase: needed - stock.onHand });
  }
  return findings;
}

function actorOf({ candidate, offer }: Returning, { device }: AgainContext): Actor {
  const { body, signed } = candidate;
  return {
    mutationId: body.id,
    userId: signed.userId,
    userName: signed.displayName,
    deviceId: device.deviceId,
    deviceName: device.name,
    at: offer.judgedAt,
    madeAt: body.madeAt,
  };
}

function addReceipt(
  state: BatchState,
  { candidate, offer }: Returning,
  { device }: AgainContext,
  of: { verdict: 'applied' | 'refused'; issues: Issue[]; at: number },
): void {
  const { body } = candidate;
  const incarnationId = incarnationOf(candidate);
  const place = placeOf({ incarnationId, seq: offer.seq });
  state.addReceipt({
    mutationId: body.id,
    deviceId: device.deviceId,
    branchId: device.branch.branchId,
    incarnationId,
    // Its place says nothing any more when another has it: ids are what counts.
    seq: state.places.has(place) ? null : offer.seq,
    lane: body.lane,
    name: body.name,
    bodyHash: offer.bodyHash,
    refusedBody: of.verdict === 'refused' ? offer.body : null,
    verdict: of.verdict,
    issues: of.issues,
    supersededBy: null,
    judgedAt: of.at,
    userId: candidate.signed.userId,
    madeAt: body.madeAt,
    rev: 1,
    state: 'new',
  });
}
