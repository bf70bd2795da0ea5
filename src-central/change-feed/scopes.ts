/** Which rows belong to which scope: decided here and nowhere else. The recorder writes by it, the check compares by it. */
import { branchScope, CATALOGUE_SCOPE, type Scope } from '../../src-shared/protocol/scope.ts';

/** A price list's scope, and that of its prices. `ownersBranch`: the branch of the customer whose list it is, or null. */
export function priceListScope(ownersBranch: string | null): Scope {
  return ownersBranch === null ? CATALOGUE_SCOPE : branchScope(ownersBranch);
}
