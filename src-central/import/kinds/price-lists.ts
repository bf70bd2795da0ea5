/** The price lists that a batch of prices goes on: the base list, and one for each customer with prices of its own. */
import type { Selectable } from 'kysely';
import { customersByCode } from './known-rows.ts';
import { priceListScope } from '../../change-feed/scopes.ts';
import { type Scope } from '../../../src-shared/protocol/scope.ts';
import { putOf, type RecordedChange } from '../../change-feed/record-changes.ts';
import { priceListOf } from '../../db/rows.ts';
import type { CentralTransaction, CustomerTable, PriceListTable } from '../../db/schema.ts';
import { refusal, type Refusal } from '../refusal.ts';
import type { ImportSetting } from './row-kind.ts';

type PriceListRow = Selectable<PriceListTable>;

const BASE_LIST_CODE = 'LIST';
const BASE_LIST_NAME = '标价 List price';

export interface PriceListsOfBatch {
  /** The list for a customer's code (undefined: the base list), made when there is none yet. */
  listFor(customer: string | undefined, currency: string): { list: PriceListRow; scope: Scope } | Refusal;
  /** Those that were made. */
  made(): { rows: PriceListRow[]; changes: RecordedChange[] };
}

export async function priceListsOfBatch(
  tx: CentralTransaction,
  customerCodes: readonly string[],
  setting: ImportSetting,
): Promise<PriceListsOfBatch> {
  const customers = await customersByCode(tx, customerCodes);
  const ids = [...customers.values()].map((row) => row.customer_id);
  const lists = await tx
    .selectFrom('price_list')
    .selectAll()
    .where((where) =>
      where.or([where('customer_id', 'is', null), ...(ids.length > 0 ? [where('customer_id', 'in', ids)] : [])]),
    )
    .execute();
  const byOwner = new Map(lists.map((row) => [row.customer_id, row]));
  const rows: PriceListRow[] = [];
  const changes: RecordedChange[] = [];
  const make = (owner: Selectable<CustomerTable> | undefined, currency: string): PriceListRow => {
    const row: PriceListRow = {
      price_list_id: setting.newId(),
      code: owner ? `C:${owner.code}` : BASE_LIST_CODE,
      name: owner ? `客户价 ${owner.code}` : BASE_LIST_NAME,
      currency,
      customer_id: owner?.customer_id ?? null,
      group_id: null,
      tax_included: null,
      rev: 1,
    };
    rows.push(row);
    changes.push(putOf(priceListScope(owner?.branch_id ?? null), 'priceList', priceListOf(row), 1));
    byOwner.set(row.customer_id, row);
    return row;
  };
  return {
    listFor(customer, currency) {
      const owner = customer === undefined ? undefined : customers.get(customer.toLowerCase());
      if (customer !== undefined && !owner) return refusal('customerUnknown', { value: customer });
      const list = byOwner.get(owner?.customer_id ?? null) ?? make(owner, currency);
      if (list.currency !== currency) return refusal('currencyOther', { value: currency, currency: list.currency });
      return { list, scope: priceListScope(owner?.branch_id ?? null) };
    },
    made: () => ({ rows, changes }),
  };
}
