/**
 * The check that the feed's latest word on every row of a desk's scopes is what central's tables hold. A difference is a
 * fault of central (a row written past the recorder, by hand or by mistake), and desks would never hear of that row.
 */
import { sql } from 'kysely';
import type { PolicyName } from '../../src-shared/domain/policy.ts';
import type { RowKind } from '../../src-shared/protocol/change.ts';
import { rowKey, type RowOf } from '../../src-shared/protocol/change.ts';
import { canonicalJson } from '../../src-shared/protocol/digest.ts';
import {
  accountOf,
  branchOf,
  customerGroupOf,
  customerOf,
  leaseOf,
  orderOf,
  priceListOf,
  priceOf,
  productOf,
  receiptOf,
  stockOf,
} from '../db/rows.ts';
import type { CentralTransaction } from '../db/schema.ts';
import { DIGEST_NAMED_KEYS, DIGEST_PAGE_ROWS } from '../limits.ts';
import { linesByOrder } from '../orders/load-orders.ts';
import type { Scope } from '../../src-shared/protocol/scope.ts';

export interface Divergence {
  kind: RowKind;
  /** Rows that the feed and the tables tell differently; the first few. */
  keys: string[];
}

/** One row of a table as the feed should have it. */
interface BaseRow {
  key: string;
  rev: number;
  rowJson: string;
}

/** Reads the rows of one kind and scope that come after a key, in the order of that key. */
type ReadPage = (after: string | undefined) => Promise<BaseRow[]>;

/**
 * On one REPEATABLE READ snapshot: tables and feed are of the same moment. Empty when all is well.
 *
 * @param maxRows after so many rows no further kind is begun: who waits for the answer gets it in time.
 */
export async function findDivergence(
  tx: CentralTransaction,
  scopes: readonly Scope[],
  maxRows = Infinity,
): Promise<Divergence[]> {
  const keys = new Map<RowKind, string[]>();
  let rows = 0;
  for (const scope of scopes) {
    for (const [kind, readPage] of await checksOf(tx, scope)) {
      if (rows > maxRows) break;
      const counted: ReadPage = async (after) => {
        const page = await readPage(after);
        rows += page.length;
        return page;
      };
      const differing = await differingKeys(tx, { kind, scope, readPage: counted });
      if (differing.length > 0) keys.set(kind, [...(keys.get(kind) ?? []), ...differing]);
    }
  }
  return [...keys].map(([kind, found]) => ({ kind, keys: found.slice(0, DIGEST_NAMED_KEYS) }));
}

/** What a scope holds, as the tables have it. */
async function checksOf(tx: CentralTransaction, scope: Scope): Promise<[RowKind, ReadPage][]> {
  const [what, id = '', month = ''] = scope.split(':');
  switch (what) {
    case 'branch': {
      const { warehouse_id: warehouseId } = await tx
        .selectFrom('branch')
        .select('warehouse_id')
        .where('branch_id', '=', id)
        .executeTakeFirstOrThrow();
      return [
        ['priceList', priceListPages(tx, id)],
        ['price', pricePages(tx, id)],
        ['customer', customerPages(tx, id)],
        ['account', accountPages(tx, id)],
        ['stock', stockPages(tx, warehouseId)],
      ];
    }
    case 'orders':
      return [['order', orderPages(tx, id, month)]];
    case 'device':
      return [
        ['receipt', receiptPages(tx, id)],
        ['grant', grantPages(tx, id)],
        ['lease', leasePages(tx, id)],
      ];
    default:
      return [
        ['branch', branchPages(tx)],
        ['product', productPages(tx)],
        ['priceList', priceListPages(tx, null)],
        ['price', pricePages(tx, null)],
        ['customerGroup', customerGroupPages(tx)],
        ['promotion', promotionPages(tx)],
        ['policy', policyPages(tx)],
      ];
  }
}

async function differingKeys(
  tx: CentralTransaction,
  of: { kind: RowKind; scope: Scope; readPage: ReadPage },
): Promise<string[]> {
  const differing: string[] = [];
  const seen = new Set<string>();
  let after: string | undefined;
  for (;;) {
    const page = await of.readPage(after);
    const logged = await latestOf(tx, { ...of, keys: page.map((row) => row.key) });
    for (const { key, rev, rowJson } of page) {
      seen.add(key);
      const said = logged.get(key);
      if (said?.rev !== rev || said.rowText !== rowJson) differing.push(key);
    }
    if (page.length < DIGEST_PAGE_ROWS) break;
    after = page.at(-1)?.key;
  }
  for (const key of await keysOf(tx, of)) if (!seen.has(key)) differing.push(key);
  return differing;
}

async function latestOf(
  tx: CentralTransaction,
  of: { kind: RowKind; scope: Scope; keys: readonly string[] },
): Promise<Map<string, { rev: number; rowText: string | null }>> {
  const { rows } = await sql<{ key: string; rev: number; row_text: string | null }>`
    select distinct on (key) key, rev, row_json::text as row_text from change
    where scope = ${of.scope} and kind = ${of.kind} and key = any(${of.keys}::text[])
    order by key, xid desc, ord desc
  `.execute(tx);
  return new Map(rows.map((row) => [row.key, { rev: row.rev, rowText: row.row_text }]));
}

/** Every key that the feed's latest word says is there. */
async function keysOf(tx: CentralTransaction, of: { kind: RowKind; scope: Scope }): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    select key from (
      select distinct on (key) key, op from change
      where scope = ${of.scope} and kind = ${of.kind} order by key, xid desc, ord desc
    ) latest where op = 'put'
  `.execute(tx);
  return rows.map((row) => row.key);
}

function base<K extends RowKind>(kind: K, row: RowOf<K>, rev: number): BaseRow {
  return { key: rowKey(kind, row), rev, rowJson: canonicalJson(row) };
}

const FIRST_UUID = '00000000-0000-0000-0000-000000000000';

function branchPages(tx: CentralTransaction): ReadPage {
  return async (after = FIRST_UUID) => {
    const rows = await tx
      .selectFrom('branch')
      .selectAll()
      .where('branch_id', '>', after)
      .orderBy('branch_id')
      .limit(DIGEST_PAGE_ROWS)
      .execute();
    return rows.map((row) => base('branch', branchOf(row), row.rev));
  };
}

function productPages(tx: CentralTransaction): ReadPage {
  return async (after = FIRST_UUID) => {
    const rows = await tx
      .selectFrom('product')
      .selectAll()
      .where('product_id', '>', after)
      .orderBy('product_id')
      .limit(DIGEST_PAGE_ROWS)
      .execute();
    return rows.map((row) => base('product', productOf(row), row.rev));
  };
}

function customerGroupPages(tx: CentralTransaction): ReadPage {
  return async (after = FIRST_UUID) => {
    const rows = await tx
      .selectFrom('customer_group')
      .selectAll()
      .where('group_id', '>', after)
      .orderBy('group_id')
      .limit(DIGEST_PAGE_ROWS)
      .execute();
    return rows.map((row) => base('customerGroup', customerGroupOf(row), row.rev));
  };
}

function promotionPages(tx: CentralTransaction): ReadPage {
  return async (after = FIRST_UUID) => {
    const rows = await tx
      .selectFrom('promotion')
      .selectAll()
      .where('promotion_id', '>', after)
      .orderBy('promotion_id')
      .limit(DIGEST_PAGE_ROWS)
      .execute();
    return rows.map((row) => base('promotion', row.document, row.rev));
  };
}

function policyPages(tx: CentralTransaction): ReadPage {
  return async (after = '') => {
    const rows = await tx
      .selectFrom('policy')
      .selectAll()
      .where('name', '>', after as PolicyName)
      .orderBy('name')
      .limit(DIGEST_PAGE_ROWS)
      .execute();
    return rows.map((row) => base('policy', row.document, row.rev));
  };
}

/** `ownersBranch`: of the customers whose own lists they are; null for the base list. */
function priceListPages(tx: CentralTransaction, ownersBranch: string | null): ReadPage {
  return async (after = FIRST_UUID) => {
    const rows = await tx
      .selectFrom('price_list')
      .leftJoin('customer', 'customer.customer_id', 'price_list.customer_id')
      .selectAll('price_list')
      .where('customer.branch_id', ownersBranch === null ? 'is' : '=', ownersBranch)
      .where('price_list_id', '>', after)
      .orderBy('price_list_id')
      .limit(DIGEST_PAGE_ROWS)
      .execute();
    return rows.map((row) => base('priceList', priceListOf(row), row.rev));
  };
}

function pricePages(tx: CentralTransaction, ownersBranch: string | null): ReadPage {
  return async (after = FIRST_UUID) => {
    const rows = await tx
      .selectFrom('price')
      .innerJoin('price_list', 'price_list.price_list_id', 'price.price_list_id')
      .leftJoin('customer', 'customer.customer_id', 'price_list.customer_id')
      .selectAll('price')
      .where('customer.branch_id', ownersBranch === null ? 'is' : '=', ownersBranch)
      .where('price_id', '>', after)
      .orderBy('price_id')
      .limit(DIGEST_PAGE_ROWS)
      .execute();
    return rows.map((row) => base('price', priceOf(row), row.rev));
  };
}

function accountPages(tx: CentralTransaction, branchId: string): ReadPage {
  return async (after = FIRST_UUID) => {
    const rows = await tx
      .selectFrom('customer_account')
      .innerJoin('customer', 'customer.customer_id', 'customer_account.customer_id')
      .selectAll('customer_account')
      .where('customer.branch_id', '=', branchId)
      .where('customer_account.customer_id', '>', after)
      .orderBy('customer_account.customer_id')
      .limit(DIGEST_PAGE_ROWS)
      .execute();
    return rows.map((row) => base('account', accountOf(row), row.rev));
  };
}

function customerPages(tx: CentralTransaction, branchId: string): ReadPage {
  return async (after = FIRST_UUID) => {
    const rows = await tx
      .selectFrom('customer')
      .selectAll()
      .where('branch_id', '=', branchId)
      .where('customer_id', '>', after)
      .orderBy('customer_id')
      .limit(DIGEST_PAGE_ROWS)
      .execute();
    return rows.map((row) => base('customer', customerOf(row), row.rev));
  };
}

function stockPages(tx: CentralTransaction, warehouseId: string): ReadPage {
  return async (after) => {
    const rows = await tx
      .selectFrom('stock')
      .selectAll()
      .where('warehouse_id', '=', warehouseId)
      .where('product_id', '>', after?.split('/')[1] ?? FIRST_UUID)
      .orderBy('product_id')
      .limit(DIGEST_PAGE_ROWS)
      .execute();
    return rows.map((row) => base('stock', stockOf(row), row.rev));
  };
}

/** `month`: `YYYY-MM`. */
function orderPages(tx: CentralTransaction, branchId: string, month: string): ReadPage {
  return async (after = FIRST_UUID) => {
    const rows = await tx
      .selectFrom('sales_order')
      .selectAll()
      .where('branch_id', '=', branchId)
      .where(sql<boolean>`business_date >= ${`${month}-01`}::date`)
      .where(sql<boolean>`business_date < ${`${month}-01`}::date + interval '1 month'`)
      .where('order_id', '>', after)
      .orderBy('order_id')
      .limit(DIGEST_PAGE_ROWS)
      .execute();
    const lines = await linesByOrder(
      tx,
      rows.map((row) => row.order_id),
    );
    return rows.map((row) => base('order', orderOf(row, lines.get(row.order_id) ?? []), row.rev));
  };
}

function receiptPages(tx: CentralTransaction, deviceId: string): ReadPage {
  return async (after = FIRST_UUID) => {
    const rows = await tx
      .selectFrom('receipt')
      .selectAll()
      .where('device_id', '=', deviceId)
      .where('mutation_id', '>', after)
      .orderBy('mutation_id')
      .limit(DIGEST_PAGE_ROWS)
      .execute();
    return rows.map((row) => base('receipt', receiptOf(row), row.rev));
  };
}

function grantPages(tx: CentralTransaction, deviceId: string): ReadPage {
  return async (after = '') => {
    const rows = await tx
      .selectFrom('scope_grant')
      .selectAll()
      .where('device_id', '=', deviceId)
      .where('active', '=', true)
      .where('scope', '>', after as Scope)
      .orderBy('scope')
      .limit(DIGEST_PAGE_ROWS)
      .execute();
    return rows.map((row) => base('grant', { scope: row.scope }, row.rev));
  };
}

function leasePages(tx: CentralTransaction, deviceId: string): ReadPage {
  return async (after = FIRST_UUID) => {
    const rows = await tx
      .selectFrom('stock_lease')
      .selectAll()
      .where('device_id', '=', deviceId)
      .where('live', '=', true)
      .where('lease_id', '>', after)
      .orderBy('lease_id')
      .limit(DIGEST_PAGE_ROWS)
      .execute();
    return rows.map((row) => base('lease', leaseOf(row), row.rev));
  };
}
