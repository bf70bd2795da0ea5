/** The rows that can be searched for, in the order of their numbers, each with what the index is given of it. */
import { perStore, type StoreReader } from '../../store/store.ts';
import { customerGrams, productGrams } from './row-grams.ts';
import type { SearchEntry } from './waiting-entries.ts';

export type FindableKind = 'product' | 'customer';

/** At most `limit` rows past that one. */
export type RowsAfter = (of: { after: number; limit: number }) => SearchEntry[];

export const searchedRows = perStore((store: StoreReader): Record<FindableKind, RowsAfter> => {
  type Range = Parameters<RowsAfter>[0];
  const products = store.query<Range, Parameters<typeof productGrams>[0] & { rowNo: number }>((db, p) =>
    db
      .selectFrom('product')
      .select(['row_no as rowNo', 'name', 'name_alt as nameAlt', 'code', 'barcode', 'initials'])
      .where('row_no', '>', p.after)
      .orderBy('row_no')
      .limit(p.limit),
  );
  const customers = store.query<Range, Parameters<typeof customerGrams>[0] & { rowNo: number }>((db, p) =>
    db
      .selectFrom('customer')
      .select(['row_no as rowNo', 'name', 'code', 'phone', 'initials'])
      .where('row_no', '>', p.after)
      .orderBy('row_no')
      .limit(p.limit),
  );
  return {
    product: (of) => products.all(of).map((row) => ({ rowNo: row.rowNo, grams: productGrams(row) })),
    customer: (of) => customers.all(of).map((row) => ({ rowNo: row.rowNo, grams: customerGrams(row) })),
  };
});
