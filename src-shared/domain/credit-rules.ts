/** Whether a customer may owe what an order would make them owe; and what follows where they may not. */
import { z } from 'zod';
import { overdueOn, usedMinor, type Account } from './account.ts';
import { daysAfter } from './business-day.ts';
import type { CreditTerms, CustomerHold } from './customer.ts';
import { errorIssue, type Issue } from './issue.ts';
import type { Currency } from './money.ts';

/**
 * `refuse`: no order is taken. `review`: it is taken for somebody to look at, when that is asked for. `warn`: it is said,
 * and nothing follows.
 */
const consequence = z.enum(['refuse', 'review', 'warn']);

export const creditPolicy = z.object({
  name: z.literal('credit'),
  overLimit: consequence,
  overdue: consequence,
  /** For how many days past the due day nothing is overdue yet. */
  graceDays: z.int().min(0).max(365),
});
export type CreditPolicy = Omit<z.infer<typeof creditPolicy>, 'name'>;

/** In a house that has decided nothing. */
export const DEFAULT_CREDIT: CreditPolicy = { overLimit: 'review', overdue: 'warn', graceDays: 0 };

/** What is known of a customer on terms: as if the order that is judged were not there. */
export interface CreditFacts {
  terms: CreditTerms;
  account: Pick<Account, 'currency' | 'due' | 'onOrderMinor'>;
}

export interface CreditQuestion {
  credit: CreditFacts | undefined;
  hold: CustomerHold | undefined;
  policy: CreditPolicy;
  order: { totalMinor: number; currency: Currency; businessDate: string };
  /** What the customer may owe for it already, minor units: what was granted stays granted. */
  grantedMinor: number;
  /** Whether somebody is asked to look at it. */
  approval: boolean;
  /** How an issue counts that stops it: a desk's picture of what is owed has an age. */
  severity: Issue['severity'];
}

export interface CreditVerdict {
  issues: Issue[];
  /** Somebody has to look at it before anything leaves. */
  review: boolean;
}

export function judgeCredit(of: CreditQuestion): CreditVerdict {
  const { hold, credit, policy, order, grantedMinor, approval, severity } = of;
  const verdict: CreditVerdict = { issues: [], review: false };
  if (grantedMinor > 0 && order.totalMinor <= grantedMinor) return verdict;
  if (hold?.kind === 'onHold') {
    verdict.review = true;
    verdict.issues.push({
      ...errorIssue('customer.onHold', ['customerId'], { params: { reason: hold.reason } }),
      severity: 'warning',
    });
  }
  const found: { issue: Issue; consequence: CreditPolicy['overLimit'] }[] = [];
  if (credit && credit.account.currency === order.currency) {
    const over = overLimit(credit, order);
    if (over) found.push({ issue: over, consequence: policy.overLimit });
    const late = overdue(credit, order, policy.graceDays);
    if (late) found.push({ issue: late, consequence: policy.overdue });
  }
  for (const { issue, consequence: then } of found) {
    if (then === 'warn') verdict.issues.push({ ...issue, severity: 'warning' });
    else if (then === 'refuse') {
      verdict.issues.push({ ...issue, severity });
    } else if (approval) verdict.review = true;
    else
      verdict.issues.push({ ...issue, severity, params: withoutAsk(issue.params), repairs: [{ kind: 'askApproval' }] });
  }
  return verdict;
}

/** Whoever is asked gets it with the order. */
function withoutAsk(params: Issue['params']): Issue['params'] {
  const { ask: _ask, ...rest } = params;
  return rest;
}

function overLimit({ terms, account }: CreditFacts, order: CreditQuestion['order']): Issue | undefined {
  const { limitMinor } = terms;
  if (limitMinor === null) return undefined;
  const used = usedMinor(account);
  const shortMinor = used + order.totalMinor - limitMinor;
  if (shortMinor <= 0) return undefined;
  const params = { limitMinor, usedMinor: used, totalMinor: order.totalMinor, shortMinor, currency: order.currency };
  return errorIssue('credit.exceeded', ['customerId'], { params });
}

function overdue({ account }: CreditFacts, order: CreditQuestion['order'], graceDays: number): Issue | undefined {
  const { minor, since } = overdueOn(account, daysAfter(order.businessDate, -graceDays));
  if (since === null) return undefined;
  return errorIssue('credit.overdue', ['customerId'], {
    params: { overdueMinor: minor, since, currency: order.currency },
  });
}
