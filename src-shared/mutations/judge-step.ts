/** Whether a step may be taken with an order: by the table of actions, by its reviews, by what has left and come back. */
import type { MutationId } from '../domain/ids.ts';
import { errorIssue, type Issue, type Repair } from '../domain/issue.ts';
import { isAllOut, lineAllocatedBase, lineOpenBase, lineReturnableBase } from '../domain/lifecycle/fulfilment.ts';
import { barredFrom, type OrderAction } from '../domain/lifecycle/order-actions.ts';
import { stateOf } from '../domain/lifecycle/order-state.ts';
import { barredFromReview, type ReviewPolicy } from '../domain/lifecycle/reviews.ts';
import { openMinor } from '../domain/credit.ts';
import { paidIn } from '../domain/payments.ts';
import { isStorableText, MAX_REASON_LENGTH, MAX_TRACKING_LENGTH, type Order, type Payment } from '../domain/order.ts';
import type { Role } from '../domain/role.ts';
import type { MovedLines } from './order-steps.ts';
import type { StepIntent } from './registry.ts';
import { creditOf } from './step-effects.ts';

export const ACTION_OF: Record<StepIntent['name'], OrderAction> = {
  'order.approve': 'approveOrder',
  'order.reject': 'reject',
  'order.hold': 'hold',
  'order.release': 'release',
  'order.allocate': 'allocate',
  'order.pick': 'pick',
  'order.ship': 'ship',
  'order.closeRest': 'closeRest',
  'order.receive': 'receive',
  'order.complete': 'complete',
  'order.return': 'return',
  'order.pay': 'pay',
  'order.refund': 'refund',
  'order.voidPayment': 'voidPayment',
  'order.letGo': 'letGo',
};

export interface StepJudge {
  policy: ReviewPolicy;
  userId: string;
  role: Role;
}

/** Everything that is wrong with it; empty when it may be taken. */
export function stepIssues(intent: StepIntent, current: Order, judge: StepJudge): Issue[] {
  const barred = actionIssue(actionOf(intent), current, judge.role) ?? reviewIssue(intent, current, judge);
  if (barred) return [barred];
  const issues: Issue[] = [];
  if ('reason' in intent.args) issues.push(...reasonIssues(intent.args.reason));
  if (intent.name === 'order.ship') {
    issues.push(...trackingIssues(intent.args.tracking), ...movedIssues(intent.args.moved, current, 'ship'));
  }
  if (intent.name === 'order.return') {
    issues.push(...movedIssues(intent.args.moved, current, 'return'));
    if (issues.length === 0) issues.push(...creditIssues(intent.args, current));
  }
  if (intent.name === 'order.pay' || intent.name === 'order.refund') {
    issues.push(...paymentIssues(intent.name, intent.args, current));
  }
  if (intent.name === 'order.voidPayment') issues.push(...voidIssues(intent.args.ofPayment, current));
  if ((intent.name === 'order.receive' || intent.name === 'order.complete') && !isAllOut(current.lines)) {
    issues.push(restIssue(current));
  }
  return issues;
}

function actionOf(intent: StepIntent): OrderAction {
  return intent.name === 'order.approve' && intent.args.review === 'finance'
    ? 'approveFinance'
    : ACTION_OF[intent.name];
}

/** Also asked of amending and cancelling. */
export function actionIssue(action: OrderAction, current: Order, role: Role): Issue | undefined {
  const state = stateOf(current);
  const barred = barredFrom(action, { state, onHold: current.hold !== undefined }, role);
  if (!barred) return undefined;
  if (barred.why === 'role') {
    return errorIssue('order.roleMissing', ['orderId'], { params: { action, role, ask: barred.ask } });
  }
  if (barred.why === 'onHold') {
    const params = { action, reason: current.hold?.reason ?? '', ask: 'manager' };
    return errorIssue('order.onHold', ['orderId'], { params });
  }
  return errorIssue('order.notOpen', ['orderId'], { params: { status: current.status, state, action } });
}

function reviewIssue(intent: StepIntent, { history }: Order, { policy, userId, role }: StepJudge): Issue | undefined {
  if (intent.name !== 'order.approve') return undefined;
  const { review } = intent.args;
  const barred = barredFromReview(review, { policy, history, userId, role });
  if (!barred) return undefined;
  if (barred.why === 'fourEyes') return errorIssue('order.fourEyes', ['orderId'], { params: { ask: 'manager' } });
  return errorIssue('order.roleMissing', ['orderId'], { params: { action: 'approveFinance', role, ask: barred.ask } });
}

function reasonIssues(reason: string): Issue[] {
  const isGiven = reason.trim() !== '' && reason.length <= MAX_REASON_LENGTH && isStorableText(reason);
  return isGiven ? [] : [errorIssue('reason.missing', ['reason'], { params: { max: MAX_REASON_LENGTH } })];
}

function trackingIssues(tracking: string | null): Issue[] {
  if (tracking === null || (tracking.length <= MAX_TRACKING_LENGTH && isStorableText(tracking))) return [];
  return [errorIssue('tracking.tooLong', ['tracking'], { params: { max: MAX_TRACKING_LENGTH } })];
}

/** What leaves must be set aside, what comes back must have left; each line is named once. */
function movedIssues(moved: MovedLines, { lines }: Order, what: 'ship' | 'return'): Issue[] {
  if (moved.length === 0) return [errorIssue('moved.nothing', ['moved'])];
  const named = new Set<number>();
  return moved.flatMap(({ line: index, quantityBase }, at): Issue[] => {
    const path = ['moved', at, 'quantityBase'];
    const line = lines[index];
    if (!line || named.has(index))
      return [errorIssue('moved.line', ['moved', at, 'line'], { params: { line: index } })];
    named.add(index);
    if (quantityBase <= 0) return [errorIssue('quantity.notPositive', path)];
    const mostBase = what === 'ship' ? lineAllocatedBase(line) : lineReturnableBase(line);
    if (quantityBase <= mostBase) return [];
    const repairs: Repair[] = mostBase > 0 ? [{ kind: 'moveLess', line: index, quantityBase: mostBase }] : [];
    const params = { line: index, wantedBase: quantityBase, mostBase };
    return [errorIssue(what === 'ship' ? 'ship.tooMuch' : 'return.tooMuch', path, { params, repairs })];
  });
}

/** More than was paid is no credit for goods. */
function creditIssues(
  { moved, creditMinor }: { moved: MovedLines; creditMinor: number | null },
  { lines, currency }: Order,
): Issue[] {
  const mostMinor = creditOf(lines, moved);
  if (creditMinor === null || (creditMinor >= 0 && creditMinor <= mostMinor)) return [];
  const params = { quoted: creditMinor, now: mostMinor, currency };
  return [
    errorIssue('return.creditTooMuch', ['creditMinor'], {
      params,
      repairs: [{ kind: 'creditLess', minor: mostMinor }],
    }),
  ];
}

/** What comes in is owed, what goes back was paid too much. */
function paymentIssues(
  name: 'order.pay' | 'order.refund',
  { minor, reference }: Pick<Payment, 'minor' | 'reference'>,
  order: Order,
): Issue[] {
  if (minor <= 0) return [errorIssue('payment.notPositive', ['minor'])];
  if (reference.length > MAX_TRACKING_LENGTH || !isStorableText(reference)) {
    return [errorIssue('payment.reference', ['reference'], { params: { max: MAX_TRACKING_LENGTH } })];
  }
  const open = openMinor(order);
  const mostMinor = Math.max(0, name === 'order.pay' ? open : -open);
  if (minor <= mostMinor) return [];
  const params = { quoted: minor, now: mostMinor, currency: order.currency };
  const repairs: Repair[] = mostMinor > 0 ? [{ kind: 'payLess', minor: mostMinor }] : [];
  return [errorIssue(name === 'order.pay' ? 'payment.tooMuch' : 'refund.tooMuch', ['minor'], { params, repairs })];
}

function voidIssues(ofPayment: MutationId, { history }: Order): Issue[] {
  const event = history.find(({ mutationId }) => mutationId === ofPayment);
  const isPayment = event?.what === 'paid' || event?.what === 'refunded';
  if (!isPayment || history.some((each) => each.ofPayment === ofPayment)) {
    return [errorIssue('payment.unknown', ['ofPayment'], { params: { ask: 'manager' } })];
  }
  const left = paidIn(history.filter(({ mutationId }) => mutationId !== ofPayment));
  return left < 0 ? [errorIssue('payment.paidBack', ['ofPayment'], { params: { ask: 'manager' } })] : [];
}

/** What has not left must leave, or be given up, before the customer can have it all. */
function restIssue({ lines }: Order): Issue {
  const restBase = lines.reduce((sum, line) => sum + lineOpenBase(line), 0);
  return errorIssue('order.notAllOut', ['orderId'], { params: { restBase }, repairs: [{ kind: 'closeRest' }] });
}
