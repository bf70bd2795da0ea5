/**
 * Customers. A file without names (order lines have none) names new customers by their codes and leaves the names of
 * known ones alone. A customer stays in its branch: its orders and prices are the branch's. A customer group that is not
 * there is made; an empty group leaves the customer in theirs, a word such as "none" takes them out of it.
 */
import type { Selectable } from 'kysely';
import { customer } from '../../../src-shared/domain/customer.ts';
import { initialsOf } from '../../../src-shared/domain/initials.ts';
import { canonicalJson } from '../../../src-shared/protocol/digest.ts';
import { putOf, recordChanges } from '../../change-feed/record-changes.ts';
import { branchScope } from '../../../src-shared/protocol/scope.ts';
import { CATALOGUE_LOCK } from '../../db/lock-keys.ts';
import { customerOf } from '../../db/rows.ts';
import type { CentralTransaction, CustomerTable } from '../../db/schema.ts';
import { CUSTOMER_FIELDS } from '../field-specs.ts';
import { refusal, type Verdict } from '../refusal.ts';
import type { RowReader } from '../row-reader.ts';
import { putRows } from '../write-rows.ts';
import { groupsOfBatch, type GroupsOfBatch } from './customer-groups.ts';
import { customersByCode } from './known-rows.ts';
import { readBranch } from './read-branch.ts';
import type { DraftRow, ImportSetting, Plan, RowKind } from './row-kind.ts';
import { schemaRefusal } from './schema-refusal.ts';

type CustomerRow = Selectable<CustomerTable>;

interface CustomerDraft {
  code: string;
  name?: string;
  phone?: string | null;
  /** Absent where neither the row nor the command names one: known customers need none. */
  branchId?: string;
  active?: boolean;
  /** The group's code. */
  group?: string | null;
}

export const customers: RowKind<CustomerDraft> = {
  fields: CUSTOMER_FIELDS,
  lockKeys: () => [CATALOGUE_LOCK],
  read: readCustomer,
  keyOf: (draft) => draft.code.toLowerCase(),
  plan: planCustomers,
};

function readCustomer(reader: RowReader, setting: ImportSetting): CustomerDraft | undefined {
  const draft: CustomerDraft = { code: reader.required('code') };
  if (reader.has('name')) draft.name = reader.required('name');
  if (reader.has('phone')) draft.phone = reader.text('phone') || null;
  const branch = readBranch(reader, setting);
  if (branch) draft.branchId = branch.branchId;
  if (reader.text('active') !== '') draft.active = reader.yesNo('active');
  if (reader.text('group') !== '') draft.group = reader.groupCode('group');
  return reader.refusal ? undefined : draft;
}

async function planCustomers(
  tx: CentralTransaction,
  rows: readonly DraftRow<CustomerDraft>[],
  setting: ImportSetting,
): Promise<Plan> {
  const known = await customersByCode(
    tx,
    rows.map(({ draft }) => draft.code),
  );
  const groups = await groupsOfBatch(
    tx,
    rows.flatMap(({ draft }) => draft.group ?? []),
    setting,
  );
  const written: CustomerRow[] = [];
  const verdicts = rows.map(({ draft }): Verdict => {
    const before = known.get(draft.code.toLowerCase());
    const branchId = before?.branch_id ?? draft.branchId;
    if (branchId === undefined) return refusal('required', { field: 'branch' });
    if (draft.branchId !== undefined && draft.branchId !== branchId) {
      const branch = setting.house.branches.find((one) => one.branchId === branchId);
      return refusal('branchFixed', { value: draft.code, branch: branch?.code ?? '' });
    }
    const name = draft.name ?? before?.name ?? draft.code;
    const after: CustomerRow = {
      customer_id: before?.customer_id ?? setting.newId(),
      branch_id: branchId,
      code: before?.code ?? draft.code,
      name,
      initials: initialsOf(name),
      phone: draft.phone === undefined ? (before?.phone ?? null) : draft.phone,
      active: draft.active ?? before?.active ?? true,
      group_id: groupIdOf(draft, before, groups),
      more: before?.more ?? null,
      rev: (before?.rev ?? 0) + 1,
    };
    const faulty = schemaRefusal(customer, customerOf(after));
    if (faulty) return faulty;
    if (before && canonicalJson(customerOf(before)) === canonicalJson(customerOf(after))) return 'unchanged';
    written.push(after);
    return before ? 'changed' : 'new';
  });
  const write = async (): Promise<void> => {
    await groups.write(written);
    await putRows(tx, { table: 'customer', key: ['customer_id'] }, written);
    const changes = written.map((row) => putOf(branchScope(row.branch_id), 'customer', customerOf(row), row.rev));
    await recordChanges(tx, changes);
  };
  return { verdicts, write };
}

function groupIdOf({ group }: CustomerDraft, before: CustomerRow | undefined, groups: GroupsOfBatch): string | null {
  if (group === undefined) return before?.group_id ?? null;
  return group === null ? null : groups.groupFor(group).group_id;
}
