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
import { enteredBefore, FINDABLE_KINDS, searchIndexes } from './search/search-index.ts';
import { searchedRows, type FindableKind } from './search/searched-rows.ts';

type WordsAfter = (of: { word: string; rowNo: number }) => { word: string; rowNo: number }[];

const indexedWords = perStore((store: StoreReader): Record<FindableKind, WordsAfter> => {
  const words = (kind: FindableKind): WordsAfter => {
    const query = store.query<{ word: string; rowNo: number }, { word: string; rowNo: number }>(
      (_, p) => sql<{ word: string; rowNo: number }>`
        select term as word, doc as "rowNo" from ${sql.raw(`${kind}_terms`)}
        where term >= ${p.word} and (term > ${p.word} or doc > ${p.rowNo}) limit ${SEARCH_SLICE_WORDS}`,
    );
    return (of) => query.all(of);
  };
  return { product: words('product'), customer: words('customer') };
});

/** @returns the kinds of rows that are not all found. */
export async function wrongSearchIndexes(store: Store, pause: () => Promise<unknown>): Promise<FindableKind[]> {
  const snapshot = store.snapshot();
  try {
    const wrong: FindableKind[] = [];
    for (const kind of FINDABLE_KINDS) {
      // What waits to be entered may be in the index or not; it will be.
      const of = { kind, before: enteredBefore(snapshot, kind) ?? Infinity, pause };
      if ((await sumOfIndex(snapshot, of)) !== (await sumOfRows(snapshot, of))) wrong.push(kind);
    }
    return wrong;
  } finally {
    snapshot.close();
  }
}

interface Summing {
  kind: FindableKind;
  /** Rows of this number and later ones are left out. */
  before: number;
  pause: () => Promise<unknown>;
}

async function sumOfIndex(store: StoreReader, { kind, before, pause }: Summing): Promise<bigint> {
  const wordsAfter = indexedWords(store)[kind];
  let sum = 0n;
  let last = { word: '', rowNo: 0 };
  for (;;) {
    const slice = readOrNothing(() => wordsAfter(last));
    // An index that can't be read any more is as wrong as one can be.
    if (slice === undefined) return -1n;
    for (const { word, rowNo } of slice) if (rowNo < before) sum = addDigest(sum, pairHash(word, rowNo));
    await pause();
    const end = slice.at(-1);
    if (slice.length < SEARCH_SLICE_WORDS || !end) return sum;
    last = end;
  }
}

async function sumOfRows(store: StoreReader, { kind, before, pause }: Summing): Promise<bigint> {
  const rowsAfter = searchedRows(store)[kind];
  let sum = 0n;
  let last = 0;
  for (;;) {
    const slice = rowsAfter({ after: last, limit: SEARCH_SLICE_ROWS });
    for (const { rowNo, grams } of slice) {
      if (rowNo >= before) return sum;
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

/** Makes an index anew. In one transaction: half an index would hide rows; a large house waits some seconds, once. */
export function rebuildSearch(store: Store, kind: FindableKind): void {
  const index = searchIndexes(store)[kind];
  const rowsAfter = searchedRows(store)[kind];
  store.transaction((tx) => {
    index.clear(tx);
    for (let after = 0; ;) {
      const slice = rowsAfter({ after, limit: SEARCH_SLICE_ROWS });
      for (const entry of slice) index.enter(tx, entry);
      const end = slice.at(-1);
      if (!end) return;
      after = end.rowNo;
    }
  });
}
