/**
 * An issue says why something is not right, where, and what would mend it. It is data: the sentence a person reads is
 * made from it in that person's language (text/issue-text.ts), so a refusal made at central reads well on any desk.
 */
import { z } from 'zod';

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

/** An error without parameters or repairs unless they are given. */
export function errorIssue(
  code: IssueCode,
  path: Issue['path'],
  more: { params?: Issue['params']; repairs?: Repair[] } = {},
): Issue {
  return { code, path, params: more.params ?? {}, severity: 'error', repairs: more.repairs ?? [] };
}
