/**
 * Prices, on the base list, on a customer group's or on a customer's own. A price is known by list, product, unit, first
 * day and the quantity from which on it counts.
 */
import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import { price } from '../../../src-shared/domain/pricing/price-list.ts';
import { factorOf } from '../../../src-shared/domain/unit.ts';
import { putOf, recordChanges, type RecordedChange } from '../../change-feed/record-changes.ts';
import { CATALOGUE_LOCK } from '../../db/lock-keys.ts';
import { priceOf } from '../../db/rows.ts';
import type { CentralTransaction, PriceTable } from '../../db/schema.ts';
import { PRICE_FIELDS } from '../field-specs.ts';
import { refusal, type Verdict } from '../refusal.ts';
import { putRows } from '../write-rows.ts';
import { productsByCode } from './known-rows.ts';
import { priceListsOfBatch, type PriceListsOfBatch } from './price-lists.ts';
import { readPrice, type PriceDraft } from './read-price.ts';
import type { DraftRow, ImportSetting, Plan, RowKind } from './row-kind.ts';
import { schemaRefusal } from './schema-refusal.ts';

type PriceRow = Selectable<PriceTable>;

export const prices: RowKind<PriceDraft> = {
  fields: PRICE_FIELDS,
  lockKeys: () => [CATALOGUE_LOCK],
  read: readPrice,
  keyOf: ({ customer, group, code, unit, validFrom, minQuantity }) =>
    JSON.stringify([customer?.toLowerCase(), group?.toLowerCase(), code.toLowerCase(), unit, validFrom, minQuantity]),
  plan: planPrices,
};

async function planPrices(
  tx: CentralTransaction,
  rows: readonly DraftRow<PriceDraft>[],
  setting: ImportSetting,
): Promise<Plan> {
  const drafts = rows.map(({ draft }) => draft);
  const products = await productsByCode(
    tx,
    drafts.map(({ code }) => code),
  );
  const lists = await priceListsOfBatch(tx, drafts, setting);
  const known = await knownPrices(
    tx,
    [...products.values()].map((row) => row.product_id),
  );
  const written: PriceRow[] = [];
  const changes: RecordedChange[] = [];
  const verdicts = drafts.map((draft): Verdict => {
    const product = products.get(draft.code.toLowerCase());
    if (!product) return refusal('productUnknown', { value: draft.code });
    const unit = draft.unit ?? product.base_unit;
    if (factorOf(product.units, unit) === undefined) {
      const units = product.units.map((one) => one.unit).join(', ');
      return refusal('unitNotOfProduct', { value: unit, units });
    }
    const on = lists.listFor(draft);
    if (!('list' in on)) return on;
    const place = { price_list_id: on.list.price_list_id, product_id: product.product_id, unit };
    const asked = { ...place, valid_from: draft.validFrom, min_quantity: draft.minQuantity ?? null };
    const before = known.get(keyOfPrice(asked));
    const after: PriceRow = {
      ...asked,
      price_id: before?.price_id ?? setting.newId(),
      unit_price: draft.price,
      valid_to: draft.validTo,
      rev: (before?.rev ?? 0) + 1,
    };
    const faulty = schemaRefusal(price, priceOf(after));
    if (faulty) return faulty;
    if (before?.unit_price === after.unit_price && before.valid_to === after.valid_to) return 'unchanged';
    written.push(after);
    changes.push(putOf(on.scope, 'price', priceOf(after), after.rev));
    return before ? 'changed' : 'new';
  });
  return { verdicts, write: () => writePrices(tx, lists, { written, changes }) };
}

async function writePrices(
  tx: CentralTransaction,
  lists: PriceListsOfBatch,
  { written, changes }: { written: readonly PriceRow[]; changes: readonly RecordedChange[] },
): Promise<void> {
  // A list is made for an accepted price only: rows that were refused asked for it in vain.
  const made = lists.made(new Set(written.map((row) => row.price_list_id)));
  await putRows(tx, { table: 'price_list', key: ['price_list_id'] }, made.rows);
  await recordChanges(tx, made.changes);
  await putRows(tx, { table: 'price', key: ['price_id'] }, written);
  await recordChanges(tx, changes);
}

async function knownPrices(tx: CentralTransaction, productIds: readonly string[]): Promise<Map<string, PriceRow>> {
  const rows = await tx
    .selectFrom('price')
    .selectAll()
    .where('product_id', '=', sql<string>`any(${[...productIds]}::uuid[])`)
    .execute();
  return new Map(rows.map((row) => [keyOfPrice(row), row]));
}

/** As the unique index has it. */
function keyOfPrice(
  of: Pick<PriceRow, 'price_list_id' | 'product_id' | 'unit' | 'valid_from' | 'min_quantity'>,
): string {
  return [of.price_list_id, of.product_id, of.unit, of.valid_from, of.min_quantity ?? 0].join('/');
}
