/** Gives those of some customers an account who are on terms and have none yet. */
import { sql } from 'kysely';
import type { CustomerMore } from '../../src-shared/domain/customer.ts';
import type { Currency } from '../../src-shared/domain/money.ts';
import type { RecordedChange } from '../change-feed/record-changes.ts';
import { uuidArray } from '../db/array-literals.ts';
import type { CentralTransaction } from '../db/schema.ts';
import { writeAccounts, type WrittenAccount } from './account-rows.ts';
import { summedUp } from './summed-up.ts';

interface OpenFor {
  customer_id: string;
  branch_id: string;
  more: CustomerMore | null;
}

/**
 * Whoever calls it keeps everybody else from taking or moving orders of theirs meanwhile.
 *
 * @returns what desks are to be told.
 */
export async function openAccounts(
  tx: CentralTransaction,
  customers: readonly OpenFor[],
  currency: Currency,
): Promise<RecordedChange[]> {
  const onTerms = customers.filter(({ more }) => more?.terms !== undefined);
  if (onTerms.length === 0) return [];
  const { rows } = await sql<{ customer_id: string }>`
    select customer_id from customer_account
    where customer_id = any(${uuidArray(onTerms.map((row) => row.customer_id))}::uuid[])
  `.execute(tx);
  const there = new Set(rows.map((row) => row.customer_id));
  const opened: WrittenAccount[] = [];
  for (const { customer_id: id, branch_id: branchId } of onTerms) {
    if (!there.has(id)) opened.push({ row: await summedUp(tx, id, currency), rev: 1, branchId });
  }
  return writeAccounts(tx, opened);
}
