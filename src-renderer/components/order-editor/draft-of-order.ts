import type { OrderDetail, OrderSide } from '../../../src-main/api/desk-services.ts';
import type { Currency } from '../../../src-shared/domain/money.ts';
import { unitPriceText } from '../amounts.ts';
import { emptyDraft, emptyLine, type DraftCustomer, type DraftLine, type OrderDraft } from './draft.ts';

/** An order as a draft that amends it. Units of its products are fetched as lines are stepped on. */
export function draftOfOrder(order: OrderDetail): OrderDraft {
  const lines = sideOfOrder(order).lines.map((line, at) => {
    const waits = order.lines[at]?.backorderBase !== undefined;
    return draftLineOf(line, { currency: order.currency, backorder: waits });
  });
  return {
    orderId: order.orderId,
    customer: { customerId: order.customerId, code: '', name: order.customerName, phone: null },
    lines: [...lines, emptyLine()],
    note: order.note,
    approval: order.creditReview,
    amends: { number: order.number, baseVersion: order.version },
  };
}

/** A new order with the same lines, for the same customer. Prices, also those agreed by hand, and the note were that order's. */
export function copyOfOrder(order: OrderDetail, customer: DraftCustomer): OrderDraft {
  const lines = sideOfOrder(order).lines.map((line) =>
    draftLineOf(Object.assign({}, line, { manual: null }), { currency: order.currency }),
  );
  return { ...emptyDraft(), customer, lines: [...lines, emptyLine()] };
}

export function draftLineOf(
  { productId, productCode: code, productName: name, unit, quantity, manual }: LineOfSide,
  { currency, backorder = false }: { currency: Currency; backorder?: boolean },
): DraftLine {
  return {
    ...emptyLine(),
    product: { productId, code, name, units: [] },
    unit,
    quantity: String(quantity),
    // Agreed once, it stays until a person takes the list price.
    manual: manual ? { price: unitPriceText(Number(manual.unitPrice), currency), reason: manual.reason } : null,
    backorder,
  };
}

type LineOfSide = Omit<OrderSide['lines'][number], 'quantity' | 'manual'> & {
  quantity: number | string;
  manual?: { unitPrice: number | string; reason: string } | null | undefined;
};

/** What is compared of an order. */
export function sideOfOrder({ customerId, customerName, note, lines }: OrderDetail): OrderSide {
  return {
    customerId,
    customerName,
    note,
    lines: lines.map(({ productId, productCode, productName, unit, quantity, unitPrice, manual }) => ({
      productId,
      productCode,
      productName,
      unit,
      quantity,
      manual: manual ? { unitPrice, reason: manual.reason } : null,
    })),
  };
}
