/** How old what a desk goes by may be: prices, stock and what customers owe, since it last heard all of it from central. */
import { z } from 'zod';
import { errorIssue, type Issue } from './issue.ts';

const AGED_FACTS = ['price', 'stock', 'credit'] as const;

/** Minutes, from the one that is given on; null: never. */
const minutes = z.int().min(1).max(527_040).nullable();
const ages = z.object({
  /** It is said. */
  warn: minutes,
  /** The order is taken, and somebody confirms it before anything leaves. */
  confirm: minutes,
  /** No order is taken. */
  block: minutes,
});

export const factAgePolicy = z.object({ name: z.literal('factAge'), price: ages, stock: ages, credit: ages });
export type FactAgePolicy = Omit<z.infer<typeof factAgePolicy>, 'name'>;

const ANY = { warn: null, confirm: null, block: null };
/** In a house that has decided nothing, nothing is too old; how old it is, is shown. */
export const DEFAULT_FACT_AGE: FactAgePolicy = { price: ANY, stock: ANY, credit: ANY };

export interface AgeVerdict {
  issues: Issue[];
  /** Somebody has to confirm the order. */
  confirm: boolean;
}

/** @param of.onTerms whether the order's customer owes anything that could be out of date. */
export function judgeAge(policy: FactAgePolicy, of: { ageMs: number; onTerms: boolean }): AgeVerdict {
  const old = Math.floor(of.ageMs / 60_000);
  const verdict: AgeVerdict = { issues: [], confirm: false };
  for (const fact of AGED_FACTS) {
    if (fact === 'credit' && !of.onTerms) continue;
    const { warn, confirm, block } = policy[fact];
    const params = { fact, minutes: old };
    if (block !== null && old >= block) {
      verdict.issues.push(errorIssue('facts.tooOld', ['lines'], { params: { ...params, ask: 'manager' } }));
    } else if (confirm !== null && old >= confirm) {
      verdict.confirm = true;
      verdict.issues.push({ ...errorIssue('facts.confirm', ['lines'], { params }), severity: 'warning' });
    } else if (warn !== null && old >= warn) {
      verdict.issues.push({ ...errorIssue('facts.old', ['lines'], { params }), severity: 'warning' });
    }
  }
  return verdict;
}
