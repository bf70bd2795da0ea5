/** The rows of accounts as they are written and told. */
import { sql } from 'kysely';
import type { Account } from '../../src-shared/domain/account.ts';
import { branchScope } from '../../src-shared/protocol/scope.ts';
import { putOf, type RecordedChange } from '../change-feed/record-changes.ts';
import { integerArray, textArray, uuidArray } from '../db/array-literals.ts';
import type { CentralTransaction } from '../db/schema.ts';

export interface WrittenAccount {
  row: Account;
  /** As it is to be written. */
  rev: number;
  /** The customer's. */
  branchId: string;
}

/** Puts them, and returns what desks are to be told. */
export async function writeAccounts(
  tx: CentralTransaction,
  accounts: readonly WrittenAccount[],
): Promise<RecordedChange[]> {
  if (accounts.length === 0) return [];
  const column = <T>(pick: (row: Account) => T): T[] => accounts.map(({ row }) => pick(row));
  await sql`
    insert into customer_account (customer_id, currency, on_order_minor, due, rev)
    select * from unnest(
      ${uuidArray(column((row) => row.customerId))}::uuid[],
      ${textArray(column((row) => row.currency))}::text[],
      ${integerArray(column((row) => row.onOrderMinor))}::bigint[],
      ${textArray(column((row) => JSON.stringify(row.due)))}::jsonb[],
      ${integerArray(accounts.map(({ rev }) => rev))}::bigint[]
    )
    on conflict (customer_id) do update set
      currency = excluded.currency, on_order_minor = excluded.on_order_minor, due = excluded.due,
      rev = excluded.rev
  `.execute(tx);
  return accounts.map(accountChange);
}

function accountChange({ row, rev, branchId }: WrittenAccount): RecordedChange {
  return putOf(branchScope(branchId), 'account', row, rev);
}
