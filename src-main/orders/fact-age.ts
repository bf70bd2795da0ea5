/** How old what this desk goes by is, and what the house says to that. */
import { judgeAge, type AgeVerdict } from '../../src-shared/domain/fact-age.ts';
import { hasError } from '../../src-shared/domain/issue.ts';
import { readAsOf } from '../replica/cursor.ts';
import { readCustomer } from './customer-facts.ts';
import { readFactAge } from './facts.ts';
import { refusal, type OrderDeskParts } from './parts.ts';
import type { CustomerId } from '../../src-shared/domain/ids.ts';

/** Before the first fill nothing is known, and there is nobody to take an order from. */
export function judgeFactAge({ store, platform }: OrderDeskParts, customerId: string): AgeVerdict {
  const asOf = readAsOf(store);
  if (asOf === null) return { issues: [], confirm: false };
  const onTerms = readCustomer(store, customerId as CustomerId)?.terms !== undefined;
  return judgeAge(readFactAge(store), { ageMs: Math.max(0, platform.now() - asOf), onTerms });
}

/** @throws AppError INPUT where they are too old to take an order by. */
export function freshEnough(parts: OrderDeskParts, customerId: string): AgeVerdict {
  const age = judgeFactAge(parts, customerId);
  if (hasError(age.issues)) throw refusal(age.issues);
  return age;
}
