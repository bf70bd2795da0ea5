/** By what name people know a row of central's, from what is stored here. */
import { sql } from 'kysely';
import type { RowKind } from '../../src-shared/protocol/change.ts';
import { perStore, type StoreReader } from '../store/store.ts';

const OF_PRODUCT = `select code || ' ' || name as label from product where product_id =`;

const LABELS: Partial<Record<RowKind, string>> = {
  branch: `select code || ' ' || name as label from branch where branch_id = $key`,
  product: `${OF_PRODUCT} $key`,
  customer: `select code || ' ' || name as label from customer where customer_id = $key`,
  priceList: `select code || ' ' || name as label from price_list where price_list_id = $key`,
  price: `${OF_PRODUCT} (select product_id from price where price_id = $key)`,
  stock: `${OF_PRODUCT} substr($key, 38)`,
  order: `select number as label from sales_order where order_id = $key`,
  receipt: `select number as label from sales_order
    where 'order:' || order_id = (select lane from receipt where mutation_id = $key)`,
};

const queries = perStore(
  (store: StoreReader) =>
    new Map(
      Object.entries(LABELS).map(([kind, text]) => {
        const [before = '', after = ''] = text.split('$key');
        const query = store.query<{ key: string }, { label: string }>(
          (_, p) => sql<{ label: string }>`${sql.raw(before)}${p.key}${sql.raw(after)}`,
        );
        return [kind, query];
      }),
    ),
);

/** Empty where the row, or what it is called after, is not here. */
export function rowLabel(store: StoreReader, { kind, key }: { kind: RowKind; key: string }): string {
  return queries(store).get(kind)?.get({ key })?.label ?? '';
}
