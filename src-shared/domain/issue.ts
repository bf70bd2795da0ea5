/**
 * An issue says why something is not right, where, and what would mend it. It is data: the sentence a person reads is
 * made from it in that person's language (text/issue-text.ts), so a refusal made at central reads well on any desk.
 */
import { z } from 'zod';
import type { Role } from './role.ts';

export const ISSUE_CODES = [
  'customer.unknown',
  'customer.inactive',
  'customer.otherBranch',
  'customer.blocked',
  'customer.onHold',
  'credit.exceeded',
  'credit.overdue',
  'product.unknown',
  'product.inactive',
  'unit.unknown',
  'quantity.notANumber',
  'quantity.notPositive',
  'quantity.tooPrecise',
  'quantity.tooLarge',
  'quantity.notStep',
  'quantity.belowMinimum',
  'quantity.notMultiple',
  'price.missing',
  'price.changed',
  'price.impossible',
  'price.notAllowed',
  'price.reasonMissing',
  'amount.changed',
  'currency.mixed',
  'stock.short',
  'facts.old',
  'facts.confirm',
  'facts.tooOld',
  'order.noLines',
  'order.tooManyLines',
  'order.totalTooLarge',
  'order.unknown',
  'order.exists',
  'order.changed',
  'order.notOpen',
  'order.onHold',
  'order.roleMissing',
  'order.fourEyes',
  'order.notAllOut',
  'reason.missing',
  'tracking.tooLong',
  'moved.nothing',
  'moved.line',
  'ship.tooMuch',
  'return.tooMuch',
  'return.creditTooMuch',
  'payment.notPositive',
  'payment.paidBack',
  'payment.reference',
  'payment.tooMuch',
  'payment.unknown',
  'refund.tooMuch',
  'order.numberInvalid',
  'order.numberTaken',
  'order.numberChanged',
  'note.tooLong',
  'note.unstorable',
  'user.notAllowed',
  'user.sessionInvalid',
  'businessDate.implausible',
] as const;

export const issueCode = z.enum(ISSUE_CODES);
export type IssueCode = z.infer<typeof issueCode>;

/** What would mend an issue with one key. Quantities in thousandths of the line's unit, prices in ten-thousandths. */
export const repair = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('takeAvailable'), line: z.int().nonnegative(), quantity: z.int().positive() }),
  z.object({ kind: z.literal('setQuantity'), line: z.int().nonnegative(), quantity: z.int().positive() }),
  z.object({ kind: z.literal('removeLine'), line: z.int().nonnegative() }),
  z.object({ kind: z.literal('acceptPrice'), line: z.int().nonnegative(), unitPrice: z.int().nonnegative() }),
  z.object({ kind: z.literal('acceptAmount'), line: z.int().nonnegative(), grossMinor: z.int() }),
  z.object({ kind: z.literal('takeListPrice'), line: z.int().nonnegative(), unitPrice: z.int().nonnegative() }),
  /** Sets goods aside as far as there are any; the rest waits for some. */
  z.object({ kind: z.literal('backorder'), line: z.int().nonnegative() }),
  /** Thousandths of the base unit, minor units. */
  z.object({ kind: z.literal('moveLess'), line: z.int().nonnegative(), quantityBase: z.int().positive() }),
  z.object({ kind: z.literal('creditLess'), minor: z.int().nonnegative() }),
  z.object({ kind: z.literal('payLess'), minor: z.int().positive() }),
  z.object({ kind: z.literal('closeRest') }),
  /** Takes the order for somebody to look at before anything leaves. */
  z.object({ kind: z.literal('askApproval') }),
  z.object({ kind: z.literal('editOrder') }),
  z.object({ kind: z.literal('cancelOrder') }),
]);
export type Repair = z.infer<typeof repair>;

export const issue = z.object({
  code: issueCode,
  /** Where, in the shape that was given: `['lines', 3, 'quantity']`. */
  path: z.array(z.union([z.string(), z.int()])),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  /** A warning lets the order through and is shown; an error stops it. */
  severity: z.enum(['error', 'warning']),
  repairs: z.array(repair),
});
export type Issue = z.infer<typeof issue>;

export function hasError(issues: readonly Issue[]): boolean {
  return issues.some((found) => found.severity === 'error');
}

/**
 * What is left to do where nothing that was found would mend it: look at the order and write something else, end it, or
 * ask somebody of at least that role (the parameter `ask`). Nobody is left without either.
 */
const WAYS_OUT: Record<IssueCode, 'editOrder' | 'cancelOrder' | Role> = {
  'customer.unknown': 'editOrder',
  'customer.inactive': 'editOrder',
  'customer.otherBranch': 'editOrder',
  'customer.blocked': 'manager',
  'customer.onHold': 'manager',
  'credit.exceeded': 'manager',
  'credit.overdue': 'manager',
  'product.unknown': 'editOrder',
  'product.inactive': 'editOrder',
  'unit.unknown': 'editOrder',
  'quantity.notANumber': 'editOrder',
  'quantity.notPositive': 'editOrder',
  'quantity.tooPrecise': 'editOrder',
  'quantity.tooLarge': 'editOrder',
  'quantity.notStep': 'editOrder',
  'quantity.belowMinimum': 'editOrder',
  'quantity.notMultiple': 'editOrder',
  'price.missing': 'manager',
  'price.changed': 'editOrder',
  'price.impossible': 'editOrder',
  'price.notAllowed': 'manager',
  'price.reasonMissing': 'editOrder',
  'amount.changed': 'editOrder',
  'currency.mixed': 'editOrder',
  'stock.short': 'editOrder',
  'facts.old': 'editOrder',
  'facts.confirm': 'manager',
  'facts.tooOld': 'manager',
  'order.noLines': 'editOrder',
  'order.tooManyLines': 'editOrder',
  'order.totalTooLarge': 'editOrder',
  'order.unknown': 'cancelOrder',
  'order.exists': 'editOrder',
  'order.changed': 'editOrder',
  'order.notOpen': 'manager',
  'order.onHold': 'manager',
  'order.roleMissing': 'manager',
  'order.fourEyes': 'manager',
  'order.notAllOut': 'editOrder',
  'reason.missing': 'editOrder',
  'tracking.tooLong': 'editOrder',
  'moved.nothing': 'editOrder',
  'moved.line': 'editOrder',
  'ship.tooMuch': 'editOrder',
  'return.tooMuch': 'editOrder',
  'return.creditTooMuch': 'editOrder',
  'payment.notPositive': 'editOrder',
  'payment.paidBack': 'manager',
  'payment.reference': 'editOrder',
  'payment.tooMuch': 'editOrder',
  'payment.unknown': 'manager',
  'refund.tooMuch': 'editOrder',
  'order.numberInvalid': 'admin',
  'order.numberTaken': 'admin',
  'order.numberChanged': 'editOrder',
  'note.tooLong': 'editOrder',
  'note.unstorable': 'editOrder',
  'user.notAllowed': 'manager',
  'user.sessionInvalid': 'manager',
  'businessDate.implausible': 'editOrder',
};

/** An error, with the way out that there always is where no other is given. */
export function errorIssue(
  code: IssueCode,
  path: Issue['path'],
  { params = {}, repairs = [] }: { params?: Issue['params']; repairs?: Repair[] } = {},
): Issue {
  const wayOut = WAYS_OUT[code];
  const found: Issue = { code, path, params, severity: 'error', repairs };
  if (repairs.length > 0 || params['ask'] !== undefined) return found;
  if (wayOut === 'editOrder' || wayOut === 'cancelOrder') return { ...found, repairs: [{ kind: wayOut }] };
  return { ...found, params: { ...params, ask: wayOut } };
}
