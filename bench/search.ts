/**
 * The desk's whole product search on 100,000 products with Chinese and English names: find, rank, price and stock of
 * each of twenty hits. Queries of two to four characters of every kind that people type, taken from the catalogue by
 * a seeded draw. Reported: the slowest kind's p99.
 *
 * Reference: what one would write by hand first, a prepared `like '%…%'` over code, barcode, names and initials with a
 * limit of twenty; without ranking, prices or stock. Its p99 over the same queries.
 */
import SqliteDatabase from 'better-sqlite3';
import { seededRandom } from '../test/support/seeded-catalogue.ts';
import { deskFixture, type DeskFixture } from '../test/support/desk-fixture.ts';
import type { Product } from '../src-shared/domain/product.ts';
import { microseconds, quantile, type Bench, type BenchResult } from './bench.ts';

const PRODUCTS = 100_000;
const QUERIES_A_KIND = 1_000;
const WARM_UP = 100;
const REFERENCE_EVERY = 10;
const HITS = 20;

type Draw = (product: Product, length: number, random: () => number) => string;

/** What people type of a product, by kind. */
const KINDS: Record<string, Draw> = {
  chinese: (of, length, random) =>
    cut(/\p{Script=Han}/u.test(of.name) ? of.name : (of.nameAlt ?? ''), length, random, true),
  'english prefix': (of, length, random) => word(of, random).slice(0, length),
  'english fragment': (of, length, random) => cut(word(of, random), length, random, false),
  code: (of, length) => of.code.slice(0, length),
  barcode: (of, length) => (of.barcode ?? of.code).slice(0, length),
  initials: (of, length) => of.initials.slice(0, length),
};

export const bench: Bench = {
  name: 'search',
  run: () => {
    const fixture = deskFixture({ products: PRODUCTS, customers: 100 });
    try {
      fixture.store.checkpointWhenIdle();
      return Promise.resolve(measure(fixture));
    } finally {
      fixture.dispose();
    }
  },
};

function measure(fixture: DeskFixture): BenchResult {
  const random = seededRandom(11);
  const scan = handWritten(fixture.file);
  const reference: number[] = [];
  const slowest = { kind: '', p50: 0, p99: 0 };
  const parts: string[] = [];
  for (const [kind, draw] of Object.entries(KINDS)) {
    const queries = drawQueries(fixture, draw, random);
    for (const text of queries.slice(0, WARM_UP)) fixture.desk.products.search({ text, limit: HITS });
    const times = queries.map((text) =>
      microseconds(() => {
        // Everything that is looked for is there: an empty answer would be quick and wrong.
        if (fixture.desk.products.search({ text, limit: HITS }).length === 0)
          throw new Error(`bench: "${text}" not found`);
      }),
    );
    for (const [index, text] of queries.entries()) {
      if (index % REFERENCE_EVERY === 0) reference.push(microseconds(() => void scan(text)));
    }
    const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
    parts.push(`${kind} ${Math.round(p50)}/${Math.round(p99)}`);
    if (p99 > slowest.p99) Object.assign(slowest, { kind, p50, p99 });
  }
  const referenceUs = quantile(reference, 0.99);
  return {
    value: slowest.p99,
    unit: 'us',
    reference: referenceUs,
    ratio: slowest.p99 / referenceUs,
    note: `p99 of the slowest kind (${slowest.kind}); p50/p99 in us by kind: ${parts.join(', ')}; reference: like '%…%' scan`,
  };
}

function drawQueries({ catalogue }: DeskFixture, draw: Draw, random: () => number): string[] {
  const queries: string[] = [];
  while (queries.length < QUERIES_A_KIND) {
    const product = catalogue.products[Math.floor(random() * catalogue.products.length)];
    const length = 2 + Math.floor(random() * 3);
    const text = product ? draw(product, length, random) : '';
    if (text.trim().length >= 2) queries.push(text);
  }
  return queries;
}

function word(of: Product, random: () => number): string {
  const words = `${of.name} ${of.nameAlt ?? ''}`.match(/[a-z]{3,}/g) ?? [];
  return words[Math.floor(random() * words.length)] ?? '';
}

/** A piece from anywhere in a text. */
function cut(text: string, length: number, random: () => number, han: boolean): string {
  const letters = Array.from(han ? (text.match(/\p{Script=Han}+/u)?.[0] ?? '') : text);
  const from = Math.floor(random() * Math.max(1, letters.length - length + 1));
  return letters.slice(from, from + length).join('');
}

function handWritten(file: string): (text: string) => unknown[] {
  const sqlite = new SqliteDatabase(file, { readonly: true });
  sqlite.pragma('cache_size = -65536');
  const statement = sqlite.prepare(`select product_id, code, name, name_alt, barcode, initials from product
    where code like @like or barcode like @like or name like @like or name_alt like @like or initials like @like
    limit ${HITS}`);
  return (text) => statement.all({ like: `%${text}%` });
}
