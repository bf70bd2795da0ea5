/** Rows that are there already, by what files call them. Codes are looked up without regard to case. */
import { sql, type RawBuilder, type Selectable } from 'kysely';
import type { CentralTransaction, CustomerGroupTable, CustomerTable, ProductTable } from '../../db/schema.ts';

/** By code in lower case. */
export async function productsByCode(
  tx: CentralTransaction,
  codes: readonly string[],
): Promise<Map<string, Selectable<ProductTable>>> {
  const rows = await tx
    .selectFrom('product')
    .selectAll()
    .where(sql`lower(code)`, 'in', loweredHere(codes))
    .execute();
  return new Map(rows.map((row) => [row.code.toLowerCase(), row]));
}

export async function productsByBarcode(
  tx: CentralTransaction,
  barcodes: readonly string[],
): Promise<Map<string, Selectable<ProductTable>>> {
  if (barcodes.length === 0) return new Map();
  const rows = await tx
    .selectFrom('product')
    .selectAll()
    .where('barcode', '=', sql<string>`any(${[...barcodes]}::text[])`)
    .execute();
  return new Map(rows.map((row) => [row.barcode ?? '', row]));
}

/** By code in lower case. */
export async function customersByCode(
  tx: CentralTransaction,
  codes: readonly string[],
): Promise<Map<string, Selectable<CustomerTable>>> {
  const rows = await tx
    .selectFrom('customer')
    .selectAll()
    .where(sql`lower(code)`, 'in', loweredHere(codes))
    .execute();
  return new Map(rows.map((row) => [row.code.toLowerCase(), row]));
}

/** By code in lower case. */
export async function groupsByCode(
  tx: CentralTransaction,
  codes: readonly string[],
): Promise<Map<string, Selectable<CustomerGroupTable>>> {
  const rows = await tx
    .selectFrom('customer_group')
    .selectAll()
    .where(sql`lower(code)`, 'in', loweredHere(codes))
    .execute();
  return new Map(rows.map((row) => [row.code.toLowerCase(), row]));
}

/** Lowered by the database, as its unique index is: a JavaScript engine may know other letters. */
function loweredHere(codes: readonly string[]): RawBuilder<string> {
  return sql<string>`(select lower(code) from unnest(${[...new Set(codes)]}::text[]) as given (code))`;
}
