/**
 * Changes what is known of a customer. One that gets terms for the first time gets an account, which is the sum over the
 * orders that they have: it is kept from then on, for terms that are taken away may come back, and what is owed stays owed.
 */
import { sql } from 'kysely';
import {
  customer,
  CUSTOMER_MORE,
  customerMoreOf,
  type Customer,
  type CustomerMore,
} from '../../src-shared/domain/customer.ts';
import type { CustomerDataFault } from '../../src-shared/domain/customer-data.ts';
import type { Currency } from '../../src-shared/domain/money.ts';
import { canonicalJson } from '../../src-shared/protocol/digest.ts';
import { branchScope } from '../../src-shared/protocol/scope.ts';
import { openAccounts } from '../accounts/open-accounts.ts';
import { putOf, recordChanges } from '../change-feed/record-changes.ts';
import { CATALOGUE_LOCK, warehouseLock } from '../db/lock-keys.ts';
import { customerOf } from '../db/rows.ts';
import type { CentralDb, CentralTransaction } from '../db/schema.ts';
import { writeTransaction } from '../db/write-transaction.ts';
import { readPolicy } from '../house/policies.ts';
import { sameCode } from '../house/same-code.ts';
import { customerDataCheck } from './customer-data-faults.ts';
import type { Unknown, Written } from '../house/written.ts';

/** Null takes a field away; one that is left out stays as it is. */
export type CustomerChange = { [K in keyof CustomerMore]?: CustomerMore[K] | null | undefined } & {
  phone?: string | null | undefined;
};

export interface ChangeAsked {
  customerCode: string;
  change: CustomerChange;
  /** Whose customers may be touched; null: every branch's. Looked at with the customer, who may be moved meanwhile. */
  ofBranch: string | null;
  /** The house's: what an account is kept in. */
  currency: Currency;
}

type Changed =
  | Written<Customer>
  | Unknown
  | { outcome: 'other branch' }
  /** What the house wants of a customer's data (policy `customerData`) would not be so. */
  | { outcome: 'faulty'; faults: CustomerDataFault[] };

export async function changeCustomer(db: CentralDb, asked: ChangeAsked): Promise<Changed> {
  for (;;) {
    const warehouses = asked.change.terms ? await warehousesOf(db, asked.customerCode) : [];
    const done = await changeUnder(db, asked, warehouses);
    // Undefined: an order of theirs has gone to one more warehouse meanwhile.
    if (done) return done;
  }
}

async function changeUnder(
  db: CentralDb,
  asked: ChangeAsked,
  warehouses: readonly string[],
): Promise<Changed | undefined> {
  const { customerCode, change, ofBranch, currency } = asked;
  // Nobody may take or move an order of theirs while it is summed up.
  return writeTransaction(
    db,
    [CATALOGUE_LOCK, ...warehouses.map(warehouseLock)],
    async (tx): Promise<Changed | undefined> => {
      const before = await tx.selectFrom('customer').selectAll().where(sameCode(customerCode)).executeTakeFirst();
      if (!before) return { outcome: 'unknown', what: `customer ${customerCode}` };
      if (ofBranch !== null && before.branch_id !== ofBranch) return { outcome: 'other branch' };
      const was = customerOf(before);
      const row = changed(was, change);
      if (canonicalJson(row) === canonicalJson(was)) return { outcome: 'unchanged', row, xid: undefined };
      const { policy } = await readPolicy(tx, 'customerData');
      const faults = (await customerDataCheck(policy))(row, was);
      if (faults.length > 0) return { outcome: 'faulty', faults };
      const opens = row.terms !== undefined && !(await hasAccount(tx, row.customerId));
      if (opens && (await warehousesOf(tx, customerCode)).some((id) => !warehouses.includes(id))) return undefined;
      const more = customerMoreOf(row);
      const { rev } = await tx
        .updateTable('customer')
        .set((of) => ({ phone: row.phone, more: more ? JSON.stringify(more) : null, rev: of('rev', '+', 1) }))
        .where('customer_id', '=', row.customerId)
        .returning('rev')
        .executeTakeFirstOrThrow();
      const opened = await openAccounts(tx, [{ ...before, more: more ?? null }], currency);
      const xid = await recordChanges(tx, [putOf(branchScope(row.branchId), 'customer', row, rev), ...opened]);
      return { outcome: 'changed', row, xid };
    },
  );
}

/** @throws ZodError of what can't be; callers have checked each field. */
function changed(was: Customer, change: CustomerChange): Customer {
  const row: Record<string, unknown> = { ...was };
  if (change.phone !== undefined) row['phone'] = change.phone;
  for (const name of CUSTOMER_MORE) {
    if (change[name] === null) delete row[name];
    else if (change[name] !== undefined) row[name] = change[name];
  }
  return customer.parse(row);
}

/** Where orders of the customer are, and where new ones would go. */
async function warehousesOf(db: CentralDb | CentralTransaction, customerCode: string): Promise<string[]> {
  const { rows } = await sql<{ warehouse_id: string }>`
    select b.warehouse_id from customer c join branch b using (branch_id) where lower(c.code) = lower(${customerCode})
    union
    select o.warehouse_id from sales_order o join customer c using (customer_id)
    where lower(c.code) = lower(${customerCode})
  `.execute(db);
  return rows.map((row) => row.warehouse_id);
}

async function hasAccount(tx: CentralTransaction, customerId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('customer_account')
    .select('customer_id')
    .where('customer_id', '=', customerId)
    .executeTakeFirst();
  return row !== undefined;
}
