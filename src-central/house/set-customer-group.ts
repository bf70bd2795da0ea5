/** Puts a customer in a group, or in none. Their orders are priced by its lists and promotions from then on. */
import type { Customer } from '../../src-shared/domain/customer.ts';
import { branchScope } from '../../src-shared/protocol/scope.ts';
import { putOf, recordChanges } from '../change-feed/record-changes.ts';
import { CATALOGUE_LOCK } from '../db/lock-keys.ts';
import { customerOf } from '../db/rows.ts';
import type { CentralDb } from '../db/schema.ts';
import { writeTransaction } from '../db/write-transaction.ts';
import { customerGroupByCode } from './put-customer-group.ts';
import { sameCode } from './same-code.ts';
import type { Unknown, Written } from './written.ts';

export interface GroupSetting {
  customerCode: string;
  /** Null: in none. */
  groupCode: string | null;
  /** Whose customers may be touched; null: every branch's. Looked at with the customer, who may be moved meanwhile. */
  ofBranch: string | null;
}

export async function setCustomerGroup(
  db: CentralDb,
  { customerCode, groupCode, ofBranch }: GroupSetting,
): Promise<Written<Customer> | Unknown | { outcome: 'other branch' }> {
  return writeTransaction(db, [CATALOGUE_LOCK], async (tx) => {
    const before = await tx.selectFrom('customer').selectAll().where(sameCode(customerCode)).executeTakeFirst();
    if (!before) return { outcome: 'unknown', what: `customer ${customerCode}` };
    if (ofBranch !== null && before.branch_id !== ofBranch) return { outcome: 'other branch' };
    const group = groupCode === null ? null : await customerGroupByCode(tx, groupCode);
    if (group === undefined) return { outcome: 'unknown', what: `customer group ${groupCode}` };
    const groupId = group?.group_id ?? null;
    if (before.group_id === groupId) return { outcome: 'unchanged', row: customerOf(before), xid: undefined };
    const written = await tx
      .updateTable('customer')
      .set((row) => ({ group_id: groupId, rev: row('rev', '+', 1) }))
      .where('customer_id', '=', before.customer_id)
      .returningAll()
      .executeTakeFirstOrThrow();
    const row = customerOf(written);
    const xid = await recordChanges(tx, [putOf(branchScope(row.branchId), 'customer', row, written.rev)]);
    return { outcome: 'changed', row, xid };
  });
}
