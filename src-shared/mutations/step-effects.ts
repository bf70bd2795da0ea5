/**
 * What a step makes of an order: pure, so that a desk shows at once what central will keep. Whether the step may be taken
 * is not asked here (judge-step.ts).
 */
import { lineWorthMinor } from '../domain/credit.ts';
import type { MutationId, ProductId } from '../domain/ids.ts';
import { lineAllocatedBase, lineOpenBase } from '../domain/lifecycle/fulfilment.ts';
import { paidIn } from '../domain/payments.ts';
import { rowStateOf, stateOf, type OrderState } from '../domain/lifecycle/order-state.ts';
import { stateUnderReview, type Review } from '../domain/lifecycle/reviews.ts';
import type { Order, OrderEvent, OrderHold, OrderLine, Payment } from '../domain/order.ts';
import type { Actor } from './actor.ts';
import { eventOf } from './effects.ts';
import type { MovedLines } from './order-steps.ts';
import type { StepIntent } from './registry.ts';

/** What the rules found out that the order itself doesn't say. */
export interface StepFacts {
  /** The reviews that the order calls for. */
  reviews: readonly Review[];
  /** Until when what leaves now is to be paid; `undefined`: at once. */
  dueDate?: string | undefined;
  /** What may be set aside, thousandths of the base unit. */
  available: (product: ProductId) => number;
}

export function stepped(current: Order, intent: StepIntent, by: Actor, facts: StepFacts): Order {
  const state = stateOf(current);
  switch (intent.name) {
    case 'order.approve':
      return step(current, by, { what: 'approved', state: nextState(current, intent.args.review, facts) });
    case 'order.reject':
      return step(current, by, {
        what: 'rejected',
        state,
        hold: { reason: intent.args.reason, review: true },
        reason: intent.args.reason,
      });
    case 'order.hold':
      return step(current, by, {
        what: 'held',
        state,
        hold: { reason: intent.args.reason },
        reason: intent.args.reason,
      });
    case 'order.release':
      return step(current, by, { what: 'released', state, hold: null });
    case 'order.allocate': {
      const lines = allocated(current.lines, facts.available);
      const next = state === 'submitted' && isAnySetAside(lines) ? 'allocated' : state;
      return step(current, by, { what: 'allocated', state: next, lines });
    }
    case 'order.pick':
      return step(current, by, { what: 'picking', state: 'picking' });
    case 'order.ship': {
      const { moved, tracking } = intent.args;
      const lines = movedOn(current.lines, moved, (line, base) => ({ shippedBase: (line.shippedBase ?? 0) + base }));
      const { dueDate } = facts;
      return step(current, by, { what: 'shipped', state: 'shipped', lines, moved, tracking, dueDate });
    }
    case 'order.closeRest':
      return step(current, by, { what: 'restClosed', state, lines: closed(current.lines), reason: intent.args.reason });
    case 'order.receive':
      return step(current, by, { what: 'received', state: 'received' });
    case 'order.complete':
      return step(current, by, { what: 'completed', state: 'completed' });
    case 'order.return':
      return returned(current, intent.args, by);
    case 'order.letGo':
      return step(current, by, { what: 'letGo', state });
    case 'order.pay':
      return withPayment(current, by, { what: 'paid', payment: paymentOf(intent.args) });
    case 'order.refund':
      return withPayment(current, by, { what: 'refunded', payment: paymentOf(intent.args) });
    case 'order.voidPayment': {
      const { ofPayment, reason } = intent.args;
      const voided = current.history.find(({ mutationId }) => mutationId === ofPayment)?.payment;
      return withPayment(current, by, { what: 'paymentVoided', payment: voided, ofPayment, reason });
    }
  }
}

/** Passed the review: the next one, or what the goods allow. */
function nextState(current: Order, review: Review, { reviews }: StepFacts): OrderState {
  return stateUnderReview(reviews, review) ?? stateByGoods(current.lines);
}

/** Of an order that nobody has to look at any more. */
export function stateByGoods(lines: readonly OrderLine[]): OrderState {
  return isAnySetAside(lines) ? 'allocated' : 'submitted';
}

function isAnySetAside(lines: readonly OrderLine[]): boolean {
  return lines.some((line) => lineAllocatedBase(line) > 0);
}

interface Step {
  what: OrderEvent['what'];
  state: OrderState;
  lines?: OrderLine[];
  /** What it is held for from now on; null: it is held no more. */
  hold?: OrderHold | null;
  reason?: string;
  moved?: MovedLines;
  tracking?: string | null;
  creditMinor?: number;
  dueDate?: string | undefined;
  payment?: Payment | undefined;
  ofPayment?: MutationId;
}

function step(current: Order, by: Actor, of: Step): Order {
  const { state: _state, hold: _hold, ...rest } = current;
  const hold = of.hold === undefined ? current.hold : (of.hold ?? undefined);
  const next: Order = {
    ...rest,
    ...rowStateOf(of.state),
    ...(hold === undefined ? {} : { hold }),
    version: current.version + 1,
    lines: of.lines ?? current.lines,
  };
  const event = eventOf(next, of.what, by, of.reason ?? null);
  if (of.moved) event.moved = of.moved;
  if (of.tracking) event.tracking = of.tracking;
  if (of.creditMinor !== undefined) event.creditMinor = of.creditMinor;
  if (of.dueDate !== undefined) event.dueDate = of.dueDate;
  if (of.payment !== undefined) event.payment = of.payment;
  if (of.ofPayment !== undefined) event.ofPayment = of.ofPayment;
  return { ...next, history: [...current.history, event] };
}

function paymentOf({ minor, method, reference, on }: Payment): Payment {
  return { minor, method, reference, on };
}

/** The order stays where it is; only what was paid of it is another sum. */
function withPayment(current: Order, by: Actor, of: Pick<Step, 'what' | 'payment' | 'ofPayment' | 'reason'>): Order {
  const { paidMinor: _before, ...next } = step(current, by, { ...of, state: stateOf(current) });
  const paidMinor = paidIn(next.history);
  return paidMinor === 0 ? next : { ...next, paidMinor };
}

/** Lines that wait for goods get what there is, those that stand first before others. */
function allocated(lines: readonly OrderLine[], available: StepFacts['available']): OrderLine[] {
  const left = new Map<ProductId, number>();
  return lines.map((line) => {
    const { backorderBase = 0, ...rest } = line;
    if (backorderBase === 0) return line;
    const there = Math.max(0, left.get(line.productId) ?? available(line.productId));
    const taken = Math.min(there, backorderBase);
    left.set(line.productId, there - taken);
    return backorderBase === taken ? rest : { ...rest, backorderBase: backorderBase - taken };
  });
}

function closed(lines: readonly OrderLine[]): OrderLine[] {
  return lines.map((line) => {
    const open = lineOpenBase(line);
    if (open === 0) return line;
    const { backorderBase: _waits, ...rest } = line;
    return { ...rest, closedBase: (line.closedBase ?? 0) + open };
  });
}

function movedOn(
  lines: readonly OrderLine[],
  moved: MovedLines,
  change: (line: OrderLine, quantityBase: number) => Partial<OrderLine>,
): OrderLine[] {
  const quantities = new Map(moved.map(({ line, quantityBase }) => [line, quantityBase]));
  return lines.map((line, index) => {
    const quantityBase = quantities.get(index);
    return quantityBase === undefined ? line : { ...line, ...change(line, quantityBase) };
  });
}

function returned(current: Order, args: Extract<StepIntent, { name: 'order.return' }>['args'], by: Actor): Order {
  const { moved, reason, restock } = args;
  const lines = movedOn(current.lines, moved, (line, base) => ({
    returnedBase: (line.returnedBase ?? 0) + base,
    ...(restock ? { restockedBase: (line.restockedBase ?? 0) + base } : {}),
  }));
  const creditMinor = args.creditMinor ?? creditOf(current.lines, moved);
  const next = step(current, by, { what: 'returned', state: stateOf(current), lines, reason, moved, creditMinor });
  const creditedMinor = (current.creditedMinor ?? 0) + creditMinor;
  return creditedMinor === 0 ? next : { ...next, creditedMinor };
}

/**
 * What the customer paid for what comes back, minor units. All that was returned of a line is rounded as one, so that a
 * line that comes back piece by piece gives back what it came to, to the unit.
 */
export function creditOf(lines: readonly OrderLine[], moved: MovedLines): number {
  return moved.reduce((sum, { line: index, quantityBase }) => {
    const line = lines[index];
    if (!line) return sum;
    const before = line.returnedBase ?? 0;
    return sum + lineWorthMinor(line, before + quantityBase) - lineWorthMinor(line, before);
  }, 0);
}
