/**
 * All that most batches want of the database, by one statement: of a push of one order, asking costs more than finding.
 * Nothing here is judged; what the rows mean is load-batch.ts.
 */
import { sql, type Selectable } from 'kysely';
import { integerArray, textArray, uuidArray } from '../db/array-literals.ts';
import type { CustomerMore } from '../../src-shared/domain/customer.ts';
import type { CentralTransaction, CustomerAccountTable, ReceiptTable } from '../db/schema.ts';
import type { Device } from '../identity/device.ts';
import type { LeaseRow } from '../leases/lease-rows.ts';
import { incarnationOf, type Candidate } from './judge-batch.ts';

/** A receipt with the branch of its device. */
export interface ReceiptRow extends Selectable<ReceiptTable> {
  branch_id: string;
}

/** Product, on hand, allocated, version. */
export type StockColumns = [productId: string, onHand: number, allocated: number, rev: number];

/** An account with the branch of its customer. */
export interface AccountRow extends Selectable<CustomerAccountTable> {
  branch_id: string;
}

/** What a batch takes from. */
export interface Taken {
  device: Device;
  productIds: readonly string[];
}

export interface BatchRows {
  /** Of the mutations, of what they build on and what they end, and of those in whose places they were offered. */
  receipts: ReceiptRow[];
  /** With an id or a number of the batch's orders. */
  orders: { order_id: string; number: string }[];
  customers: {
    customer_id: string;
    branch_id: string;
    active: boolean;
    group_id: string | null;
    more: CustomerMore | null;
  }[];
  /** Of those on terms. */
  accounts: AccountRow[];
  /** The customers' own lists. */
  lists: string[];
  stock: StockColumns[];
  leases: LeaseRow[];
  version: number;
  epoch: string;
  recovering: boolean;
}

export async function readBatchRows(
  tx: CentralTransaction,
  candidates: readonly Candidate[],
  of: Taken & { customerIds: readonly string[] },
): Promise<BatchRows> {
  const { device, customerIds } = of;
  const ids = candidates.flatMap(({ body }) => [
    body.id,
    ...body.dependsOn,
    ...(body.supersedes ?? []).map((entry) => entry.id),
  ]);
  const placed = candidates.filter(({ pushed }) => pushed.seq !== null);
  const { rows } = await sql<BatchRows>`
    select version, epoch, recovering,
      (select coalesce(json_agg(found), '[]') from (
        select r.*, d.branch_id from receipt r join device d using (device_id)
        where r.mutation_id = any(${uuidArray(ids)}::uuid[])
        union
        select r.*, d.branch_id from unnest(
          ${uuidArray(placed.map(incarnationOf))}::uuid[],
          ${integerArray(placed.map(({ pushed }) => pushed.seq))}::bigint[]
        ) as place (incarnation_id, seq)
        join receipt r on r.device_id = ${device.deviceId} and r.incarnation_id = place.incarnation_id
          and r.seq = place.seq
        join device d on d.device_id = r.device_id
      ) found) as receipts,
      (select coalesce(json_agg(found), '[]') from (
        select order_id, number from sales_order
        where order_id = any(${uuidArray(candidates.map(({ intent }) => intent.args.orderId))}::uuid[])
          or number = any(${textArray(candidates.map(({ intent }) => intent.args.number))}::text[])
      ) found) as orders,
      (select coalesce(json_agg(found), '[]') from (
        select customer_id, branch_id, active, group_id, more
        from customer where customer_id = any(${uuidArray(customerIds)}::uuid[])
      ) found) as customers,
      ${accountsOf(customerIds)} as accounts,
      array(
        select price_list_id from price_list where customer_id = any(${uuidArray(customerIds)}::uuid[])
      ) as lists,
      ${stockOf(of)} as stock,
      ${leasesOf(of)} as leases
    from catalogue_version, epoch
  `.execute(tx);
  const [found] = rows;
  if (!found) throw new Error('the database has no epoch');
  assertExact(found.stock);
  return found;
}

type MoreRows = Pick<BatchRows, 'stock' | 'leases' | 'accounts'>;

/** Of products and customers that only the orders as they stand name. */
export async function readTaken(
  tx: CentralTransaction,
  of: Taken & { customerIds: readonly string[] },
): Promise<MoreRows> {
  const { rows } = await sql<MoreRows>`
    select ${stockOf(of)} as stock, ${leasesOf(of)} as leases, ${accountsOf(of.customerIds)} as accounts
  `.execute(tx);
  const [found] = rows;
  if (!found) throw new Error('a select without a table has no row');
  assertExact(found.stock);
  return found;
}

function accountsOf(customerIds: readonly string[]) {
  return sql`(
    select coalesce(json_agg(found), '[]') from (
      select a.*, c.branch_id from customer_account a join customer c using (customer_id)
      where a.customer_id = any(${uuidArray(customerIds)}::uuid[])
    ) found
  )`;
}

function stockOf({ device, productIds }: Taken) {
  return sql`(
    select coalesce(json_agg(json_build_array(product_id, on_hand, allocated, rev)), '[]') from stock
    where warehouse_id = ${device.branch.warehouseId} and product_id = any(${uuidArray(productIds)}::uuid[])
  )`;
}

/** Of every life of the desk's file: what was promised in an earlier one is kept. */
function leasesOf({ device, productIds }: Taken) {
  return sql`(
    select coalesce(json_agg(found), '[]') from (
      select * from stock_lease
      where device_id = ${device.deviceId} and live and product_id = any(${uuidArray(productIds)}::uuid[])
      order by expires_at, lease_id
    ) found
  )`;
}

/** Numbers in JSON are rounded past 2^53, where a column's own would have failed. */
function assertExact(stock: readonly StockColumns[]): void {
  for (const [productId, ...numbers] of stock) {
    if (!numbers.every(Number.isSafeInteger)) throw new RangeError(`the stock of ${productId} is past 2^53`);
  }
}
