/**
 * One rulebook, run twice: the verdict on a mutation, from what the judging side knows. The desk runs it to show at
 * once what will happen; central runs it on locked rows and means it.
 *
 * Guarantees: pure; the same inputs give the same verdict on both sides. It does not check who may speak: the
 * signature, the session and the scope are central's to check before.
 */
import type { Branch } from '../domain/branch.ts';
import { errorIssue, hasError, type Issue } from '../domain/issue.ts';
import type { Currency } from '../domain/money.ts';
import { isStorableText, type Order } from '../domain/order.ts';
import type { OrderFacts } from '../domain/order-facts.ts';
import { parseOrderNumber } from '../domain/order-number.ts';
import { judgeOrder } from '../domain/order-rules.ts';
import type { Role } from '../domain/role.ts';
import type { Actor } from './actor.ts';
import { amended, allocationOf, cancelled, placed } from './effects.ts';
import type { OrderContent } from './order-place.ts';
import type { MutationIntent } from './registry.ts';

export interface JudgingState {
  /** The order as it stands, `undefined` when there is none. */
  current: Order | undefined;
  /** How many of the mutation's `dependsOn` were applied. */
  dependenciesApplied: number;
  branch: Pick<Branch, 'branchId' | 'code' | 'warehouseId'>;
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
  const { args } = intent;
  const facts = withOwnAllocation(state);
  const asked = { ...args, businessDate: state.current?.businessDate ?? args.businessDate };
  const judged = judgeOrder(asked, facts, { ...state, before: state.current?.lines });
  if (hasError(judged.issues) || judged.currency === null) return { verdict: 'refused', issues: judged.issues };
  const make = intent.name === 'order.place' ? placed(args, judged, by) : amended(state.current, args, judged, by);
  return { verdict: 'applied', order: make, issues: judged.issues };
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
  if ((current?.version ?? 0) !== expected) {
    return errorIssue('order.changed', ['orderId'], {
      params: { expected, version: current?.version ?? 0 },
      repairs: [{ kind: 'editOrder' }],
    });
  }
  if (current && current.status !== 'placed') {
    return errorIssue('order.notOpen', ['orderId'], { params: { status: current.status } });
  }
  return undefined;
}

function numberIssue(args: Pick<OrderContent, 'number'>, state: JudgingState): Issue | undefined {
  const parts = parseOrderNumber(args.number);
  if (parts?.branchCode === state.branch.code && parts.incarnationCode === state.incarnationCode) return undefined;
  return errorIssue('order.numberInvalid', ['number'], { params: { number: args.number } });
}

/** What the order's own earlier version holds is there for its amendment. */
function withOwnAllocation(state: JudgingState): OrderFacts {
  const own = allocationOf(state.current);
  if (own.size === 0) return state.facts;
  const { facts } = state;
  return {
    customer: (id) => facts.customer(id),
    product: (id) => facts.product(id),
    prices: (product, customer) => facts.prices(product, customer),
    promotions: () => facts.promotions(),
    manualPrices: () => facts.manualPrices(),
    available: (product) => facts.available(product) + (own.get(product) ?? 0),
  };
}
