/** Two people's changes of one order, as drafts: what differs, whose it is, and the draft that the choices come to. Pure. */
import { keyedLines, madeBy, orderDifference, withDifferences } from '../../../src-shared/domain/order-difference.ts';
import type { ComparedLine, ComparedOrder, OrderDifference } from '../../../src-shared/domain/order-difference.ts';
import type { Currency } from '../../../src-shared/domain/money.ts';
import type { OrderConflict, OrderSide } from '../../../src-main/api/desk-services.ts';
import { draftLineOf } from '../order-editor/draft-of-order.ts';
import { emptyLine, isEmptyLine, type DraftLine, type OrderDraft } from '../order-editor/draft.ts';
import { readPrice } from '../order-editor/read-price.ts';
import { readQuantity } from '../order-editor/read-quantity.ts';

export interface Versions {
  currency: Currency;
  /** Of the version that stands. */
  version: number;
  by: OrderConflict['by'];
  theirs: OrderSide;
  /** What both began with; null where that is not known. */
  base: OrderSide | null;
}

export type Side = 'theirs' | 'ours';

export interface VersionDifference {
  /** Names it among the others. */
  key: string;
  what: 'customerId' | 'note' | 'line';
  /** Undefined where both sides changed it, or nobody knows: a person has to choose. */
  madeBy: Side | undefined;
  /** Of a line: what it is of. */
  product: { code: string; name: string } | undefined;
  before: SideValue | undefined;
  theirs: SideValue | undefined;
  ours: SideValue | undefined;
}

/** What one side has there; undefined where it has no such line. */
export type SideValue = { text: string } | { line: LineOf };

export interface LineOf extends ComparedLine {
  productCode: string;
  productName: string;
  /** Of the draft: keeps what was typed, and the line's key. */
  draft?: DraftLine;
}

export function compareVersions(draft: OrderDraft, { theirs, base }: Versions): VersionDifference[] {
  const ours = ofDraft(draft);
  const names = new Map([
    ...(base ? [[base.customerId, base.customerName] as const] : []),
    [theirs.customerId, theirs.customerName] as const,
    [ours.customerId, draft.customer?.name ?? ''] as const,
  ]);
  const before = base && ofSide(base);
  const linesBefore = keyedLines(before?.lines ?? []);
  return orderDifference(ofSide(theirs), ours).map((each): VersionDifference => {
    const who = before ? madeBy(before, each) : 'both';
    const made = who === 'both' ? undefined : who;
    if (each.what === 'line') return lineDifference(each, made, linesBefore.get(each.key));
    const words = (value: string | undefined): SideValue | undefined =>
      value === undefined ? undefined : { text: each.what === 'customerId' ? (names.get(value) ?? '') : value };
    return {
      key: each.what,
      what: each.what,
      madeBy: made,
      product: undefined,
      before: words(before?.[each.what]),
      theirs: words(each.from),
      ours: words(each.to),
    };
  });
}

function lineDifference(
  { key, from, to }: Extract<OrderDifference<LineOf>, { what: 'line' }>,
  made: Side | undefined,
  before: LineOf | undefined,
): VersionDifference {
  const { productCode: code = '', productName: name = '' } = to ?? from ?? {};
  return {
    key,
    what: 'line',
    madeBy: made,
    product: { code, name },
    before: before && { line: before },
    theirs: from && { line: from },
    ours: to && { line: to },
  };
}

/** The draft with what was chosen of theirs, on top of their version. A difference that is not named is ours. */
export function mergedDraft(
  draft: OrderDraft,
  { theirs, version, currency }: Versions,
  chosen: ReadonlyMap<string, Side>,
): OrderDraft {
  const taken = orderDifference(ofDraft(draft), ofSide(theirs)).filter((each) => chosen.get(keyOf(each)) === 'theirs');
  const merged = withDifferences(ofDraft(draft), taken);
  const customer =
    merged.customerId === draft.customer?.customerId
      ? draft.customer
      : { customerId: theirs.customerId, code: '', name: theirs.customerName, phone: null };
  return {
    ...draft,
    customer,
    note: merged.note,
    lines: [...merged.lines.map((line) => line.draft ?? draftLineOf(line, { currency })), emptyLine()],
    amends: draft.amends && { ...draft.amends, baseVersion: version },
  };
}

function ofSide({ customerId, note, lines }: OrderSide): ComparedOrder<LineOf> {
  return { customerId, note, lines: lines.map(({ manual, ...line }) => ({ ...line, ...(manual ? { manual } : {}) })) };
}

function ofDraft(draft: OrderDraft): ComparedOrder<LineOf> {
  return {
    customerId: draft.customer?.customerId ?? '',
    note: draft.note,
    lines: draft.lines.filter((line) => !isEmptyLine(line)).map(ofDraftLine),
  };
}

function ofDraftLine(line: DraftLine): LineOf {
  const read = readQuantity(line.quantity, line.product?.units ?? []);
  const { manual, sought, product } = line;
  return {
    productId: sought === null ? (product?.productId ?? '') : sought.text,
    productCode: sought === null ? (product?.code ?? '') : sought.text,
    productName: sought === null ? (product?.name ?? '') : '',
    unit: read.unit ?? line.unit,
    quantity: read.quantity ?? '',
    ...(manual && manual.price.trim() !== ''
      ? { manual: { unitPrice: readPrice(manual.price) ?? manual.price, reason: manual.reason } }
      : {}),
    draft: line,
  };
}

function keyOf(difference: OrderDifference): string {
  return difference.what === 'line' ? difference.key : difference.what;
}
