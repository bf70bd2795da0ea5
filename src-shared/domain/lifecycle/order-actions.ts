/**
 * Who may do what with an order, in which state: this one table. Desk and central ask it alike; docs/order-lifecycle.md
 * shows it, and a test holds the two together. In which branch somebody may act at all is central's to know: clerks and
 * managers in their own, admins in every one.
 */
import type { Role } from '../role.ts';
import { openState, type OrderState } from './order-state.ts';

export const ORDER_ACTIONS = [
  'amend',
  'cancel',
  'approveOrder',
  'approveFinance',
  'reject',
  'hold',
  'release',
  'allocate',
  'pick',
  'ship',
  'closeRest',
  'receive',
  'complete',
  'return',
  'pay',
  'refund',
  'voidPayment',
  'letGo',
] as const;
export type OrderAction = (typeof ORDER_ACTIONS)[number];

interface ActionRule {
  /** The states it can be done in, and by whom at least. */
  from: Partial<Record<OrderState, Role>>;
  /** Whether it can be done while the order is on hold. */
  onHold: boolean;
}

function inEvery(role: Role): Partial<Record<OrderState, Role>> {
  return Object.fromEntries(openState.options.map((state) => [state, role]));
}

export const ACTION_RULES: Record<OrderAction, ActionRule> = {
  // Goods that are being picked are no longer where an amendment would look for them.
  amend: {
    from: { submitted: 'clerk', orderReview: 'clerk', financeReview: 'clerk', allocated: 'clerk' },
    onHold: true,
  },
  cancel: {
    from: {
      submitted: 'clerk',
      orderReview: 'clerk',
      financeReview: 'clerk',
      allocated: 'clerk',
      // Somebody has to put the goods back.
      picking: 'manager',
    },
    onHold: true,
  },
  approveOrder: { from: { orderReview: 'manager' }, onHold: false },
  approveFinance: { from: { financeReview: 'manager' }, onHold: false },
  reject: { from: { orderReview: 'manager', financeReview: 'manager' }, onHold: false },
  hold: {
    from: {
      submitted: 'manager',
      orderReview: 'manager',
      financeReview: 'manager',
      allocated: 'manager',
      picking: 'manager',
      // Of one that has left in part: the rest stays.
      shipped: 'manager',
    },
    onHold: false,
  },
  release: {
    from: {
      submitted: 'manager',
      orderReview: 'manager',
      financeReview: 'manager',
      allocated: 'manager',
      picking: 'manager',
      shipped: 'manager',
    },
    onHold: true,
  },
  // Of what waits for goods; also of what has left in part.
  allocate: {
    from: { submitted: 'clerk', allocated: 'clerk', picking: 'clerk', shipped: 'clerk' },
    onHold: false,
  },
  pick: { from: { allocated: 'clerk' }, onHold: false },
  ship: { from: { allocated: 'clerk', picking: 'clerk', shipped: 'clerk' }, onHold: false },
  closeRest: { from: { shipped: 'clerk' }, onHold: true },
  receive: { from: { shipped: 'clerk' }, onHold: false },
  complete: { from: { shipped: 'manager', received: 'clerk' }, onHold: false },
  return: { from: { shipped: 'manager', received: 'manager', completed: 'manager' }, onHold: true },
  // Money is taken whatever the order is at; of one that was cancelled it can only go back.
  pay: { from: { ...inEvery('clerk'), completed: 'clerk' }, onHold: true },
  refund: { from: { ...inEvery('manager'), completed: 'manager', cancelled: 'manager' }, onHold: true },
  voidPayment: { from: { ...inEvery('manager'), completed: 'manager', cancelled: 'manager' }, onHold: true },
  // Of a change that was refused: the order is left as it stands.
  letGo: { from: { ...inEvery('clerk'), completed: 'clerk', cancelled: 'clerk' }, onHold: true },
};

const RANKS: Record<Role, number> = { clerk: 0, manager: 1, admin: 2 };

export function isAtLeast(role: Role, least: Role): boolean {
  return RANKS[role] >= RANKS[least];
}

/** Why somebody may not: the order is not in a state for it, it is on hold, or it takes another role. */
export type Barred = { why: 'state' } | { why: 'onHold' } | { why: 'role'; ask: Role };

/** @returns `undefined` when the action may be done. */
export function barredFrom(
  action: OrderAction,
  order: { state: OrderState; onHold: boolean },
  role: Role,
): Barred | undefined {
  const { from, onHold } = ACTION_RULES[action];
  const least = from[order.state];
  if (least === undefined) return { why: 'state' };
  if (order.onHold ? !onHold : action === 'release') return { why: order.onHold ? 'onHold' : 'state' };
  return isAtLeast(role, least) ? undefined : { why: 'role', ask: least };
}
