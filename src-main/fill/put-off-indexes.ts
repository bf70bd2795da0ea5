/**
 * While a table is filled from nothing, its indexes by content are put off and made when its rows are in: kept up row by
 * row, each row would touch a page of every index, and a transaction write hundreds of pages for a hundred rows.
 *
 * Guarantees: what is put off is written down in the transaction that drops it, and made again as soon as no part of its
 * table is open, whatever became of the fill meanwhile. Until then a search looks at every row: slower, and right.
 */
import { sql } from 'kysely';
import type { RowKind } from '../../src-shared/protocol/change.ts';
import { readMeta, removeMeta, writeMeta } from '../store/meta.ts';
import { perStore, type Store, type StoreReader, type WriteTx } from '../store/store.ts';
import { ROW_SHAPES } from './row-values.ts';

interface IndexMade {
  name: string;
  sql: string;
}

/** Few rows are no work, and where the order of keys is that of the index there is nothing to gain. */
const PUT_OFF: Partial<Record<RowKind, readonly string[]>> = {
  product: ['product_code', 'product_barcode', 'product_initials'],
  customer: ['customer_code', 'customer_phone', 'customer_initials'],
  order: ['sales_order_customer'],
};

const reading = perStore((store: StoreReader) => ({
  indexes: store.query<{ table: string }, IndexMade>(
    (_, p) => sql<IndexMade>`select name, sql from sqlite_schema where type = 'index' and tbl_name = ${p.table}`,
  ),
  openPart: store.query<{ kind: string }, { rows: number }>((db, p) =>
    db
      .selectFrom('fill_part')
      .innerJoin('scope', 'scope.scope_id', 'fill_part.scope_id')
      .select('rows')
      .where('kind', '=', p.kind)
      .where('done', '=', 0)
      .where('state', '=', 'filling')
      .limit(1),
  ),
}));

/** Before the first rows of a kind: does nothing where there are rows already. */
export function putOffIndexes(store: Store, kind: RowKind): void {
  const names = PUT_OFF[kind];
  const { table } = ROW_SHAPES[kind];
  if (!names || readMeta(store, metaKey(kind)) !== undefined || hasRows(store, table)) return;
  const indexes = reading(store)
    .indexes.all({ table })
    .filter(({ name }) => names.includes(name));
  if (indexes.length === 0) return;
  store.transaction((tx) => {
    writeMeta(store, tx, { key: metaKey(kind), value: JSON.stringify(indexes.map((index) => index.sql)) });
    for (const { name } of indexes) run(store, tx, `drop index ${name}`);
  });
}

/**
 * Makes one of the indexes that were put off and whose table is filled.
 *
 * @returns false when there is none.
 */
export function makeOneIndex(store: Store): boolean {
  for (const kind of Object.keys(PUT_OFF) as RowKind[]) {
    const noted = readMeta(store, metaKey(kind));
    if (noted === undefined || reading(store).openPart.get({ kind })) continue;
    const [first, ...rest] = JSON.parse(noted) as string[];
    store.transaction((tx) => {
      if (first !== undefined) run(store, tx, first.replace(/^create index /i, 'create index if not exists '));
      if (rest.length > 0) writeMeta(store, tx, { key: metaKey(kind), value: JSON.stringify(rest) });
      else removeMeta(store, tx, metaKey(kind));
    });
    return true;
  }
  return false;
}

function metaKey(kind: RowKind): string {
  return `fill.indexes.${kind}`;
}

function hasRows(store: Store, table: string): boolean {
  const any = store.query<Record<string, never>, { found: number }>(
    () => sql<{ found: number }>`select 1 as found from ${sql.raw(table)} limit 1`,
  );
  return any.get({}) !== undefined;
}

/** Compiled where it is run: what it names is not always there. */
function run(store: Store, tx: WriteTx, statement: string): void {
  store.command<Record<string, never>, never>(() => sql<never>`${sql.raw(statement)}`).run(tx, {});
}
