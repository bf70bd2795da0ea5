/**
 * The customer groups that a batch of customers is in: those that are there, and one for each code that is not, under
 * its code as its name. It is made for an accepted customer only: rows that were refused asked for it in vain.
 */
import type { Selectable } from 'kysely';
import { CATALOGUE_SCOPE } from '../../../src-shared/protocol/scope.ts';
import { putOf, recordChanges } from '../../change-feed/record-changes.ts';
import { customerGroupOf } from '../../db/rows.ts';
import type { CentralTransaction, CustomerGroupTable } from '../../db/schema.ts';
import { putRows } from '../write-rows.ts';
import { groupsByCode } from './known-rows.ts';
import type { ImportSetting } from './row-kind.ts';

export interface GroupsOfBatch {
  groupFor(code: string): Selectable<CustomerGroupTable>;
  /** Writes the new ones that somebody of these is in. */
  write(customers: readonly { group_id: string | null }[]): Promise<void>;
}

export async function groupsOfBatch(
  tx: CentralTransaction,
  codes: readonly string[],
  setting: ImportSetting,
): Promise<GroupsOfBatch> {
  const byCode = await groupsByCode(tx, codes);
  const made: Selectable<CustomerGroupTable>[] = [];
  return {
    groupFor(code) {
      const there = byCode.get(code.toLowerCase());
      if (there) return there;
      const row = { group_id: setting.newId(), code, name: code, rev: 1 };
      byCode.set(code.toLowerCase(), row);
      made.push(row);
      return row;
    },
    async write(customers) {
      const wanted = new Set(customers.map((row) => row.group_id));
      const rows = made.filter((row) => wanted.has(row.group_id));
      await putRows(tx, { table: 'customer_group', key: ['group_id'] }, rows);
      await recordChanges(
        tx,
        rows.map((row) => putOf(CATALOGUE_SCOPE, 'customerGroup', customerGroupOf(row), row.rev)),
      );
    },
  };
}
