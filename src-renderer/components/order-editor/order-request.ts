/** A draft as the desk takes it, and the way back from the desk's line numbers to the draft's lines. */
import type { GivenOrder } from '../../../src-main/api/desk-services.ts';
import type { SpokenIssue } from '../../../src-main/api/spoken-issue.ts';
import { isEmptyLine, type DraftLine, type OrderDraft } from './draft.ts';
import type { ColumnId } from './grid-columns.ts';
import { readPrice } from './read-price.ts';
import { readQuantity } from './read-quantity.ts';

export interface OrderRequest {
  given: GivenOrder;
  /** The draft's line behind each given one. */
  keys: string[];
}

export function orderRequest(draft: OrderDraft): OrderRequest {
  const lines = draft.lines.filter((line) => !isEmptyLine(line));
  return {
    given: {
      customerId: draft.customer?.customerId ?? '',
      note: draft.note,
      lines: lines.map(givenLine),
      ...(draft.approval ? { approval: true } : {}),
    },
    keys: lines.map((line) => line.key),
  };
}

function givenLine(line: DraftLine): GivenOrder['lines'][number] {
  const read = readQuantity(line.quantity, line.product?.units ?? []);
  // While another product is being sought the old one no longer counts.
  const productId = line.sought === null ? (line.product?.productId ?? '') : '';
  const unit = read.unit ?? line.unit;
  const { manual } = line;
  const given = { productId, unit, quantity: read.quantity, ...(line.backorder ? { backorder: true } : {}) };
  // A price that was typed for a piece is none for the case that is being typed behind the quantity.
  if (!manual || manual.price.trim() === '' || unit !== line.unit) return given;
  // As it was typed where that is no price: the rules then say so.
  const unitPrice = readPrice(manual.price) ?? manual.price;
  return { ...given, manual: { unitPrice, reason: manual.reason } };
}

/** An issue at its place in the editor. */
export interface PlacedIssue {
  issue: SpokenIssue;
  at: { place: 'customer' } | { place: 'note' } | { place: 'order' } | { place: 'line'; key: string; column: ColumnId };
}

const COLUMN_OF_FIELD: Record<string, ColumnId> = {
  productId: 'code',
  unit: 'unit',
  quantity: 'quantity',
  unitPrice: 'price',
  amountMinor: 'amount',
};

export function placeIssues(issues: readonly SpokenIssue[], keys: readonly string[]): PlacedIssue[] {
  return issues.map((issue) => {
    const [where, index, field] = issue.path;
    if (where === 'customerId') return { issue, at: { place: 'customer' } };
    if (where === 'note') return { issue, at: { place: 'note' } };
    const key = where === 'lines' && typeof index === 'number' ? keys[index] : undefined;
    if (key === undefined) return { issue, at: { place: 'order' } };
    return { issue, at: { place: 'line', key, column: COLUMN_OF_FIELD[String(field)] ?? 'code' } };
  });
}
