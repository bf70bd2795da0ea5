/** One row of a price file: what it says by itself. */
import { currency, type Currency } from '../../../src-shared/domain/money.ts';
import { MAX_LINE_QUANTITY_BASE } from '../../../src-shared/domain/quantity.ts';
import { DEFAULT_VALID_FROM } from '../limits.ts';
import type { RowReader } from '../row-reader.ts';
import type { AskedList } from './price-lists.ts';
import { readProductCode } from './read-product-code.ts';
import type { ImportSetting } from './row-kind.ts';

export interface PriceDraft extends AskedList {
  code: string;
  /** Ten-thousandths of the major unit. */
  price: number;
  /** Absent where the file has no units: the base unit. */
  unit?: string;
  validFrom: string;
  validTo: string | null;
  /** From how much on it counts, thousandths of the unit; absent: from the first. */
  minQuantity?: number;
  currency: Currency;
}

/** `undefined` where `reader.refusal` says why. */
export function readPrice(reader: RowReader, setting: ImportSetting): PriceDraft | undefined {
  const money = reader.text('currency').toUpperCase() || setting.house.currency;
  const known = currency.safeParse(money);
  if (!known.success) reader.refuse('notValid', { field: 'currency', value: money });
  const draft: PriceDraft = {
    code: readProductCode(reader, setting),
    price: reader.positivePrice('price'),
    validFrom: reader.text('validFrom') === '' ? DEFAULT_VALID_FROM : reader.date('validFrom'),
    validTo: reader.text('validTo') === '' ? null : reader.date('validTo'),
    currency: known.data ?? setting.house.currency,
  };
  if (reader.has('unit')) draft.unit = reader.unit('unit');
  if (reader.text('customer') !== '') draft.customer = reader.text('customer');
  if (reader.text('group') !== '') draft.group = reader.text('group');
  if (reader.text('minQuantity') !== '') draft.minQuantity = readMinQuantity(reader);
  if (reader.text('taxIncluded') !== '') draft.taxIncluded = reader.yesNo('taxIncluded');
  const { customer, group, validFrom, validTo } = draft;
  if (customer !== undefined && group !== undefined) reader.refuse('twoOwners', { customer, group });
  if (validTo !== null && validTo < validFrom) reader.refuse('endsBeforeStart', { from: validFrom, to: validTo });
  return reader.refusal ? undefined : draft;
}

function readMinQuantity(reader: RowReader): number {
  const quantity = reader.positiveQuantity('minQuantity');
  if (quantity > MAX_LINE_QUANTITY_BASE) {
    reader.refuse('tooLarge', { field: 'minQuantity', value: reader.text('minQuantity') });
  }
  return quantity;
}
