/** What the house leaves open no longer: its policies (src-shared/domain/policy.ts). */
import { DEFAULT_CREDIT } from '../../src-shared/domain/credit-rules.ts';
import { DEFAULT_CUSTOMER_DATA } from '../../src-shared/domain/customer-data.ts';
import { DEFAULT_FACT_AGE } from '../../src-shared/domain/fact-age.ts';
import { DEFAULT_REVIEWS } from '../../src-shared/domain/lifecycle/reviews.ts';
import { DEFAULT_MANUAL_PRICES, type Policy, type PolicyName } from '../../src-shared/domain/policy.ts';
import { canonicalJson } from '../../src-shared/protocol/digest.ts';
import { CATALOGUE_SCOPE } from '../../src-shared/protocol/scope.ts';
import { putOf, recordChanges } from '../change-feed/record-changes.ts';
import { CATALOGUE_LOCK } from '../db/lock-keys.ts';
import type { CentralDb, CentralTransaction } from '../db/schema.ts';
import { writeTransaction } from '../db/write-transaction.ts';
import type { Written } from './written.ts';

type PolicyOf<N extends PolicyName> = Extract<Policy, { name: N }>;

/** What holds in a house that has decided nothing. */
const UNDECIDED: { [N in PolicyName]: PolicyOf<N> } = {
  manualPrices: { name: 'manualPrices', ...DEFAULT_MANUAL_PRICES },
  reviews: { name: 'reviews', ...DEFAULT_REVIEWS },
  credit: { name: 'credit', ...DEFAULT_CREDIT },
  factAge: { name: 'factAge', ...DEFAULT_FACT_AGE },
  customerData: { name: 'customerData', ...DEFAULT_CUSTOMER_DATA },
};

/** What holds; `decided`: whether the house has said so. */
export async function readPolicy<N extends PolicyName>(
  db: CentralDb | CentralTransaction,
  name: N,
): Promise<{ policy: PolicyOf<N>; decided: boolean }> {
  const row = await db.selectFrom('policy').select('document').where('name', '=', name).executeTakeFirst();
  // Under a name stands the policy of that name.
  return { policy: (row?.document as PolicyOf<N> | undefined) ?? UNDECIDED[name], decided: row !== undefined };
}

export async function putPolicy(db: CentralDb, policy: Policy): Promise<Written<Policy>> {
  return writeTransaction(db, [CATALOGUE_LOCK], async (tx): Promise<Written<Policy>> => {
    const { name } = policy;
    const document = canonicalJson(policy);
    const before = await tx.selectFrom('policy').select('document').where('name', '=', name).executeTakeFirst();
    if (before && canonicalJson(before.document) === document) {
      return { outcome: 'unchanged', row: policy, xid: undefined };
    }
    const { rev } = await tx
      .insertInto('policy')
      .values({ name, document })
      .onConflict((there) => there.column('name').doUpdateSet((row) => ({ document, rev: row('policy.rev', '+', 1) })))
      .returning('rev')
      .executeTakeFirstOrThrow();
    const xid = await recordChanges(tx, [putOf(CATALOGUE_SCOPE, 'policy', policy, rev)]);
    return { outcome: before ? 'changed' : 'new', row: policy, xid };
  });
}
