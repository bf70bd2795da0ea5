/** One row of an order file: what it says by itself. */
import { currency } from '../../../src-shared/domain/money.ts';
import { MAX_LINE_QUANTITY_BASE } from '../../../src-shared/domain/quantity.ts';
import type { RowReader } from '../row-reader.ts';
import { readProductCode } from './read-product-code.ts';
import type { DraftRow, ImportSetting } from './row-kind.ts';

export interface OrderRowDraft {
  number: string;
  code: string;
  /** Thousandths of the unit. */
  quantity: number;
  quantityText: string;
  /** Absent where the file has no units: the base unit. */
  unit?: string;
  /** Ten-thousandths of the major unit. */
  price: number;
  /** `YYYY-MM-DDTHH:mm`, on the branch's wall. */
  dateTime: string;
  customer: string;
}

/** Rows of one order number. */
export interface OrderRows {
  number: string;
  rows: DraftRow<OrderRowDraft>[];
}

/** `undefined` where `reader.refusal` says why. The order of the checks decides which reason a row with several gets. */
export function readOrderRow(reader: RowReader, setting: ImportSetting): OrderRowDraft | undefined {
  const draft: OrderRowDraft = {
    number: reader.required('number'),
    code: readProductCode(reader, setting),
    quantity: reader.positiveQuantity('quantity'),
    quantityText: reader.text('quantity'),
    price: reader.positivePrice('price'),
    customer: reader.required('customer'),
    dateTime: reader.dateTime('date'),
  };
  if (draft.quantity > MAX_LINE_QUANTITY_BASE) {
    reader.refuse('tooLarge', { field: 'quantity', value: draft.quantityText });
  }
  if (reader.has('unit')) draft.unit = reader.unit('unit');
  const money = reader.text('currency').toUpperCase() || setting.house.currency;
  if (!currency.safeParse(money).success) reader.refuse('notValid', { field: 'currency', value: money });
  else if (money !== setting.house.currency) {
    reader.refuse('currencyOther', { value: money, currency: setting.house.currency });
  }
  return reader.refusal ? undefined : draft;
}
