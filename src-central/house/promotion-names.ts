/** What a promotion names has to be there: one for a group that nobody knows would silently run for nobody. */
import { sql } from 'kysely';
import type { Promotion } from '../../src-shared/domain/pricing/promotion.ts';
import { uuidArray } from '../db/array-literals.ts';
import type { CentralTransaction } from '../db/schema.ts';

type Named = Pick<Promotion, 'products' | 'branches' | 'groups' | 'customers' | 'rule'>;

/**
 * The first that is not there, as "product 0190…"; `undefined` when all are. An id in capitals is not there either: the
 * rulebook compares ids as text.
 */
export async function firstUnknown(tx: CentralTransaction, of: Named): Promise<string | undefined> {
  const { products, branches, groups, customers, rule } = of;
  const gift = rule.kind === 'free' && rule.gift !== null ? [rule.gift] : [];
  const named = (ids: readonly string[]) => sql`
    unnest(${uuidArray(ids)}::text[]) as named (id) where id <> id::uuid::text or not exists`;
  const { rows } = await sql<{ what: string }>`
    select 'product ' || id as what from ${named([...products, ...gift])}
      (select from product where product_id = id::uuid)
    union all select 'branch ' || id from ${named(branches)} (select from branch where branch_id = id::uuid)
    union all select 'customer group ' || id from ${named(groups)} (select from customer_group where group_id = id::uuid)
    union all select 'customer ' || id from ${named(customers)} (select from customer where customer_id = id::uuid)
    limit 1
  `.execute(tx);
  return rows[0]?.what;
}
