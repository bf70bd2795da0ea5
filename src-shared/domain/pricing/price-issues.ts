/** What may be wrong with a line's price: that it is another than the customer was told, or one that the person may not give. */
import type { AskedLine } from '../asked-order.ts';
import { errorIssue, type Issue, type Repair } from '../issue.ts';
import { MAX_UNIT_PRICE } from '../money.ts';
import { isStorableText, MAX_REASON_LENGTH } from '../order.ts';
import { lineGrossMinor } from '../order-totals.ts';
import type { ManualPricePolicy } from '../policy.ts';
import { ROLES, type Role } from '../role.ts';
import type { PricedLine } from './price-lines.ts';
import { WHOLE_RATE } from './tax.ts';

interface JudgedPrice {
  /** The line's place on the order, from 0. */
  index: number;
  asked: AskedLine | undefined;
  priced: PricedLine;
}

/**
 * The customer was told otherwise. Of a manual price only what it comes to counts: the list's may change as it will. The
 * unit price goes before the amount, which follows from it.
 */
export function quoteIssue({ index, asked, priced }: JudgedPrice): Issue | undefined {
  const { currency, listUnitPrice, line } = priced;
  const { quotedUnitPrice: quoted, quotedGrossMinor, manual } = asked ?? {};
  if (!manual && quoted !== undefined && quoted !== listUnitPrice) {
    const params = { quoted, now: listUnitPrice, currency };
    const repairs: Repair[] = [{ kind: 'acceptPrice', line: index, unitPrice: listUnitPrice }];
    return errorIssue('price.changed', ['lines', index, 'unitPrice'], { params, repairs });
  }
  const now = lineGrossMinor(line);
  if (quotedGrossMinor === undefined || quotedGrossMinor === now) return undefined;
  const params = { quoted: quotedGrossMinor, now, currency };
  const repairs: Repair[] = [{ kind: 'acceptAmount', line: index, grossMinor: now }];
  return errorIssue('amount.changed', ['lines', index, 'amountMinor'], { params, repairs });
}

/**
 * A manual price needs a reason, and may go below the list's only as far as the person's role reaches; one that is agreed
 * already stays.
 */
export function manualIssue(
  { index, asked, priced }: JudgedPrice,
  policy: ManualPricePolicy,
  { role, agreed }: { role: Role; agreed: boolean },
): Issue | undefined {
  const manual = asked?.manual;
  if (!manual) return undefined;
  const path = ['lines', index, 'unitPrice'];
  const { unitPrice, reason } = manual;
  const { listUnitPrice, currency } = priced;
  const repairs: Repair[] = [{ kind: 'takeListPrice', line: index, unitPrice: listUnitPrice }];
  if (!isPossiblePrice(unitPrice)) {
    return errorIssue('price.impossible', path, { params: { max: MAX_UNIT_PRICE, currency }, repairs });
  }
  // The limit first: nobody should think of a reason for a price that they may not give.
  const lowest = lowestPrice(listUnitPrice, shareOfRole(policy, role));
  if (!agreed && unitPrice < lowest) {
    const ask = whoMay(policy, { listUnitPrice, unitPrice });
    const params = { unitPrice, lowest, listUnitPrice, currency, role, ask };
    return errorIssue('price.notAllowed', path, { params, repairs });
  }
  if (reason.trim() === '' || reason.length > MAX_REASON_LENGTH || !isStorableText(reason)) {
    return errorIssue('price.reasonMissing', path, { params: { max: MAX_REASON_LENGTH }, repairs });
  }
  return undefined;
}

/** Whether it is a unit price at all, in ten-thousandths. */
export function isPossiblePrice(unitPrice: number): boolean {
  return Number.isSafeInteger(unitPrice) && unitPrice >= 0 && unitPrice <= MAX_UNIT_PRICE;
}

/** Rounded up: a limit of 10 % is never passed by a fraction of a unit. */
function lowestPrice(listUnitPrice: number, share: number): number {
  return Number((BigInt(listUnitPrice) * BigInt(WHOLE_RATE - share) + BigInt(WHOLE_RATE - 1)) / BigInt(WHOLE_RATE));
}

/** A manager may what a clerk may, whatever the policy says of managers. */
function shareOfRole(policy: ManualPricePolicy, role: Role): number {
  return Math.max(...ROLES.slice(0, ROLES.indexOf(role) + 1).map((each) => policy[each]));
}

/** The first role that may give the price; null when none may. */
function whoMay(policy: ManualPricePolicy, of: { listUnitPrice: number; unitPrice: number }): Role | null {
  return ROLES.find((role) => of.unitPrice >= lowestPrice(of.listUnitPrice, policy[role])) ?? null;
}
