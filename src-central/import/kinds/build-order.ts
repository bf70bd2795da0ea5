/** Makes one order of the rows of its number. Pure. */
import { createHash } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Branch } from '../../../src-shared/domain/branch.ts';
import { lineAmountMinor, sumMinor, type Currency } from '../../../src-shared/domain/money.ts';
import { MAX_ORDER_LINES, type Order, type OrderLine } from '../../../src-shared/domain/order.ts';
import { MAX_LINE_QUANTITY_BASE, thousandthsToText, toBaseQuantity } from '../../../src-shared/domain/quantity.ts';
import { factorOf } from '../../../src-shared/domain/unit.ts';
import { uuidV7 } from '../../../src-shared/domain/uuid-v7.ts';
import type { CustomerTable, ProductTable } from '../../db/schema.ts';
import { refusal, type Refusal } from '../refusal.ts';
import type { OrderRowDraft, OrderRows } from './read-order-row.ts';
import type { DraftRow, ImportSetting } from './row-kind.ts';
import { wallClockMs } from './wall-clock.ts';

export interface KnownParts {
  /** By code in lower case. */
  customers: ReadonlyMap<string, Selectable<CustomerTable>>;
  products: ReadonlyMap<string, Selectable<ProductTable>>;
}

export interface BuiltOrder {
  /** Absent when no line is good, or the order as a whole can't be. */
  order?: Order;
  /** Why the order as a whole can't be. */
  fault?: Refusal;
  /** One a row; `undefined` of the good lines. */
  refusals: (Refusal | undefined)[];
}

/** What the first good line settled for the order. */
interface Head extends DraftRow<OrderRowDraft> {
  customer: Selectable<CustomerTable>;
}

export function buildOrder({ number, rows }: OrderRows, known: KnownParts, setting: ImportSetting): BuiltOrder {
  const lines: OrderLine[] = [];
  let head: Head | undefined;
  const refusals: (Refusal | undefined)[] = [];
  for (const row of rows) {
    const found = judgeRow(row, head, { known, currency: setting.house.currency });
    refusals.push('code' in found ? found : undefined);
    if ('code' in found) continue;
    head ??= { ...row, customer: found.customer };
    lines.push(found.line);
  }
  if (!head) return { refusals };
  if (lines.length > MAX_ORDER_LINES) {
    const fault = refusal('orderTooLong', { number, lines: lines.length, max: MAX_ORDER_LINES });
    return { fault, refusals };
  }
  const totalMinor = sumMinor(lines.map((line) => line.amountMinor));
  if (totalMinor === undefined) return { fault: refusal('orderTooLarge', { number }), refusals };
  return { order: orderFrom(head, { number, lines, totalMinor }, setting), refusals };
}

function judgeRow(
  { draft }: DraftRow<OrderRowDraft>,
  head: Head | undefined,
  { known, currency }: { known: KnownParts; currency: Currency },
): { customer: Selectable<CustomerTable>; line: OrderLine } | Refusal {
  const customer = known.customers.get(draft.customer.toLowerCase());
  if (!customer) return refusal('customerUnknown', { value: draft.customer });
  const otherwise = head && contradiction(head, draft);
  if (otherwise) return otherwise;
  const line = lineOf(draft, known, currency);
  return 'code' in line ? line : { customer, line };
}

function contradiction(head: Head, draft: OrderRowDraft): Refusal | undefined {
  const [here, there] = [draft.dateTime.slice(0, 10), head.draft.dateTime.slice(0, 10)];
  if (here !== there) return refusal('contradictsRow', { row: head.row, field: 'date', here, there });
  if (draft.customer.toLowerCase() === head.draft.customer.toLowerCase()) return undefined;
  const params = { row: head.row, field: 'customer', here: draft.customer, there: head.draft.customer };
  return refusal('contradictsRow', params);
}

function lineOf(draft: OrderRowDraft, known: KnownParts, currency: Currency): OrderLine | Refusal {
  const product = known.products.get(draft.code.toLowerCase());
  if (!product) return refusal('productUnknown', { value: draft.code });
  const unit = draft.unit ?? product.base_unit;
  const factor = factorOf(product.units, unit);
  if (factor === undefined) {
    return refusal('unitNotOfProduct', { value: unit, units: product.units.map((one) => one.unit).join(', ') });
  }
  const quantityBase = toBaseQuantity(draft.quantity, factor);
  if (quantityBase === undefined || quantityBase % product.step !== 0) {
    return refusal('notStep', { value: draft.quantityText, step: thousandthsToText(product.step) });
  }
  if (quantityBase > MAX_LINE_QUANTITY_BASE) {
    return refusal('tooLarge', { field: 'quantity', value: draft.quantityText });
  }
  return {
    productId: product.product_id as OrderLine['productId'],
    unit,
    quantity: draft.quantity,
    quantityBase,
    unitPrice: draft.price,
    amountMinor: lineAmountMinor(draft.quantity, draft.price, currency),
    priceKind: 'past',
    priceId: null,
  };
}

function orderFrom(
  head: Head,
  { number, lines, totalMinor }: Pick<Order, 'number' | 'lines' | 'totalMinor'>,
  setting: ImportSetting,
): Order {
  const { house, fileName } = setting;
  const branch = house.branches.find((one) => one.branchId === head.customer.branch_id);
  if (!branch) throw new Error(`customer ${head.customer.code} belongs to a branch that is not there`);
  return {
    orderId: orderIdOf(number),
    number,
    ...placeOf(branch),
    customerId: head.customer.customer_id as Order['customerId'],
    status: 'completed',
    note: '',
    businessDate: head.draft.dateTime.slice(0, 10),
    madeAt: wallClockMs(head.draft.dateTime, branch.timeZone),
    version: 1,
    currency: house.currency,
    totalMinor,
    lines,
    history: [
      {
        version: 1,
        what: 'imported',
        at: setting.now(),
        mutationId: null,
        userId: null,
        userName: '',
        deviceId: null,
        deviceName: '',
        totalMinor,
        lineCount: lines.length,
        reason: fileName,
      },
    ],
  };
}

function placeOf({ branchId, warehouseId }: Branch): Pick<Order, 'branchId' | 'warehouseId'> {
  return { branchId, warehouseId };
}

/**
 * The id of an order that came from outside: a UUIDv7 by shape, its bits the hash of its number, its time 0 because it
 * was not made by a clock.
 */
export function orderIdOf(number: string): Order['orderId'] {
  const hash = createHash('sha256').update(`imported order\n${number}`).digest();
  return uuidV7(0, hash.subarray(0, 10)) as Order['orderId'];
}
