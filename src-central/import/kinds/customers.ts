/**
 * Customers. A file without names (order lines have none) names new customers by their codes and leaves the names of
 * known ones alone. A customer stays in its branch: its orders and prices are the branch's. A customer group that is not
 * there is made; an empty group leaves the customer in theirs, a word such as "none" takes them out of it, and so it is
 * with all that is known of a customer besides. Whoever gets terms for the first time gets an account.
 */
import type { Selectable } from 'kysely';
import { customer, type CustomerMore } from '../../../src-shared/domain/customer.ts';
import type { CustomerDataFault } from '../../../src-shared/domain/customer-data.ts';
import { initialsOf } from '../../../src-shared/domain/initials.ts';
import { canonicalJson } from '../../../src-shared/protocol/digest.ts';
import { putOf, recordChanges } from '../../change-feed/record-changes.ts';
import { branchScope } from '../../../src-shared/protocol/scope.ts';
import { customerDataCheck } from '../../customers/customer-data-faults.ts';
import { readPolicy } from '../../house/policies.ts';
import { openAccounts } from '../../accounts/open-accounts.ts';
import { CATALOGUE_LOCK, warehouseLock } from '../../db/lock-keys.ts';
import { customerOf } from '../../db/rows.ts';
import type { CentralTransaction, CustomerTable } from '../../db/schema.ts';
import { CUSTOMER_FIELDS } from '../field-specs.ts';
import { refusal, type Refusal, type Verdict } from '../refusal.ts';
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
  /** Null takes away what is there. */
  taxId?: string | null;
  salesperson?: string | null;
  address?: string | null;
  billingAddress?: string | null;
  contact?: string | null;
  email?: string | null;
  paymentDays?: number | null;
  /** Minor units. */
  creditLimit?: number | null;
}

/** With the most characters of each. */
const MORE_TEXTS = [
  ['taxId', 40],
  ['salesperson', 100],
  ['address', 400],
  ['billingAddress', 400],
  ['contact', 100],
  ['email', 200],
] as const;
const MAX_DAYS = 365;

export const customers: RowKind<CustomerDraft> = {
  fields: CUSTOMER_FIELDS,
  // Each with a group and an account of its own, at most.
  batchRows: 600,
  // Nobody may take or move an order of theirs while an account is summed up.
  lockKeys: ({ house }) => [CATALOGUE_LOCK, ...house.branches.map((branch) => warehouseLock(branch.warehouseId))],
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
  readMore(reader, draft, setting);
  return reader.refusal ? undefined : draft;
}

/** What is empty stays as it is. */
function readMore(reader: RowReader, draft: CustomerDraft, { house }: ImportSetting): void {
  for (const [field, max] of MORE_TEXTS) if (reader.text(field) !== '') draft[field] = reader.textOrNone(field, max);
  if (reader.text('paymentDays') !== '') draft.paymentDays = reader.daysOrNone('paymentDays', MAX_DAYS);
  if (reader.text('creditLimit') !== '') draft.creditLimit = reader.amountOrNone('creditLimit', house.currency);
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
  const { policy } = await readPolicy(tx, 'customerData');
  const faultsOf = await customerDataCheck(policy);
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
    const more = moreAfter(before?.more ?? {}, draft);
    if ('code' in more) return more;
    const after: CustomerRow = {
      customer_id: before?.customer_id ?? setting.newId(),
      branch_id: branchId,
      code: before?.code ?? draft.code,
      name,
      initials: initialsOf(name),
      phone: draft.phone === undefined ? (before?.phone ?? null) : draft.phone,
      active: draft.active ?? before?.active ?? true,
      group_id: groupIdOf(draft, before, groups),
      more: Object.keys(more).length === 0 ? null : more,
      rev: (before?.rev ?? 0) + 1,
    };
    const faulty = schemaRefusal(customer, customerOf(after));
    if (faulty) return faulty;
    if (before && canonicalJson(customerOf(before)) === canonicalJson(customerOf(after))) return 'unchanged';
    const [fault] = faultsOf(customerOf(after), before && customerOf(before));
    if (fault) return dataRefusal(fault);
    written.push(after);
    return before ? 'changed' : 'new';
  });
  const write = async (): Promise<void> => {
    await groups.write(written);
    await putRows(tx, { table: 'customer', key: ['customer_id'] }, written);
    const changes = written.map((row) => putOf(branchScope(row.branch_id), 'customer', customerOf(row), row.rev));
    const accounts = await openAccounts(tx, written, setting.house.currency);
    await recordChanges(tx, [...changes, ...accounts]);
  };
  return { verdicts, write };
}

const COLUMN_OF: Record<CustomerDataFault['field'], string> = {
  phone: 'phone',
  taxId: 'taxId',
  addresses: 'address',
  contacts: 'contact',
  salesperson: 'salesperson',
};

function dataRefusal({ field, why, value }: CustomerDataFault): Refusal {
  const column = COLUMN_OF[field];
  return why === 'missing' ? refusal('required', { field: column }) : refusal(why, { field: column, value });
}

function groupIdOf({ group }: CustomerDraft, before: CustomerRow | undefined, groups: GroupsOfBatch): string | null {
  if (group === undefined) return before?.group_id ?? null;
  return group === null ? null : groups.groupFor(group).group_id;
}

/** What is known of them after the row: one address of each use and one contact are the file's, others stay. */
function moreAfter(before: CustomerMore, draft: CustomerDraft): CustomerMore | Refusal {
  const terms = termsAfter(before.terms, draft);
  if (terms && 'code' in terms) return terms;
  const addresses = [
    ...addressesAfter(before, 'delivery', draft.address),
    ...addressesAfter(before, 'billing', draft.billingAddress),
  ];
  const contacts = contactsAfter(before.contacts ?? [], draft);
  const taxId = draft.taxId === undefined ? before.taxId : draft.taxId;
  const salesperson = draft.salesperson === undefined ? before.salesperson : draft.salesperson;
  return {
    ...(before.hold ? { hold: before.hold } : {}),
    ...(addresses.length > 0 ? { addresses } : {}),
    ...(contacts.length > 0 ? { contacts } : {}),
    ...(taxId == null ? {} : { taxId }),
    ...(salesperson == null ? {} : { salesperson }),
    ...(terms ? { terms } : {}),
  };
}

function termsAfter(
  before: CustomerMore['terms'],
  { paymentDays, creditLimit }: CustomerDraft,
): CustomerMore['terms'] | Refusal {
  if (paymentDays === null) return undefined;
  const days = paymentDays ?? before?.days;
  if (days === undefined) {
    if (creditLimit == null) return undefined;
    return refusal('limitWithoutDays', { field: 'creditLimit', value: String(creditLimit) });
  }
  return { days, limitMinor: creditLimit === undefined ? (before?.limitMinor ?? null) : creditLimit };
}

type Addresses = NonNullable<CustomerMore['addresses']>;

function addressesAfter(
  { addresses = [] }: CustomerMore,
  use: Addresses[number]['use'],
  said: string | null | undefined,
): Addresses {
  const [first, ...others] = addresses.filter((each) => each.use === use);
  if (said === undefined) return first ? [first, ...others] : [];
  if (said === null) return others;
  return [{ ...first, use, text: said }, ...others];
}

function contactsAfter(
  [first, ...others]: NonNullable<CustomerMore['contacts']>,
  { contact, email }: CustomerDraft,
): NonNullable<CustomerMore['contacts']> {
  const name = contact === undefined ? first?.name : contact;
  // Who has an address has a name, if only that.
  const named = name ?? email;
  if (named == null) return others;
  const { email: was, ...rest } = first ?? { name: named };
  const now = email === undefined ? was : (email ?? undefined);
  return [{ ...rest, name: named, ...(now === undefined ? {} : { email: now }) }, ...others];
}
