/**
 * The price lists that a batch of prices goes on: the base list, one for each customer group and one for each customer
 * with prices of their own. One that is not there is made, in the currency and with or without tax as its first row says.
 */
import type { Selectable } from 'kysely';
import { priceList } from '../../../src-shared/domain/pricing/price-list.ts';
import { CATALOGUE_SCOPE, type Scope } from '../../../src-shared/protocol/scope.ts';
import { putOf, type RecordedChange } from '../../change-feed/record-changes.ts';
import { priceListScope } from '../../change-feed/scopes.ts';
import { priceListOf } from '../../db/rows.ts';
import type { CentralTransaction, PriceListTable } from '../../db/schema.ts';
import { refusal, type Refusal } from '../refusal.ts';
import { customersByCode, groupsByCode } from './known-rows.ts';
import type { ImportSetting } from './row-kind.ts';
import { schemaRefusal } from './schema-refusal.ts';

type PriceListRow = Selectable<PriceListTable>;

const BASE_LIST_CODE = 'LIST';
const BASE_LIST_NAME = '标价 List price';

/** What a row says of the list that its price goes on. */
export interface AskedList {
  /** Codes; neither: the base list. */
  customer?: string;
  group?: string;
  currency: string;
  /** Absent where the row says nothing: then it goes with the list. */
  taxIncluded?: boolean;
}

export interface PriceListsOfBatch {
  listFor(asked: AskedList): { list: PriceListRow; scope: Scope } | Refusal;
  /** Those that were made, of the ones that are wanted. */
  made(wanted: ReadonlySet<string>): { rows: PriceListRow[]; changes: RecordedChange[] };
}

/** Whose list it is. */
interface Owner {
  customerId: string | null;
  groupId: string | null;
  scope: Scope;
  listCode: string;
  listName: string;
}

const EVERYBODY: Owner = {
  customerId: null,
  groupId: null,
  scope: CATALOGUE_SCOPE,
  listCode: BASE_LIST_CODE,
  listName: BASE_LIST_NAME,
};

export async function priceListsOfBatch(
  tx: CentralTransaction,
  asked: readonly AskedList[],
  setting: ImportSetting,
): Promise<PriceListsOfBatch> {
  const ownerOf = await ownersOf(tx, asked);
  const byOwner = new Map((await listsOf(tx, asked)).map((row) => [ownerKey(row), row]));
  const made: { row: PriceListRow; scope: Scope }[] = [];
  const make = (owner: Owner, of: AskedList): PriceListRow => {
    const key = ownerKey({ customer_id: owner.customerId, group_id: owner.groupId });
    const row = setting.newLists.get(key) ?? newList(owner, of, setting.newId());
    setting.newLists.set(key, row);
    byOwner.set(key, row);
    made.push({ row, scope: owner.scope });
    return row;
  };
  return {
    listFor(of) {
      const owner = ownerOf(of);
      if ('code' in owner) return owner;
      const there = byOwner.get(ownerKey({ customer_id: owner.customerId, group_id: owner.groupId }));
      const list = there ?? make(owner, of);
      return contradiction(list, of) ?? schemaRefusal(priceList, priceListOf(list)) ?? { list, scope: owner.scope };
    },
    made(wanted) {
      const found = made.filter(({ row }) => wanted.has(row.price_list_id));
      return {
        rows: found.map(({ row }) => row),
        changes: found.map(({ row, scope }) => putOf(scope, 'priceList', priceListOf(row), row.rev)),
      };
    },
  };
}

async function ownersOf(
  tx: CentralTransaction,
  asked: readonly AskedList[],
): Promise<(of: AskedList) => Owner | Refusal> {
  const customerCodes = asked.flatMap(({ customer }) => customer ?? []);
  const groupCodes = asked.flatMap(({ group }) => group ?? []);
  const customers = await customersByCode(tx, customerCodes);
  const groups = await groupsByCode(tx, groupCodes);
  return ({ customer, group }) => {
    if (customer !== undefined) {
      const row = customers.get(customer.toLowerCase());
      if (!row) return refusal('customerUnknown', { value: customer });
      const { customer_id: customerId, code, branch_id: branchId } = row;
      const scope = priceListScope(branchId);
      return { customerId, groupId: null, scope, listCode: `C:${code}`, listName: `客户价 ${code}` };
    }
    if (group === undefined) return EVERYBODY;
    const row = groups.get(group.toLowerCase());
    if (!row) return refusal('groupUnknown', { value: group });
    const { group_id: groupId, code } = row;
    return { ...EVERYBODY, groupId, listCode: `G:${code}`, listName: `客户组价 ${code}` };
  };
}

/** Of everybody, of the groups, and of these customers. */
async function listsOf(tx: CentralTransaction, asked: readonly AskedList[]): Promise<PriceListRow[]> {
  const customers = await customersByCode(
    tx,
    asked.flatMap(({ customer }) => customer ?? []),
  );
  const ids = [...customers.values()].map((row) => row.customer_id);
  return tx
    .selectFrom('price_list')
    .selectAll()
    .where((where) =>
      where.or([where('customer_id', 'is', null), ...(ids.length > 0 ? [where('customer_id', 'in', ids)] : [])]),
    )
    .execute();
}

function ownerKey(of: Pick<PriceListRow, 'customer_id' | 'group_id'>): string {
  return `${of.customer_id ?? ''}/${of.group_id ?? ''}`;
}

function newList(owner: Owner, { currency, taxIncluded }: AskedList, id: string): PriceListRow {
  return {
    price_list_id: id,
    code: owner.listCode,
    name: owner.listName,
    currency,
    customer_id: owner.customerId,
    group_id: owner.groupId,
    tax_included: taxIncluded === true ? true : null,
    rev: 1,
  };
}

function contradiction(list: PriceListRow, { currency, taxIncluded }: AskedList): Refusal | undefined {
  if (list.currency !== currency) return refusal('currencyOther', { value: currency, currency: list.currency });
  const included = list.tax_included === true;
  if (taxIncluded === undefined || taxIncluded === included) return undefined;
  return refusal(included ? 'listWithTax' : 'listWithoutTax', { field: 'taxIncluded', list: list.code });
}
