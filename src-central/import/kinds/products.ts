/**
 * Products. A file says of a product what it has columns for; what it has none for stays as it is. In a file of order
 * lines the first row with a name makes the product. An empty tax rate, minimum or multiple leaves what is there; a word
 * such as "none" takes it away.
 */
import type { Selectable } from 'kysely';
import { initialsOf } from '../../../src-shared/domain/initials.ts';
import { product } from '../../../src-shared/domain/product.ts';
import { MAX_LINE_QUANTITY_BASE, ONE, thousandthsToText } from '../../../src-shared/domain/quantity.ts';
import type { ProductUnit } from '../../../src-shared/domain/unit.ts';
import { canonicalJson } from '../../../src-shared/protocol/digest.ts';
import { putOf, recordChanges } from '../../change-feed/record-changes.ts';
import { CATALOGUE_SCOPE } from '../../../src-shared/protocol/scope.ts';
import { CATALOGUE_LOCK } from '../../db/lock-keys.ts';
import { productOf } from '../../db/rows.ts';
import type { CentralTransaction, ProductTable } from '../../db/schema.ts';
import { PRODUCT_FIELDS } from '../field-specs.ts';
import { refusal, type Refusal, type Verdict } from '../refusal.ts';
import type { RowReader } from '../row-reader.ts';
import { putRows } from '../write-rows.ts';
import { productsByBarcode, productsByCode } from './known-rows.ts';
import type { DraftRow, ImportSetting, Plan, RowKind } from './row-kind.ts';
import { readProductCode } from './read-product-code.ts';
import { schemaRefusal } from './schema-refusal.ts';

type ProductRow = Selectable<ProductTable>;

interface ProductDraft {
  code: string;
  name: string;
  nameAlt?: string | null;
  barcode?: string | null;
  baseUnit?: string;
  pack?: ProductUnit | null;
  step?: number;
  /** Basis points. */
  taxRate?: number | null;
  /** Thousandths of the base unit, both. */
  minimum?: number | null;
  multiple?: number | null;
  active?: boolean;
}

const DEFAULT_BASE_UNIT = 'piece';
const DEFAULT_PACK_UNIT = 'case';

export const products: RowKind<ProductDraft> = {
  fields: PRODUCT_FIELDS,
  lockKeys: () => [CATALOGUE_LOCK],
  read: readProduct,
  keyOf: (draft) => draft.code.toLowerCase(),
  plan: planProducts,
};

function readProduct(reader: RowReader, setting: ImportSetting): ProductDraft | undefined {
  const draft: ProductDraft = { code: readProductCode(reader, setting), name: reader.required('name') };
  if (reader.has('nameAlt')) draft.nameAlt = reader.text('nameAlt') || null;
  if (reader.has('barcode')) draft.barcode = reader.barcode('barcode');
  if (reader.text('baseUnit') !== '') draft.baseUnit = reader.unit('baseUnit');
  if (reader.has('packFactor')) draft.pack = readPack(reader, draft.baseUnit ?? DEFAULT_BASE_UNIT);
  if (reader.text('step') !== '') draft.step = reader.positiveQuantity('step');
  if (reader.text('taxRate') !== '') draft.taxRate = reader.rate('taxRate');
  for (const field of ['minimum', 'multiple'] as const) {
    if (reader.text(field) !== '') draft[field] = reader.quantityOrNone(field, MAX_LINE_QUANTITY_BASE);
  }
  if (reader.text('active') !== '') draft.active = reader.yesNo('active');
  return reader.refusal ? undefined : draft;
}

function readPack(reader: RowReader, baseUnit: string): ProductUnit | null {
  if (reader.text('packFactor') === '') return null;
  const unit = reader.text('packUnit') === '' ? DEFAULT_PACK_UNIT : reader.unit('packUnit');
  if (unit === baseUnit) reader.refuse('notUnit', { field: 'packUnit', value: unit });
  return { unit, factor: reader.factor('packFactor') };
}

async function planProducts(
  tx: CentralTransaction,
  rows: readonly DraftRow<ProductDraft>[],
  setting: ImportSetting,
): Promise<Plan> {
  const known = await productsByCode(
    tx,
    rows.map(({ draft }) => draft.code),
  );
  const owners = await productsByBarcode(
    tx,
    rows.flatMap(({ draft }) => (draft.barcode ? [draft.barcode] : [])),
  );
  const written: ProductRow[] = [];
  const verdicts = rows.map(({ draft }): Verdict => {
    const before = known.get(draft.code.toLowerCase());
    const after = merged(draft, before, setting);
    if (!('product_id' in after)) return after;
    const owner = after.barcode === null ? undefined : owners.get(after.barcode);
    if (owner !== undefined && owner.product_id !== after.product_id) {
      return refusal('barcodeTaken', { value: owner.barcode ?? '', code: owner.code });
    }
    const faulty = stepRefusal(after) ?? schemaRefusal(product, productOf(after));
    if (faulty) return faulty;
    if (after.barcode !== null) owners.set(after.barcode, after);
    if (before && sameProduct(before, after)) return 'unchanged';
    written.push(after);
    return before ? 'changed' : 'new';
  });
  const write = async (): Promise<void> => {
    await putRows(tx, { table: 'product', key: ['product_id'] }, written);
    const changes = written.map((row) => putOf(CATALOGUE_SCOPE, 'product', productOf(row), row.rev));
    await recordChanges(tx, changes);
  };
  return { verdicts, write };
}

function merged(draft: ProductDraft, before: ProductRow | undefined, setting: ImportSetting): ProductRow | Refusal {
  const baseUnit = draft.baseUnit ?? before?.base_unit ?? DEFAULT_BASE_UNIT;
  // Prices, stock and orders count in it: another base unit would give all of them another meaning.
  if (before && before.base_unit !== baseUnit) {
    return refusal('baseUnitFixed', { value: baseUnit, unit: before.base_unit });
  }
  const nameAlt = draft.nameAlt === undefined ? (before?.name_alt ?? null) : draft.nameAlt;
  // Initials serve those who type pinyin: an English name is found by its words.
  const name = hasHan(nameAlt ?? '') && !hasHan(draft.name) ? (nameAlt ?? '') : draft.name;
  const base: ProductUnit = { unit: baseUnit, factor: ONE };
  const packs = draft.pack === undefined ? before?.units.slice(1) : draft.pack ? [draft.pack] : [];
  return {
    product_id: before?.product_id ?? setting.newId(),
    code: before?.code ?? draft.code,
    barcode: draft.barcode === undefined ? (before?.barcode ?? null) : draft.barcode,
    name: draft.name,
    name_alt: nameAlt,
    initials: initialsOf(name),
    base_unit: baseUnit,
    units: [base, ...(packs ?? [])],
    step: draft.step ?? before?.step ?? ONE,
    active: draft.active ?? before?.active ?? true,
    tax_basis_points: saidOr(draft.taxRate, before?.tax_basis_points),
    minimum_base: saidOr(draft.minimum, before?.minimum_base),
    multiple_base: saidOr(draft.multiple, before?.multiple_base),
    rev: (before?.rev ?? 0) + 1,
  };
}

/** What the row says, else what is there. */
function saidOr<T>(said: T | null | undefined, before: T | null | undefined): T | null {
  return said === undefined ? (before ?? null) : said;
}

/** Looked at as the product will be: a new step may leave a minimum behind that no order can have. */
function stepRefusal({ minimum_base: minimum, multiple_base: multiple, step }: ProductRow): Refusal | undefined {
  for (const [field, value] of Object.entries({ minimum, multiple })) {
    if (value === null || value % step === 0) continue;
    return refusal('offStep', { field, value: thousandthsToText(value), step: thousandthsToText(step) });
  }
  return undefined;
}

function hasHan(text: string): boolean {
  return /\p{Script=Han}/u.test(text);
}

function sameProduct(a: ProductRow, b: ProductRow): boolean {
  return canonicalJson(productOf(a)) === canonicalJson(productOf(b));
}
