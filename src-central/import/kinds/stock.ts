/** Stock on hand, as counted: what a row says replaces what was there. What orders have allocated stays theirs. */
import { sql, type Selectable } from 'kysely';
import { thousandthsToText } from '../../../src-shared/domain/quantity.ts';
import { stock as stockSchema } from '../../../src-shared/domain/stock.ts';
import { putOf, recordChanges, type RecordedChange } from '../../change-feed/record-changes.ts';
import { branchScope } from '../../../src-shared/protocol/scope.ts';
import { warehouseLock } from '../../db/lock-keys.ts';
import { stockOf } from '../../db/rows.ts';
import type { CentralTransaction, StockTable } from '../../db/schema.ts';
import { STOCK_FIELDS } from '../field-specs.ts';
import { refusal, type Verdict } from '../refusal.ts';
import type { RowReader } from '../row-reader.ts';
import { recordCounts, type Counted } from '../record-counts.ts';
import { putRows } from '../write-rows.ts';
import { productsByCode } from './known-rows.ts';
import { readBranch } from './read-branch.ts';
import { readProductCode } from './read-product-code.ts';
import type { DraftRow, ImportSetting, Plan, RowKind } from './row-kind.ts';
import { schemaRefusal } from './schema-refusal.ts';

interface StockDraft {
  code: string;
  /** Thousandths of the base unit. */
  onHand: number;
  branchId: string;
  warehouseId: string;
}

export const stock: RowKind<StockDraft> = {
  fields: STOCK_FIELDS,
  // The keys under which orders allocate: a count that is written must have seen every allocation before it.
  lockKeys: ({ house }) => house.branches.map((branch) => warehouseLock(branch.warehouseId)),
  read: readStock,
  keyOf: (draft) => `${draft.warehouseId}/${draft.code.toLowerCase()}`,
  plan: planStock,
};

function readStock(reader: RowReader, setting: ImportSetting): StockDraft | undefined {
  const code = readProductCode(reader, setting);
  const onHand = reader.quantity('quantity');
  const branch = readBranch(reader, setting);
  if (!branch) reader.refuse('required', { field: 'branch' });
  if (reader.refusal || !branch) return undefined;
  return { code, onHand, branchId: branch.branchId, warehouseId: branch.warehouseId };
}

async function planStock(
  tx: CentralTransaction,
  rows: readonly DraftRow<StockDraft>[],
  setting: ImportSetting,
): Promise<Plan> {
  const products = await productsByCode(
    tx,
    rows.map(({ draft }) => draft.code),
  );
  const ids = [...products.values()].map((row) => row.product_id);
  const known = await tx
    .selectFrom('stock')
    .selectAll()
    .where('product_id', '=', sql<string>`any(${ids}::uuid[])`)
    .execute();
  const byKey = new Map(known.map((row) => [`${row.warehouse_id}/${row.product_id}`, row]));
  const written: Selectable<StockTable>[] = [];
  const counted: Counted[] = [];
  const changes: RecordedChange[] = [];
  const verdicts = rows.map(({ draft }): Verdict => {
    const product = products.get(draft.code.toLowerCase());
    if (!product) return refusal('productUnknown', { value: draft.code });
    const before = byKey.get(`${draft.warehouseId}/${product.product_id}`);
    const allocated = before?.allocated ?? 0;
    if (allocated > draft.onHand) {
      const value = thousandthsToText(draft.onHand);
      return refusal('belowAllocated', { value, allocated: thousandthsToText(allocated) });
    }
    const after = {
      warehouse_id: draft.warehouseId,
      product_id: product.product_id,
      on_hand: draft.onHand,
      allocated,
      rev: (before?.rev ?? 0) + 1,
    };
    const faulty = schemaRefusal(stockSchema, stockOf(after));
    if (faulty) return faulty;
    if (before?.on_hand === after.on_hand) return 'unchanged';
    written.push(after);
    counted.push({ ...after, quantity_base: after.on_hand - (before?.on_hand ?? 0) });
    changes.push(putOf(branchScope(draft.branchId), 'stock', stockOf(after), after.rev));
    return before ? 'changed' : 'new';
  });
  const write = async (): Promise<void> => {
    await putRows(tx, { table: 'stock', key: ['warehouse_id', 'product_id'] }, written);
    await recordChanges(tx, changes);
    await recordCounts(tx, counted, setting.now());
  };
  return { verdicts, write };
}
