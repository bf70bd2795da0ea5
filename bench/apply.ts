/**
 * A million changes onto a filled replica with its live indexes, as pages of a pull, against hand-written
 * better-sqlite3 upserts of the same rows onto the same tables and indexes, with the same upkeep of the search index
 * and of the cursor, in transactions of the same size. The pages are in memory before the clock starts, for both.
 *
 * The mix is a trading day's: stock 60 %, prices 30 %, products 10 %, of these half with another name. Both take turns
 * page by page, each on a file of its own.
 */
import { branchScope, CATALOGUE_SCOPE } from '../src-shared/protocol/scope.ts';
import SqliteDatabase, { type Database, type Statement } from 'better-sqlite3';
import type { Price } from '../src-shared/domain/pricing/price-list.ts';
import type { Product } from '../src-shared/domain/product.ts';
import type { Stock } from '../src-shared/domain/stock.ts';
import type { Change, PullResponse } from '../src-shared/protocol/change.ts';
import { applyPage } from '../src-main/replica/apply-page.ts';
import { productGrams } from '../src-main/replica/search/row-grams.ts';
import { seededRandom, type Catalogue } from '../test/support/seeded-catalogue.ts';
import { deskFixture, EPOCH, type DeskFixture } from '../test/support/desk-fixture.ts';
import { microseconds, type Bench, type BenchResult } from './bench.ts';

const CHANGES = 1_000_000;
const PAGE = 5_000;
const PRODUCTS = 100_000;

export const bench: Bench = {
  name: 'apply',
  run: () => {
    const ours = deskFixture({ products: PRODUCTS, customers: 100 });
    const theirs = deskFixture({ products: PRODUCTS, customers: 100 });
    try {
      return Promise.resolve(measure(ours, theirs));
    } finally {
      for (const fixture of [ours, theirs]) fixture.dispose();
    }
  },
};

function measure(ours: DeskFixture, theirs: DeskFixture): BenchResult {
  const random = seededRandom(5);
  theirs.store.close();
  const sqlite = openByHand(theirs.file);
  const applyByHand = handWritten(sqlite);
  const revs = new Map<string, number>();
  const spent = { ours: 0, theirs: 0 };
  for (let n = 0; n < CHANGES / PAGE; n += 1) {
    const changes = Array.from({ length: PAGE }, () => nextChange(ours.catalogue, revs, random));
    const page: PullResponse = { epoch: EPOCH, now: 1_700_000_000_000 + n, changes, cursor: `bench/${n}`, more: true };
    const turns = [
      () => void (spent.ours += microseconds(() => void applyPage(ours.store, page))),
      () => void (spent.theirs += microseconds(() => applyByHand(page))),
    ];
    for (const turn of n % 2 === 0 ? turns : turns.toReversed()) turn();
  }
  assertSameRows(ours, sqlite);
  sqlite.close();
  const value = CHANGES / (spent.ours / 1e6);
  const reference = CHANGES / (spent.theirs / 1e6);
  return {
    value,
    unit: 'rows/s',
    reference,
    ratio: value / reference,
    note: `${CHANGES.toLocaleString('en')} changes in pages of ${PAGE}, 60 % stock, 30 % prices, 10 % products`,
  };
}

function nextChange(
  { branch, products, prices, stock }: Catalogue,
  revs: Map<string, number>,
  random: () => number,
): Change {
  const n = Math.floor(random() * products.length);
  const [product, price, held] = [products[n], prices[n], stock[n]];
  if (!product || !price || !held) throw new Error('bench: the catalogue is not even');
  const kind = random();
  const key = kind < 0.6 ? `${held.warehouseId}/${held.productId}` : kind < 0.9 ? price.priceId : product.productId;
  const rev = (revs.get(key) ?? 1) + 1;
  revs.set(key, rev);
  if (kind < 0.6) {
    const row: Stock = { ...held, onHand: Math.floor(random() * 1_000) * 1_000, allocated: 0 };
    return { scope: branchScope(branch.branchId), kind: 'stock', op: 'put', key, rev, row };
  }
  if (kind < 0.9) {
    const row: Price = { ...price, unitPrice: Math.floor(random() * 1_000_000) };
    return { scope: CATALOGUE_SCOPE, kind: 'price', op: 'put', key, rev, row };
  }
  const row: Product = { ...product, name: random() < 0.5 ? `${product.name} ${rev}` : product.name };
  return { scope: CATALOGUE_SCOPE, kind: 'product', op: 'put', key, rev, row };
}

function openByHand(file: string): Database {
  const sqlite = new SqliteDatabase(file);
  sqlite.pragma('journal_mode = wal');
  sqlite.pragma('synchronous = full');
  sqlite.pragma('fullfsync = on');
  sqlite.pragma('checkpoint_fullfsync = on');
  sqlite.pragma('wal_autocheckpoint = 8000');
  sqlite.pragma('cache_size = -65536');
  return sqlite;
}

interface Before {
  row_no: number;
  rev: number;
  name: string;
}

function handWritten(sqlite: Database): (page: PullResponse) => void {
  const stock = sqlite.prepare(`insert into stock (warehouse_id, product_id, on_hand, allocated, rev)
    values (?, ?, ?, ?, ?) on conflict (warehouse_id, product_id) do update
    set on_hand = excluded.on_hand, allocated = excluded.allocated, rev = excluded.rev where excluded.rev > stock.rev`);
  const price = sqlite.prepare(`insert into price
    (price_id, price_list_id, product_id, unit, unit_price, valid_from, valid_to, rev) values (?, ?, ?, ?, ?, ?, ?, ?)
    on conflict (price_id) do update set price_list_id = excluded.price_list_id, product_id = excluded.product_id,
    unit = excluded.unit, unit_price = excluded.unit_price, valid_from = excluded.valid_from,
    valid_to = excluded.valid_to, rev = excluded.rev where excluded.rev > price.rev`);
  const before = sqlite.prepare<[string], Before>('select row_no, rev, name from product where product_id = ?');
  const product = sqlite.prepare(`insert into product
    (product_id, code, barcode, name, name_alt, initials, base_unit, units, step, active, rev)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (product_id) do update set code = excluded.code,
    barcode = excluded.barcode, name = excluded.name, name_alt = excluded.name_alt, initials = excluded.initials,
    base_unit = excluded.base_unit, units = excluded.units, step = excluded.step, active = excluded.active,
    rev = excluded.rev where excluded.rev > product.rev`);
  const search = sqlite.prepare('insert or replace into product_search (rowid, grams) values (?, ?)');
  const cursor = sqlite.prepare("replace into meta (key, value) values ('replica.cursor', ?)");
  const inTransaction = sqlite.transaction((page: PullResponse) => {
    for (const change of page.changes) {
      if (change.op !== 'put') continue;
      const { rev } = change;
      if (change.kind === 'stock') {
        const { warehouseId, productId, onHand, allocated } = change.row;
        stock.run(warehouseId, productId, onHand, allocated, rev);
      } else if (change.kind === 'price') {
        const { priceId, priceListId, productId, unit, unitPrice, validFrom, validTo } = change.row;
        price.run(priceId, priceListId, productId, unit, unitPrice, validFrom, validTo, rev);
      } else if (change.kind === 'product') putProduct({ before, product, search }, change.row, rev);
    }
    cursor.run(page.cursor);
  });
  return (page) => inTransaction.immediate(page);
}

function putProduct(
  to: { before: Statement<[string], Before>; product: Statement; search: Statement },
  row: Product,
  rev: number,
): void {
  const old = to.before.get(row.productId);
  const { productId, code, barcode, name, nameAlt, initials, baseUnit, units, step, active } = row;
  const given = [productId, code, barcode, name, nameAlt, initials, baseUnit, JSON.stringify(units), step];
  to.product.run(...given, active ? 1 : 0, rev);
  if (old && old.rev < rev && old.name !== name) to.search.run(old.row_no, productGrams(row));
}

/** Both files must have come to the same rows, or the comparison means nothing. */
function assertSameRows(ours: DeskFixture, byHand: Database): void {
  const sums = (sqlite: Database): string =>
    JSON.stringify([
      sqlite.prepare('select count(*), sum(rev), sum(on_hand) from stock').raw().get(),
      sqlite.prepare('select count(*), sum(rev), sum(unit_price) from price').raw().get(),
      sqlite.prepare('select count(*), sum(rev), sum(length(name)) from product').raw().get(),
      sqlite.prepare(`select count(*) from product_search where product_search match '"mini"'`).raw().get(),
    ]);
  const mine = new SqliteDatabase(ours.file, { readonly: true });
  const same = sums(mine) === sums(byHand);
  mine.close();
  if (!same) throw new Error('bench: the two replicas hold different rows');
}
