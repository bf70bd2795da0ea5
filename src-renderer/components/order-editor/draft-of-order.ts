import type { OrderDetail } from '../../../src-main/api/desk-services.ts';
import { unitPriceText } from '../amounts.ts';
import { emptyLine, type OrderDraft } from './draft.ts';

/** An order as a draft that amends it. Units of its products are fetched as lines are stepped on. */
export function draftOfOrder(order: OrderDetail): OrderDraft {
  const lines = order.lines.map((line) => ({
    ...emptyLine(),
    product: { productId: line.productId, code: line.productCode, name: line.productName, units: [] },
    unit: line.unit,
    quantity: String(line.quantity),
    // Agreed once, it stays until a person takes the list price.
    manual: line.manual ? { price: unitPriceText(line.unitPrice, order.currency), reason: line.manual.reason } : null,
    backorder: line.backorderBase !== undefined,
  }));
  return {
    orderId: order.orderId,
    customer: { customerId: order.customerId, code: '', name: order.customerName, phone: null },
    lines: [...lines, emptyLine()],
    note: order.note,
    approval: order.creditReview,
    amends: { number: order.number, baseVersion: order.version },
  };
}
