/**
 * Whether the search indexes find what is there: every row by all of its words, and nothing else. An index can't be
 * asked what it says of a row, so both sides are summed up: the pairs of word and row in the index, and those that the
 * rows come to. Where the sums differ the index is made anew, which is no loss: it is made of the rows alone.
 */
import { hash } from 'node:crypto';
import { sql } from 'kysely';
import { addDigest } from '../../src-shared/protocol/digest.ts';
import { perStore, type Store, type StoreReader } from '../store/store.ts';
import { SEARCH_SLICE_ROWS, SEARCH_SLICE_WORDS } from './limits.ts';
import { customerGrams, productGrams } from './search/row-grams.ts';

interface Indexed {
  rowNo: number;
  grams: string;
}

interface SearchIndex {
  kind: 'product' | 'customer';
  index: string;
  rowsAfter: (rowNo: number) => Indexed[];
  wordsAfter: (of: { word: string; rowNo: number }) => { word: string; rowNo: number }[];
}

const reading = perStore((store: StoreReader): SearchIndex[] => {
  const words = (table: string): SearchIndex['wordsAfter'] => {
    const query = store.query<{ word: string; rowNo: number }, { word: string; rowNo: number }>(
      (_, p) => sql<{ word: string; rowNo: number }>`
        select term as word, doc as "rowNo" from ${sql.raw(table)}
        where term >= ${p.word} and (term > ${p.word} or doc > ${p.rowNo}) limit ${SEARCH_SLICE_WORDS}`,
    );
    return (of) => query.all(of);
  };
  const products = store.query<{ after: number }, Parameters<typeof productGrams>[0] & { rowNo: number }>((db, p) =>
    db
      .selectFrom('product')
      .select(['row_no as rowNo', 'name', 'name_alt as nameAlt', 'code', 'barcode', 'initials'])
      .where('row_no', '>', p.after)
      .orderBy('row_no')
      .limit(SEARCH_SLICE_ROWS),
  );
  const customers = store.query<{ after: number }, Parameters<typeof customerGrams>[0] & { rowNo: number }>((db, p) =>
    db
      .selectFrom('customer')
      .select(['row_no as rowNo', 'name', 'code', 'phone', 'initials'])
      .where('row_no', '>', p.after)
      .orderBy('row_no')
      .limit(SEARCH_SLICE_ROWS),
  );
  return [
    {
      kind: 'product',
      index: 'product_search',
      rowsAfter: (after) => products.all({ after }).map((row) => ({ rowNo: row.rowNo, grams: productGrams(row) })),
      wordsAfter: words('product_terms'),
    },
    {
      kind: 'customer',
      index: 'customer_search',
      rowsAfter: (after) => customers.all({ after }).map((row) => ({ rowNo: row.rowNo, grams: customerGrams(row) })),
      wordsAfter: words('customer_terms'),
    },
  ];
});

/** @returns the kinds of rows that are not all found. */
export async function wrongSearchIndexes(
  store: Store,
  pause: () => Promise<unknown>,
): Promise<('product' | 'customer')[]> {
  const snapshot = store.snapshot();
  try {
    const wrong: ('product' | 'customer')[] = [];
    for (const of of reading(snapshot)) {
      if ((await sumOfIndex(of, pause)) !== (await sumOfRows(of, pause))) wrong.push(of.kind);
    }
    return wrong;
  } finally {
    snapshot.close();
  }
}

async function sumOfIndex({ wordsAfter }: SearchIndex, pause: () => Promise<unknown>): Promise<bigint> {
  let sum = 0n;
  let last = { word: '', rowNo: 0 };
  for (;;) {
    const slice = readOrNothing(() => wordsAfter(last));
    // An index that can't be read any more is as wrong as one can be.
    if (slice === undefined) return -1n;
    for (const { word, rowNo } of slice) sum = addDigest(sum, pairHash(word, rowNo));
    await pause();
    const end = slice.at(-1);
    if (slice.length < SEARCH_SLICE_WORDS || !end) return sum;
    last = end;
  }
}

async function sumOfRows({ rowsAfter }: SearchIndex, pause: () => Promise<unknown>): Promise<bigint> {
  let sum = 0n;
  let last = 0;
  for (;;) {
    const slice = rowsAfter(last);
    for (const { rowNo, grams } of slice) {
      for (const word of new Set(grams.split(' '))) if (word !== '') sum = addDigest(sum, pairHash(word, rowNo));
    }
    await pause();
    const end = slice.at(-1);
    if (slice.length < SEARCH_SLICE_ROWS || !end) return sum;
    last = end.rowNo;
  }
}

function readOrNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function pairHash(word: string, rowNo: number): bigint {
  return hash('sha256', `${rowNo} ${word}`, 'buffer').readBigUInt64BE(0);
}

const writing = perStore((store: Store) =>
  Object.fromEntries(
    reading(store).map(({ kind, index, rowsAfter }) => [
      kind,
      {
        rowsAfter,
        clear: store.command<Record<string, never>, never>(
          () => sql<never>`insert into ${sql.raw(index)} (${sql.raw(index)}) values ('delete-all')`,
        ),
        enter: store.command<Indexed, never>(
          (_, p) => sql<never>`insert into ${sql.raw(index)} (rowid, grams) values (${p.rowNo}, ${p.grams})`,
        ),
      },
    ]),
  ),
);

/** Makes an index anew. In one transaction: half an index would hide rows; a large house waits some seconds, once. */
export function rebuildSearch(store: Store, kind: 'product' | 'customer'): void {
  const of = writing(store)[kind];
  if (!of) throw new Error(`no search index of ${kind}`);
  store.transaction((tx) => {
    of.clear.run(tx, {});
    for (let slice = of.rowsAfter(0); slice.length > 0; slice = of.rowsAfter(slice.at(-1)?.rowNo ?? 0)) {
      for (const { rowNo, grams } of slice) of.enter.run(tx, { rowNo, grams });
    }
  });
}
