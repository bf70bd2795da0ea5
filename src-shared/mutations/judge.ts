/**
 * One rulebook, run twice: the verdict on a mutation, from what the judging side knows. The desk runs it to show at
 * once what will happen; central runs it on locked rows and means it.
 *
 * Guarantees: pure; the same inputs give the same verdict on both sides. It does not check who may speak: the
 * signature, the session and the scope are central's to check before.
 */
import type { Branch } from '../domain/branch.ts';
import { businessDay, daysAfter } from '../domain/business-day.ts';
import { claimOf } from '../domain/credit.ts';
import type { CreditTerms } from '../domain/customer.ts';
import { errorIssue, hasError, type Issue } from '../domain/issue.ts';
import type { CustomerId } from '../domain/ids.ts';
import { stockSharesOf } from '../domain/lifecycle/fulfilment.ts';
import { stateOf, type OrderState } from '../domain/lifecycle/order-state.ts';
import { reviewsOf, stateUnderReview } from '../domain/lifecycle/reviews.ts';
import type { Currency } from '../domain/money.ts';
import { isStorableText, type Order, type OrderEvent } from '../domain/order.ts';
import type { OrderFacts } from '../domain/order-facts.ts';
import { parseOrderNumber } from '../domain/order-number.ts';
import { judgeOrder, type Judgement } from '../domain/order-rules.ts';
import type { Role } from '../domain/role.ts';
import type { Actor } from './actor.ts';
import { amended, cancelled, placed } from './effects.ts';
import { actionIssue, stepIssues } from './judge-step.ts';
import type { OrderContent } from './order-place.ts';
import { isContent, standsInNoWay, type MutationIntent, type StepIntent } from './registry.ts';
import { stateByGoods, stepped } from './step-effects.ts';

export interface JudgingState {
  /** The order as it stands, `undefined` when there is none. */
  current: Order | undefined;
  /** How many of the mutation's `dependsOn` were applied. */
  dependenciesApplied: number;
  branch: Pick<Branch, 'branchId' | 'code' | 'warehouseId' | 'timeZone'>;
  /** The code of the incarnation that made the mutation: order numbers must carry it. */
  incarnationCode: string;
  /** The house's currency: what a cancelled order without lines is kept in. */
  currency: Currency;
  facts: OrderFacts;
  /** Of the person who asks: at central as it is now, whatever it was when the mutation was made. */
  role: Role;
  shortage: Issue['severity'];
}

export type Verdict = { verdict: 'applied'; order: Order; issues: Issue[] } | { verdict: 'refused'; issues: Issue[] };

export function judgeMutation(intent: MutationIntent, state: JudgingState, by: Actor): Verdict {
  const blocking = preconditions(intent, state);
  if (blocking) return { verdict: 'refused', issues: [blocking] };
  if (intent.name === 'order.cancel') {
    if (!isStorableText(intent.args.reason)) {
      return { verdict: 'refused', issues: [errorIssue('note.unstorable', ['reason'])] };
    }
    const customer = state.current ? undefined : state.facts.customer(intent.args.customerId);
    if (!state.current && customer?.branchId !== intent.args.branchId) {
      return { verdict: 'refused', issues: [errorIssue('customer.unknown', ['customerId'])] };
    }
    return { verdict: 'applied', order: cancelled(state.current, intent.args, state.currency, by), issues: [] };
  }
  if (!isContent(intent)) return judgeStep(intent, state, by);
  const { args } = intent;
  const facts = withOwnAllocation(state);
  const asked = { ...args, businessDate: state.current?.businessDate ?? args.businessDate };
  const granted = grantedMinor(state.current, args.customerId);
  const judged = judgeOrder(asked, facts, { ...state, before: state.current?.lines, grantedMinor: granted });
  if (hasError(judged.issues) || judged.currency === null) return { verdict: 'refused', issues: judged.issues };
  const told = { ...judged, oldFacts: args.oldFacts };
  const priced = { ...told, state: stateOnPlacing(args.customerId, told, facts) };
  const make = intent.name === 'order.place' ? placed(args, priced, by) : amended(state.current, args, priced, by);
  return { verdict: 'applied', order: make, issues: judged.issues };
}

/** What the customer may owe for the order already, minor units: what nobody has to look at any more. */
export function grantedMinor(current: Order | undefined, customerId: string): number {
  if (!current || current.customerId !== customerId) return 0;
  const state = stateOf(current);
  return state === 'orderReview' || state === 'financeReview' ? 0 : current.totalMinor;
}

/** Where an order stands whose content is new: before its first review, or as the goods have it. */
function stateOnPlacing(
  customerId: CustomerId,
  judged: Judgement & Pick<Order, 'oldFacts'>,
  facts: OrderFacts,
): OrderState {
  const reviews = reviewsOf({ ...judged, customerId }, facts.reviews(), facts.customer(customerId)?.groupId);
  return stateUnderReview(reviews) ?? stateByGoods(judged.lines);
}

function judgeStep(intent: StepIntent, { current, facts, role, branch }: JudgingState, by: Actor): Verdict {
  if (!current) return { verdict: 'refused', issues: [errorIssue('order.unknown', ['orderId'])] };
  const policy = facts.reviews();
  const issues = stepIssues(intent, current, { policy, userId: by.userId, role });
  if (issues.length > 0) return { verdict: 'refused', issues };
  const customer = facts.customer(current.customerId);
  const reviews = reviewsOf(current, policy, customer?.groupId);
  const dueDate = dueDateOf(customer?.terms, businessDay(by.at, branch.timeZone));
  const order = stepped(current, intent, by, { reviews, dueDate, available: (product) => facts.available(product) });
  return { verdict: 'applied', order, issues: [] };
}

/** Until when a customer on those terms has to pay what leaves today. */
export function dueDateOf(terms: CreditTerms | undefined, today: string): string | undefined {
  return terms && daysAfter(today, terms.days);
}

function preconditions(intent: MutationIntent, state: JudgingState): Issue | undefined {
  const { current } = state;
  const { args } = intent;
  if (args.branchId !== state.branch.branchId || args.warehouseId !== state.branch.warehouseId) {
    return errorIssue('user.notAllowed', ['branchId']);
  }
  if (current && current.branchId !== state.branch.branchId) return errorIssue('user.notAllowed', ['orderId']);
  if (!current) {
    const wrong = numberIssue(args, state);
    if (wrong) return wrong;
  }
  if (intent.name === 'order.place') {
    return current ? errorIssue('order.exists', ['orderId'], { params: { number: current.number } }) : undefined;
  }
  // An order that isn't there may only be made by mending a placing of one's own that was refused.
  const expected = intent.args.baseVersion + state.dependenciesApplied;
  if (!current && intent.args.baseVersion > 0) return errorIssue('order.unknown', ['orderId']);
  if (isOvertaken(current, expected, intent)) {
    return errorIssue('order.changed', ['orderId'], {
      params: { expected, version: current?.version ?? 0 },
      repairs: [{ kind: 'editOrder' }],
    });
  }
  if (!current || !(intent.name === 'order.amend' || intent.name === 'order.cancel')) return undefined;
  return actionIssue(intent.name === 'order.amend' ? 'amend' : 'cancel', current, state.role);
}

/**
 * Whether the order is another than the mutation was made for. Money that came in meanwhile makes it no other, nor does a
 * refused change that was let go of; and to those it is the same whatever was changed.
 */
export function isOvertaken(current: Order | undefined, expected: number, intent: MutationIntent): boolean {
  const version = current?.version ?? 0;
  if (version <= expected) return version < expected;
  if (standsInNoWay(intent)) return false;
  const besides = (current?.history ?? []).filter((each) => each.version > expected && leftAllAsItWas(each));
  return besides.length < version - expected;
}

function leftAllAsItWas({ what }: OrderEvent): boolean {
  return what === 'paid' || what === 'refunded' || what === 'paymentVoided' || what === 'letGo';
}

function numberIssue(args: Pick<OrderContent, 'number'>, state: JudgingState): Issue | undefined {
  const parts = parseOrderNumber(args.number);
  if (parts?.branchCode === state.branch.code && parts.incarnationCode === state.incarnationCode) return undefined;
  return errorIssue('order.numberInvalid', ['number'], { params: { number: args.number } });
}

/** What the order's own earlier version holds is there for its amendment. */
function withOwnAllocation(state: JudgingState): OrderFacts {
  const { facts, current } = state;
  return current ? withoutOwn(facts, current) : facts;
}

/** The same facts as if the order were not there: what it holds may be taken again, what it claims be owed again. */
export function withoutOwn(facts: OrderFacts, own: Order): OrderFacts {
  const held = stockSharesOf(own);
  return {
    customer: (id) => facts.customer(id),
    product: (id) => facts.product(id),
    prices: (product, customer) => facts.prices(product, customer),
    promotions: () => facts.promotions(),
    manualPrices: () => facts.manualPrices(),
    reviews: () => facts.reviews(),
    creditPolicy: () => facts.creditPolicy(),
    credit: (id) => {
      const credit = facts.credit(id);
      if (!credit || id !== own.customerId || credit.account.currency !== own.currency) return credit;
      const { onOrderMinor } = claimOf(own);
      return { ...credit, account: { ...credit.account, onOrderMinor: credit.account.onOrderMinor - onOrderMinor } };
    },
    available: (product) => facts.available(product) + (held.get(product)?.allocated ?? 0),
  };
}
