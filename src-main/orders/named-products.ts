/** Products as people know them, with what there is of each in a warehouse. */
import { sql } from 'kysely';
import { perStore, type StoreReader } from '../store/store.ts';
import { availableSql } from './facts.ts';

export interface NamedProduct {
  product_id: string;
  code: string;
  name: string;
  /** Thousandths of the base unit. */
  available: number;
}

const statements = perStore((store: StoreReader) => ({
  products: store.query<{ warehouse: string; ids: string }, NamedProduct>(
    (_, p) => sql<NamedProduct>`select product.product_id, code, name,
        ${availableSql(p.warehouse, sql.ref('product.product_id'))} as available
      from json_each(${p.ids}) given cross join product on product.product_id = given.value`,
  ),
}));

/** By id; what is not in this desk's scopes is left out. */
export function namedProducts(
  store: StoreReader,
  of: { warehouseId: string; lines: readonly { productId: string }[] },
): Map<string, NamedProduct> {
  const ids = JSON.stringify([...new Set(of.lines.map((line) => line.productId))]);
  const found = statements(store).products.all({ warehouse: of.warehouseId, ids });
  return new Map(found.map((row) => [row.product_id, row]));
}
