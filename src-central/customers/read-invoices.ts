/** What tax invoices and credit notes of a branch need, day by day: buyer, seller, and the lines that left or came back. */
import { sql } from 'kysely';
import type { Currency } from '../../src-shared/domain/money.ts';
import { invoiceLinesOf, type InvoiceLine } from '../../src-shared/domain/tax-invoice.ts';
import { ordersOf } from '../accounts/orders-of.ts';
import { readSnapshot } from '../change-feed/gate.ts';
import { customerOf } from '../db/rows.ts';
import type { CentralDb, CentralTransaction } from '../db/schema.ts';

export interface ToInvoice extends InvoiceLine {
  currency: Currency;
  productCode: string;
  productName: string;
  buyer: { code: string; name: string; taxId: string; address: string; phone: string };
}

export interface InvoicesAsked {
  branchId: string;
  /** Both inclusive, the branch's days. */
  from: string;
  to: string;
}

/** A day's length more on either side: which day it was in the branch is not the database's to say. */
const MARGIN_MS = 86_400_000;

/** In the order of the orders' ids, each order's in the order in which they happened. */
export async function readInvoiceLines(db: CentralDb, { branchId, from, to }: InvoicesAsked): Promise<ToInvoice[]> {
  return readSnapshot(db, async (tx) => {
    const { time_zone: timeZone } = await tx
      .selectFrom('branch')
      .select('time_zone')
      .where('branch_id', '=', branchId)
      .executeTakeFirstOrThrow();
    const [first, last] = [Date.parse(from) - MARGIN_MS, Date.parse(to) + 2 * MARGIN_MS];
    const which = sql<boolean>`branch_id = ${branchId} and exists (
      select from jsonb_to_recordset(history) as event (what text, at bigint)
      where event.what in ('shipped', 'returned') and event.at between ${first} and ${last})`;
    const lines: (InvoiceLine & { currency: Currency; customerId: string })[] = [];
    for await (const orders of ordersOf(tx, which)) {
      for (const order of orders) {
        const { currency, customerId } = order;
        for (const line of invoiceLinesOf(order, { from, to, timeZone })) lines.push({ ...line, currency, customerId });
      }
    }
    return named(tx, lines);
  });
}

async function named(
  tx: CentralTransaction,
  lines: readonly (InvoiceLine & { currency: Currency; customerId: string })[],
): Promise<ToInvoice[]> {
  if (lines.length === 0) return [];
  const customers = await tx
    .selectFrom('customer')
    .selectAll()
    .where('customer_id', 'in', [...new Set(lines.map((line) => line.customerId))])
    .execute();
  const products = await tx
    .selectFrom('product')
    .select(['product_id', 'code', 'name'])
    .where('product_id', 'in', [...new Set(lines.map((line) => line.productId))])
    .execute();
  const buyers = new Map(customers.map((row) => [row.customer_id, buyerOf(customerOf(row))]));
  const goods = new Map(products.map((row) => [row.product_id, row]));
  return lines.map(({ customerId, ...line }) => ({
    ...line,
    productCode: goods.get(line.productId)?.code ?? '',
    productName: goods.get(line.productId)?.name ?? '',
    buyer: buyers.get(customerId) ?? { code: '', name: '', taxId: '', address: '', phone: '' },
  }));
}

function buyerOf({ code, name, phone, taxId, addresses = [] }: ReturnType<typeof customerOf>): ToInvoice['buyer'] {
  const billing = addresses.find(({ use }) => use === 'billing') ?? addresses[0];
  return { code, name, taxId: taxId ?? '', address: billing?.text ?? '', phone: billing?.phone ?? phone ?? '' };
}
