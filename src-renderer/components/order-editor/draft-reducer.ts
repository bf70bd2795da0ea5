/** Every change of a draft. Pure; the last line is always an empty one, ready to be typed into. */
import { thousandthsToText } from '../../../src-shared/domain/quantity.ts';
import type { Repair } from '../../../src-shared/domain/issue.ts';
import type { Currency } from '../../../src-shared/domain/money.ts';
import { unitPriceText } from '../amounts.ts';
import {
  emptyLine,
  isEmptyLine,
  type DraftCustomer,
  type DraftLine,
  type DraftProduct,
  type OrderDraft,
} from './draft.ts';
import { readPrice } from './read-price.ts';
import { matchUnit, nextUnit, readQuantity } from './read-quantity.ts';

export type DraftAction =
  | { do: 'load'; draft: OrderDraft }
  | { do: 'setCustomer'; customer: DraftCustomer | null }
  | { do: 'setNote'; note: string }
  | { do: 'seek'; line: string; column: 'code' | 'product'; text: string }
  | { do: 'choose'; line: string; product: DraftProduct; unit: string; sought?: string }
  | { do: 'giveUpSeeking'; line: string }
  | { do: 'dropProduct'; line: string }
  | { do: 'setUnits'; line: string; units: DraftProduct['units'] }
  | { do: 'setUnit'; line: string; typed: string }
  | { do: 'cycleUnit'; line: string }
  | { do: 'setQuantity'; line: string; typed: string }
  | { do: 'settleQuantity'; line: string }
  | { do: 'setPrice'; line: string; typed: string }
  | { do: 'settlePrice'; line: string; listUnitPrice: number | null; currency: Currency | null }
  | { do: 'setReason'; line: string; reason: string }
  | { do: 'takeListPrice'; line: string }
  | { do: 'removeLine'; line: string }
  | { do: 'askApproval' }
  | { do: 'repair'; line: string; repair: Repair };

export function draftReducer(draft: OrderDraft, action: DraftAction): OrderDraft {
  switch (action.do) {
    case 'load':
      return withEmptyEnd(action.draft);
    case 'setCustomer':
      // What was to be approved was what the one before may owe.
      return { ...draft, customer: action.customer, approval: false };
    case 'setNote':
      return { ...draft, note: action.note };
    case 'askApproval':
      return { ...draft, approval: true };
    case 'removeLine':
      return withEmptyEnd({ ...draft, lines: draft.lines.filter((line) => line.key !== action.line) });
    case 'repair':
      if (action.repair.kind === 'removeLine') return draftReducer(draft, { do: 'removeLine', line: action.line });
      return changeLine(draft, action.line, (line) => repaired(line, action.repair));
    default:
      return changeLine(draft, action.line, (line) => changedLine(line, action));
  }
}

type LineAction = Exclude<
  DraftAction,
  { do: 'load' | 'setCustomer' | 'setNote' | 'askApproval' | 'removeLine' | 'repair' }
>;

function changedLine(line: DraftLine, action: LineAction): DraftLine {
  const units = line.product?.units ?? [];
  switch (action.do) {
    case 'seek':
      return { ...line, sought: { column: action.column, text: action.text } };
    case 'choose': {
      // An answer that comes after other letters were typed is not the answer to them.
      if (action.sought !== undefined && line.sought?.text !== action.sought) return line;
      const keepsUnit = action.product.units.some((each) => each.unit === line.unit);
      return { ...line, product: action.product, sought: null, unit: keepsUnit ? line.unit : action.unit };
    }
    case 'giveUpSeeking':
      return { ...line, sought: null };
    case 'dropProduct':
      return { ...line, product: null };
    case 'setUnits':
      return line.product ? { ...line, product: { ...line.product, units: action.units } } : line;
    case 'setUnit':
      return { ...line, unit: matchUnit(action.typed, units) ?? action.typed };
    case 'cycleUnit':
      return { ...line, unit: nextUnit(line.unit, units) };
    case 'setQuantity':
      return { ...line, quantity: action.typed };
    case 'settleQuantity': {
      const read = readQuantity(line.quantity, units);
      return read.unit === undefined ? line : { ...line, unit: read.unit, quantity: String(read.quantity) };
    }
    case 'setPrice':
      return { ...line, manual: { price: action.typed, reason: line.manual?.reason ?? '' } };
    case 'settlePrice':
      return settledPrice(line, action);
    case 'setReason':
      return line.manual ? { ...line, manual: { ...line.manual, reason: action.reason } } : line;
    case 'takeListPrice':
      return line.manual ? { ...line, manual: null } : line;
  }
}

/** A cell that was emptied, or holds what the list says, is the list's again; what is no price stays as it was typed. */
function settledPrice(line: DraftLine, list: { listUnitPrice: number | null; currency: Currency | null }): DraftLine {
  if (!line.manual) return line;
  const unitPrice = readPrice(line.manual.price);
  if (line.manual.price.trim() === '' || unitPrice === list.listUnitPrice) return { ...line, manual: null };
  if (unitPrice === undefined) return line;
  return { ...line, manual: { ...line.manual, price: unitPriceText(unitPrice, list.currency) } };
}

function repaired(line: DraftLine, repair: Repair): DraftLine {
  if (repair.kind === 'takeListPrice') return { ...line, manual: null };
  if (repair.kind === 'backorder') return { ...line, backorder: true };
  if (repair.kind !== 'takeAvailable' && repair.kind !== 'setQuantity') return line;
  const read = readQuantity(line.quantity, line.product?.units ?? []);
  return { ...line, unit: read.unit ?? line.unit, quantity: thousandthsToText(repair.quantity) };
}

function changeLine(draft: OrderDraft, key: string, change: (line: DraftLine) => DraftLine): OrderDraft {
  const at = draft.lines.findIndex((line) => line.key === key);
  const before = draft.lines[at];
  if (!before) return draft;
  const changed = change(before);
  if (changed === before) return draft;
  const after = isOtherGoods(before, changed) ? { ...changed, manual: null, backorder: false } : changed;
  return withEmptyEnd({ ...draft, lines: draft.lines.with(at, after) });
}

/** What was agreed for a piece was not agreed for a case, nor for another product. */
function isOtherGoods(before: DraftLine, after: DraftLine): boolean {
  if (before.product !== null && before.product.productId !== after.product?.productId) return true;
  return before.unit !== '' && before.unit !== after.unit;
}

function withEmptyEnd(draft: OrderDraft): OrderDraft {
  const last = draft.lines.at(-1);
  return last && isEmptyLine(last) ? draft : { ...draft, lines: [...draft.lines, emptyLine()] };
}
