/**
 * Finds products and customers by what people type: a code, a barcode or phone number, the initials of the name, or any
 * part of the name, in Chinese or Latin letters; of several words all must match.
 *
 * Guarantees: at most a fixed number of rows is looked at per way of finding, however common the text, so an answer
 * never takes long; an exact code is always among the hits. Not guaranteed: that of a thousand names with the same
 * letters in them the alphabetically first are shown. Typing one more letter is quicker than that would be.
 */
import { sql } from 'kysely';
import type { Query, StoreReader } from '../../store/store.ts';
import { searchQuery, type SearchQuery, type TextQuery } from './grams.ts';
import { rankCandidates, type Candidate } from './rank.ts';
import { waitingEntries } from './search-index.ts';

/** Rows looked at per way of finding. */
const MAX_CANDIDATES = 80;
/** Past every character that a code may hold. */
const LAST_CHARACTER = '\u{10FFFF}';

export interface Finder {
  /** The best hits, as row numbers. */
  find(text: string, limit: number): number[];
  /** All matches of a text, by code, a page of them; `total` counts them all. */
  page(text: string, of: { offset: number; limit: number }): { rowNos: number[]; total: number };
}

interface Range {
  from: string;
  to: string;
  limit: number;
}

interface FinderTables {
  table: 'product' | 'customer';
  index: 'product_search' | 'customer_search';
  /** The column that is found by its beginning besides code and initials. */
  number: 'barcode' | 'phone';
  nameAlt: string;
}

export function productFinder(store: StoreReader): Finder {
  return finder(store, { table: 'product', index: 'product_search', number: 'barcode', nameAlt: 'name_alt' });
}

export function customerFinder(store: StoreReader): Finder {
  return finder(store, { table: 'customer', index: 'customer_search', number: 'phone', nameAlt: 'null' });
}

function finder(store: StoreReader, of: FinderTables): Finder {
  const queries = candidateQueries(store, of);
  const pages = pageQueries(store, of);
  const entries = waitingEntries(store)[of.table];
  const waiting = (query: TextQuery): string => JSON.stringify(entries.matching(query, Infinity));
  return {
    find: (text, limit) => {
      const query = searchQuery(text);
      if (!query) return [];
      const found = new Map<number, Candidate>();
      let active = 0;
      for (const rows of stages(queries, query)) {
        for (const row of rows) {
          if (found.has(row.row_no)) continue;
          found.set(row.row_no, row);
          active += row.active;
        }
        // What later stages find ranks after all of this.
        if (active >= limit) break;
      }
      return rankCandidates(found.values(), query)
        .slice(0, limit)
        .map((row) => row.row_no);
    },
    page: (text, { offset, limit }) => {
      const query = searchQuery(text);
      if (!query) return { rowNos: [], total: 0 };
      const { match } = query.anywhere;
      const asked = { match, waiting: waiting(query.anywhere), from: query.folded, to: query.folded + LAST_CHARACTER };
      const rowNos = pages.rows.all({ ...asked, offset, limit }).map((row) => row.row_no);
      return { rowNos, total: pages.count.get(asked)?.total ?? 0 };
    },
  };
}

type CandidateQueries = ReturnType<typeof candidateQueries>;

/** The ways of finding, best class of hit first; each is only gone if those before it did not give enough. */
function* stages(queries: CandidateQueries, query: SearchQuery): Iterable<Candidate[]> {
  const range: Range = { from: query.folded, to: query.folded + LAST_CHARACTER, limit: MAX_CANDIDATES };
  yield queries.byCode.all(range);
  if (/^[\d+ -]+$/.test(query.folded)) yield queries.byNumber.all(range);
  if (/^[a-z0-9]+$/.test(query.folded)) yield queries.byInitials.all(range);
  yield queries.byText(query.beginnings);
  yield queries.byText(query.anywhere);
}

function candidateQueries(store: StoreReader, of: FinderTables) {
  const table = sql.raw(of.table);
  const columns = sql.raw(`row_no, code, ${of.number} as number, name, ${of.nameAlt} as name_alt, initials, active`);
  const number = sql.raw(of.number);
  const index = sql.raw(of.index);
  const entries = waitingEntries(store)[of.table];
  const byMatch = store.query<{ match: string; limit: number }, Candidate>(
    (_, p) => sql<Candidate>`select ${columns} from ${table}
      where row_no in (select rowid from ${index} where ${index} match ${p.match} limit ${p.limit})`,
  );
  const byNumbers = store.query<{ rowNos: string }, Candidate>(
    (_, p) =>
      sql<Candidate>`select ${columns} from ${table} where row_no in (select value from json_each(${p.rowNos}))`,
  );
  const byRange = (where: (p: Range) => ReturnType<typeof sql>): Query<Range, Candidate> =>
    store.query<Range, Candidate>((_, p) => sql<Candidate>`select ${columns} from ${table} where ${where(p)}`);
  return {
    byCode: byRange(
      (p) =>
        sql`code >= ${p.from} collate nocase and code < ${p.to} collate nocase order by code collate nocase limit ${p.limit}`,
    ),
    byNumber: byRange((p) => sql`${number} >= ${p.from} and ${number} < ${p.to} order by ${number} limit ${p.limit}`),
    byInitials: byRange((p) => sql`initials >= ${p.from} and initials < ${p.to} order by initials limit ${p.limit}`),
    byText: (query: TextQuery): Candidate[] => {
      const indexed = byMatch.all({ match: query.match, limit: MAX_CANDIDATES });
      const waiting = entries.matching(query, MAX_CANDIDATES);
      return waiting.length === 0 ? indexed : [...indexed, ...byNumbers.all({ rowNos: JSON.stringify(waiting) })];
    },
  };
}

interface Asked {
  match: string;
  /** Row numbers, JSON: those that match and are in no index yet. */
  waiting: string;
  from: string;
  to: string;
}

function pageQueries(store: StoreReader, of: FinderTables) {
  const table = sql.raw(of.table);
  const index = sql.raw(of.index);
  const matching = (p: Asked) => sql`select rowid as row_no from ${index} where ${index} match ${p.match}
    union select value from json_each(${p.waiting})
    union select row_no from ${table} where code >= ${p.from} collate nocase and code < ${p.to} collate nocase`;
  return {
    rows: store.query<Asked & { offset: number; limit: number }, { row_no: number }>(
      (_, p) => sql<{ row_no: number }>`select row_no from ${table} where row_no in (${matching(p)})
        order by code collate nocase limit ${p.limit} offset ${p.offset}`,
    ),
    count: store.query<Asked, { total: number }>(
      (_, p) => sql<{ total: number }>`select count(*) as total from (${matching(p)})`,
    ),
  };
}
