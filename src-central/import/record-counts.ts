/** The ledger's entries of what a file said is there: by how much that is more, or less, than was known. */
import { sql } from 'kysely';
import { integerArray, uuidArray } from '../db/array-literals.ts';
import type { CentralTransaction } from '../db/schema.ts';

export interface Counted {
  warehouse_id: string;
  product_id: string;
  /** Thousandths of the base unit, more or less than before. */
  quantity_base: number;
}

/** @param nowMs Unix milliseconds by central's clock. */
export async function recordCounts(tx: CentralTransaction, counted: readonly Counted[], nowMs: number): Promise<void> {
  const moved = counted.filter(({ quantity_base: quantity }) => quantity !== 0);
  if (moved.length === 0) return;
  await sql`
    insert into stock_movement (warehouse_id, product_id, quantity_base, kind, moved_at)
    select *, 'count', ${nowMs}::bigint from unnest(
      ${uuidArray(moved.map((of) => of.warehouse_id))}::uuid[],
      ${uuidArray(moved.map((of) => of.product_id))}::uuid[],
      ${integerArray(moved.map((of) => of.quantity_base))}::bigint[]
    )
  `.execute(tx);
}
