/** Prices, on the base list or on a customer's own. A price is known by list, product, unit and first day. */
import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import { currency, type Currency } from '../../../src-shared/domain/money.ts';
import { price } from '../../../src-shared/domain/pricing/price-list.ts';
import { factorOf } from '../../../src-shared/domain/unit.ts';
import { putOf, recordChanges, type RecordedChange } from '../../change-feed/record-changes.ts';
import { CATALOGUE_LOCK } from '../../db/lock-keys.ts';
import { priceOf } from '../../db/rows.ts';
import type { CentralTransaction, PriceTable } from '../../db/schema.ts';
import { PRICE_FIELDS } from '../field-specs.ts';
import { DEFAULT_VALID_FROM } from '../limits.ts';
import { refusal, type Verdict } from '../refusal.ts';
import type { RowReader } from '../row-reader.ts';
import { putRows } from '../write-rows.ts';
import { productsByCode } from './known-rows.ts';
import { priceListsOfBatch } from './price-lists.ts';
import { readProductCode } from './read-product-code.ts';
import type { DraftRow, ImportSetting, Plan, RowKind } from './row-kind.ts';
import { schemaRefusal } from './schema-refusal.ts';

type PriceRow = Selectable<PriceTable>;

interface PriceDraft {
  code: string;
  price: number;
  /** Absent where the file has no units: the base unit. */
  unit?: string;
  validFrom: string;
  validTo: string | null;
  customer?: string;
  currency: Currency;
}

export const prices: RowKind<PriceDraft> = {
  fields: PRICE_FIELDS,
  lockKeys: () => [CATALOGUE_LOCK],
  read: readPrice,
  keyOf: (of) => JSON.stringify([of.customer?.toLowerCase(), of.code.toLowerCase(), of.unit, of.validFrom]),
  plan: planPrices,
};

function readPrice(reader: RowReader, setting: ImportSetting): PriceDraft | undefined {
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
  if (draft.validTo !== null && draft.validTo < draft.validFrom) {
    reader.refuse('endsBeforeStart', { from: draft.validFrom, to: draft.validTo });
  }
  return reader.refusal ? undefined : draft;
}

async function planPrices(
  tx: CentralTransaction,
  rows: readonly DraftRow<PriceDraft>[],
  setting: ImportSetting,
): Promise<Plan> {
  const codes = rows.map(({ draft }) => draft.code);
  const products = await productsByCode(tx, codes);
  const customerCodes = rows.flatMap(({ draft }) => draft.customer ?? []);
  const lists = await priceListsOfBatch(tx, customerCodes, setting);
  const known = await knownPrices(
    tx,
    [...products.values()].map((row) => row.product_id),
  );
  const written: PriceRow[] = [];
  const changes: RecordedChange[] = [];
  const verdicts = rows.map(({ draft }): Verdict => {
    const product = products.get(draft.code.toLowerCase());
    if (!product) return refusal('productUnknown', { value: draft.code });
    const unit = draft.unit ?? product.base_unit;
    if (factorOf(product.units, unit) === undefined) {
      const units = product.units.map((one) => one.unit).join(', ');
      return refusal('unitNotOfProduct', { value: unit, units });
    }
    const on = lists.listFor(draft.customer, draft.currency);
    if (!('list' in on)) return on;
    const { list, scope } = on;
    const before = known.get(keyOfPrice(list.price_list_id, product.product_id, unit, draft.validFrom));
    const after: PriceRow = {
      price_id: before?.price_id ?? setting.newId(),
      price_list_id: list.price_list_id,
      product_id: product.product_id,
      unit,
      unit_price: draft.price,
      valid_from: draft.validFrom,
      valid_to: draft.validTo,
      min_quantity: null,
      rev: (before?.rev ?? 0) + 1,
    };
    const faulty = schemaRefusal(price, priceOf(after));
    if (faulty) return faulty;
    if (before && before.unit_price === after.unit_price && before.valid_to === after.valid_to) return 'unchanged';
    written.push(after);
    changes.push(putOf(scope, 'price', priceOf(after), after.rev));
    return before ? 'changed' : 'new';
  });
  const write = async (): Promise<void> => {
    // A list is made for an accepted price only: rows that were refused asked for it in vain.
    const wanted = new Set(written.map((row) => row.price_list_id));
    const made = lists.made();
    const newLists = made.rows.filter((row) => wanted.has(row.price_list_id));
    await putRows(tx, { table: 'price_list', key: ['price_list_id'] }, newLists);
    await recordChanges(
      tx,
      made.changes.filter((change) => wanted.has(change.key)),
    );
    await putRows(tx, { table: 'price', key: ['price_id'] }, written);
    await recordChanges(tx, changes);
  };
  return { verdicts, write };
}

async function knownPrices(tx: CentralTransaction, productIds: readonly string[]): Promise<Map<string, PriceRow>> {
  const rows = await tx
    .selectFrom('price')
    .selectAll()
    .where('product_id', '=', sql<string>`any(${[...productIds]}::uuid[])`)
    .execute();
  return new Map(rows.map((row) => [keyOfPrice(row.price_list_id, row.product_id, row.unit, row.valid_from), row]));
}

function keyOfPrice(list: string, product: string, unit: string, validFrom: string): string {
  return `${list}/${product}/${unit}/${validFrom}`;
}
