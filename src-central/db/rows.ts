/**
 * From table rows to the shapes that desks know. The same mappers make a change when it is recorded, its digest when it
 * is checked and its answer over REST: so the three can't differ.
 */
import type { Selectable } from 'kysely';
import type { Account } from '../../src-shared/domain/account.ts';
import type { Branch } from '../../src-shared/domain/branch.ts';
import type { Customer, CustomerGroup } from '../../src-shared/domain/customer.ts';
import type { GroupId } from '../../src-shared/domain/ids.ts';
import type { Order, OrderLine } from '../../src-shared/domain/order.ts';
import type { Price, PriceList } from '../../src-shared/domain/pricing/price-list.ts';
import type { Product } from '../../src-shared/domain/product.ts';
import type { Stock } from '../../src-shared/domain/stock.ts';
import type { Lease } from '../../src-shared/protocol/lease.ts';
import type { Receipt } from '../../src-shared/protocol/receipt.ts';
import type {
  BranchTable,
  CustomerAccountTable,
  CustomerGroupTable,
  CustomerTable,
  PriceListTable,
  PriceTable,
  ProductTable,
  ReceiptTable,
  SalesOrderLineTable,
  SalesOrderTable,
  StockLeaseTable,
  StockTable,
} from './schema.ts';

// The database's columns are typed and checked (uuid, date, check constraints); the brands are put back on here.

/** A field that a row may lack: null in the column. */
function said<Name extends string, T>(name: Name, value: T | null): { [K in Name]?: T } {
  return value === null ? {} : ({ [name]: value } as { [K in Name]?: T });
}

export function branchOf(row: Selectable<BranchTable>): Branch {
  return {
    branchId: row.branch_id as Branch['branchId'],
    code: row.code,
    name: row.name,
    warehouseId: row.warehouse_id as Branch['warehouseId'],
    timeZone: row.time_zone,
  };
}

export function productOf(row: Selectable<ProductTable>): Product {
  return {
    productId: row.product_id as Product['productId'],
    code: row.code,
    barcode: row.barcode,
    name: row.name,
    nameAlt: row.name_alt,
    initials: row.initials,
    baseUnit: row.base_unit,
    units: row.units,
    step: row.step,
    active: row.active,
    ...said('taxBasisPoints', row.tax_basis_points),
    ...said('minimumBase', row.minimum_base),
    ...said('multipleBase', row.multiple_base),
  };
}

export function customerOf(row: Selectable<CustomerTable>): Customer {
  return {
    customerId: row.customer_id as Customer['customerId'],
    branchId: row.branch_id as Customer['branchId'],
    code: row.code,
    name: row.name,
    initials: row.initials,
    phone: row.phone,
    active: row.active,
    ...said('groupId', row.group_id as GroupId | null),
    ...row.more,
  };
}

export function accountOf(row: Selectable<CustomerAccountTable>): Account {
  return {
    customerId: row.customer_id as Account['customerId'],
    currency: row.currency as Account['currency'],
    onOrderMinor: row.on_order_minor,
    due: row.due,
  };
}

export function priceListOf(row: Selectable<PriceListTable>): PriceList {
  return {
    priceListId: row.price_list_id as PriceList['priceListId'],
    code: row.code,
    name: row.name,
    currency: row.currency as PriceList['currency'],
    customerId: row.customer_id as PriceList['customerId'],
    ...said('groupId', row.group_id as GroupId | null),
    ...said('taxIncluded', row.tax_included === true ? true : null),
  };
}

export function priceOf(row: Selectable<PriceTable>): Price {
  return {
    priceId: row.price_id as Price['priceId'],
    priceListId: row.price_list_id as Price['priceListId'],
    productId: row.product_id as Price['productId'],
    unit: row.unit,
    unitPrice: row.unit_price,
    validFrom: row.valid_from,
    validTo: row.valid_to,
    ...said('minQuantity', row.min_quantity),
  };
}

export function customerGroupOf(row: Selectable<CustomerGroupTable>): CustomerGroup {
  return { groupId: row.group_id as GroupId, code: row.code, name: row.name };
}

export function stockOf(row: Selectable<StockTable>): Stock {
  return {
    warehouseId: row.warehouse_id as Stock['warehouseId'],
    productId: row.product_id as Stock['productId'],
    onHand: row.on_hand,
    allocated: row.allocated,
  };
}

export function orderLineOf(row: Selectable<SalesOrderLineTable>): OrderLine {
  return {
    productId: row.product_id as OrderLine['productId'],
    unit: row.unit,
    quantity: row.quantity,
    quantityBase: row.quantity_base,
    unitPrice: row.unit_price,
    amountMinor: row.amount_minor,
    priceKind: row.price_kind,
    priceId: row.price_id as OrderLine['priceId'],
    ...row.more,
  };
}

/** `lines`: the order's lines by `line_no`. */
export function orderOf(row: Selectable<SalesOrderTable>, lines: readonly Selectable<SalesOrderLineTable>[]): Order {
  return {
    orderId: row.order_id as Order['orderId'],
    number: row.number,
    branchId: row.branch_id as Order['branchId'],
    warehouseId: row.warehouse_id as Order['warehouseId'],
    customerId: row.customer_id as Order['customerId'],
    status: row.status,
    note: row.note,
    businessDate: row.business_date,
    madeAt: row.made_at,
    version: row.version,
    currency: row.currency as Order['currency'],
    totalMinor: row.total_minor,
    lines: lines.map(orderLineOf),
    history: row.history,
    ...said('taxMinor', row.tax_minor),
    ...said('state', row.state),
    ...said('hold', row.hold),
    ...said('creditedMinor', row.credited_minor),
    ...said('paidMinor', row.paid_minor),
    ...said('creditReview', row.credit_review),
    ...said('oldFacts', row.old_facts),
  };
}

export function receiptOf(row: Selectable<ReceiptTable>): Receipt {
  return {
    mutationId: row.mutation_id as Receipt['mutationId'],
    lane: row.lane,
    name: row.name,
    verdict: row.verdict,
    issues: row.issues,
    supersededBy: row.superseded_by as Receipt['supersededBy'],
    bodyHash: row.body_hash,
    judgedAt: row.judged_at,
  };
}

export function leaseOf(row: Selectable<StockLeaseTable>): Lease {
  return {
    leaseId: row.lease_id,
    incarnationId: row.incarnation_id as Lease['incarnationId'],
    warehouseId: row.warehouse_id as Lease['warehouseId'],
    productId: row.product_id as Lease['productId'],
    quantityBase: row.quantity_base,
    usedBase: row.used_base,
    expiresAt: row.expires_at,
  };
}
