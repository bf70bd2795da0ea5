/** What waits for the index is found as the index would find it, and says what the file says, whatever is undone. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore } from '../../store/open-store.ts';
import { perStore, type Store } from '../../store/store.ts';
import { wrongSearchIndexes } from '../check-search.ts';
import { productFinder } from './finder.ts';
import { gramsOf, searchQuery } from './grams.ts';
import { packTexts, unpackTexts, type SignedText } from './packed-texts.ts';
import { enteredBefore, isAllEntered, searchIndexes, waitingEntries } from './search-index.ts';
import { WaitingEntries } from './waiting-entries.ts';

const platform = { now: () => 0, monotonicNow: () => 0, randomBytes: (count: number) => new Uint8Array(count) };

let folder: string;
let store: Store;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'orderdesk-waiting-'));
  store = openStore(path.join(folder, 'desk.sqlite'), platform);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const writing = perStore((of: Store) => ({
  put: of.command<{ name: string }, { row_no: number }>(
    (_, p) => sql<{ row_no: number }>`
      insert into product (product_id, code, name, initials, base_unit, units, step, active, rev, scope_id)
      values (${p.name}, ${p.name}, ${p.name}, '', 'piece', '[]', 1000, 1, 1, 1) returning row_no`,
  ),
  rename: of.command<{ rowNo: number; name: string }, never>(
    (_, p) => sql<never>`update product set name = ${p.name}, code = ${p.name} where row_no = ${p.rowNo}`,
  ),
  remove: of.command<{ rowNo: number }, never>((_, p) => sql<never>`delete from product where row_no = ${p.rowNo}`),
  setting: of.query<{ name: string }, { value: number }>(
    (_, p) => sql<{ value: number }>`select v as value from product_search_config where k = ${p.name}`,
  ),
  matching: of.query<{ match: string }, { rowid: number }>(
    (_, p) =>
      sql<{ rowid: number }>`select rowid from product_search where product_search match ${p.match} order by rowid`,
  ),
}));

function signed(text: string): SignedText {
  return unpackTexts(packTexts(['before it', text, 'after it']))(1);
}

function grams(name: string): string {
  return gramsOf({ names: [name, null], codes: [name, null, ''] });
}

/** As a fill does it. */
function putAll(names: readonly string[]): number[] {
  return store.refetchable((tx) =>
    names.map((name) => {
      searchIndexes(store).product.beforeRow();
      const rowNo = writing(store).put.get(tx, { name })?.row_no ?? 0;
      searchIndexes(store).product.enterLater(tx, rowNo, signed(grams(name)));
      return rowNo;
    }),
  );
}

function setting(name: 'automerge' | 'crisismerge'): number | undefined {
  return writing(store).setting.get({ name })?.value;
}

function found(text: string): number[] {
  return productFinder(store)
    .find(text, 50)
    .toSorted((a, b) => a - b);
}

function enterAll(): void {
  while (store.refetchable((tx) => searchIndexes(store).product.enterWaiting(tx, 2)) > 0);
  store.commitGathered();
}

async function expectIndexed(): Promise<void> {
  expect(isAllEntered(store)).toBe(true);
  expect(await wrongSearchIndexes(store, () => Promise.resolve())).toEqual([]);
}

function reopen(): void {
  store.close();
  store = openStore(path.join(folder, 'desk.sqlite'), platform);
}

test('a query finds in what waits just what it finds in the index', () => {
  const letter = fc.constantFrom('a', 'a', 'b', 'c', 'é', '1', '2', ' ', '-', '保', '温', '杯', '壶', '𠮷');
  const text = fc.array(letter, { minLength: 1, maxLength: 30 }).map((letters) => letters.join(''));
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), fc.array(text, { maxLength: 8 }), (names, queries) => {
      const waiting = new WaitingEntries();
      store.transaction((tx) => {
        searchIndexes(store).product.clear(tx);
        for (const [index, name] of names.entries()) {
          searchIndexes(store).product.enter(tx, { rowNo: index + 1, grams: grams(name) });
          waiting.add(index + 1, signed(grams(name)));
        }
      });
      for (const query of [...queries, ...names.map((name) => name.slice(0, 3))].map(searchQuery)) {
        for (const of of query ? [query.beginnings, query.anywhere] : []) {
          const indexed = writing(store)
            .matching.all({ match: of.match })
            .map(({ rowid }) => rowid);
          expect(waiting.matching(of, Infinity)).toEqual(indexed);
        }
      }
    }),
    { numRuns: 150 },
  );
});

describe('a row whose entry waits', () => {
  test('is found in the turn in which it is written, alone and among entered ones', async () => {
    const rows = putAll(['red mug', 'blue mug', 'green cup']);
    expect(found('mug')).toEqual(rows.slice(0, 2));
    expect(found('reen')).toEqual(rows.slice(2));
    store.refetchable((tx) => searchIndexes(store).product.enterWaiting(tx, 1));
    expect(enteredBefore(store, 'product')).toBe(rows[1]);
    expect(found('mug')).toEqual(rows.slice(0, 2));
    expect(productFinder(store).page('mug', { offset: 0, limit: 1 })).toEqual({ rowNos: [rows[1]], total: 2 });
    enterAll();
    expect(found('mug')).toEqual(rows.slice(0, 2));
    await expectIndexed();
  });

  test('has the index merge by itself again once all are entered, after a stop and a failure, too', async () => {
    const names = Array.from({ length: 40 }, (_, n) => `mug ${n}`);
    const rows = putAll(names);
    store.commitGathered();
    expect(() =>
      store.refetchable((tx) => {
        searchIndexes(store).product.enterWaiting(tx, 1);
        throw new Error('planted');
      }),
    ).toThrow('planted');
    expect(setting('automerge')).toBe(16);
    // A segment for each, of which sixteen or more are merged at a time.
    const enterOne = (): void => {
      store.refetchable((tx) => searchIndexes(store).product.enterWaiting(tx, 1));
      store.commitGathered();
    };
    for (let entered = 0; entered < 20; entered += 1) enterOne();
    expect([setting('automerge'), setting('crisismerge')]).toEqual([0, 1_999]);
    const mergeSome = (): boolean => store.refetchable((tx) => searchIndexes(store).product.mergeSome(tx));
    while (mergeSome());
    // With entries to come it is not left to the index yet.
    expect(setting('automerge')).toBe(0);
    reopen();
    while (store.refetchable(() => searchIndexes(store).product.loadWaiting(50)));
    for (let entered = 20; entered < 40; entered += 1) enterOne();
    expect(isAllEntered(store)).toBe(true);
    expect(mergeSome()).toBe(true);
    reopen();
    while (mergeSome());
    store.commitGathered();
    expect([setting('automerge'), setting('crisismerge')]).toEqual([16, 64]);
    expect(searchIndexes(store).product.unmerged()).toBe(0);
    expect(found('mug')).toEqual(rows);
    await expectIndexed();
  });

  test('and is changed or removed meanwhile leaves no ghost', async () => {
    const [first = 0, second = 0, third = 0] = putAll(['red mug', 'blue mug', 'green mug']);
    store.transaction((tx) => {
      writing(store).rename.run(tx, { rowNo: first, name: 'teapot' });
      searchIndexes(store).product.enter(tx, { rowNo: first, grams: grams('teapot') });
      writing(store).remove.run(tx, { rowNo: third });
      searchIndexes(store).product.remove(tx, third);
    });
    expect(found('mug')).toEqual([second]);
    expect(found('teapot')).toEqual([first]);
    // Takes the number of the one that was removed.
    expect(putAll(['white mug'])).toEqual([third]);
    expect(found('mug')).toEqual([second, third]);
    enterAll();
    expect(found('green')).toEqual([]);
    await expectIndexed();
  });

  test('is gone with its transaction; what was changed in one that failed waits as before', async () => {
    const [first = 0, second = 0] = putAll(['red mug', 'blue mug']);
    store.commitGathered();
    putAll(['green mug']);
    const fail = (work: () => void): void => {
      work();
      throw new Error('planted');
    };
    expect(() => store.refetchable((tx) => fail(() => searchIndexes(store).product.enterWaiting(tx, 3)))).toThrow(
      'planted',
    );
    expect(found('mug')).toEqual([first, second]);
    expect(() => store.transaction((tx) => fail(() => searchIndexes(store).product.remove(tx, first)))).toThrow(
      'planted',
    );
    expect(found('mug')).toEqual([first, second]);
    expect(putAll(['white mug'])).toEqual([second + 1]);
    enterAll();
    await expectIndexed();
  });

  test('is entered after a stop, of which the file knows', async () => {
    const rows = putAll(['red mug', 'blue mug', 'green mug', 'white mug']);
    store.refetchable((tx) => searchIndexes(store).product.enterWaiting(tx, 1));
    store.commitGathered();
    reopen();
    expect(enteredBefore(store, 'product')).toBe(rows[1]);
    // The feed is quicker than the loading, and brings a new row, too.
    store.transaction((tx) => {
      writing(store).rename.run(tx, { rowNo: rows[3] ?? 0, name: 'teapot' });
      searchIndexes(store).product.enter(tx, { rowNo: rows[3] ?? 0, grams: grams('teapot') });
      const rowNo = writing(store).put.get(tx, { name: 'kettle' })?.row_no ?? 0;
      searchIndexes(store).product.enter(tx, { rowNo, grams: grams('kettle') });
    });
    while (store.refetchable(() => searchIndexes(store).product.loadWaiting(2)));
    expect(found('mug')).toEqual(rows.slice(0, 3));
    expect(found('teapot')).toEqual(rows.slice(3));
    expect(waitingEntries(store).product.count).toBe(4);
    enterAll();
    await expectIndexed();
  });
});
