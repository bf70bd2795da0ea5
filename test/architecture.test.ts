/**
 * The layers hold. Goal: no import crosses the table of test/architecture/table.ts, no cycle even of types, no barrel.
 * Method: every import of every file, read by a parser; and each row has a violation planted beside the real files,
 * in memory, to prove that the row would have seen it.
 */
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cyclesOf, rowOf, violationsOf, type Row } from './architecture/check.ts';
import { importsOf, type Import } from './architecture/imports.ts';
import { TABLE } from './architecture/table.ts';

const PATTERNS = ['src-*/**/*.{ts,tsx}', 'migrations/**/*.ts', '{test,bench,scripts}/**/*.{ts,mjs}'];
const ASSETS = ['src-renderer/**/*.{css,svg,json,png}'];

/** Tests beside their files are no part of a layer: they may take anything apart. */
function isLayered(file: string): boolean {
  return !/\.(test|check)\.tsx?$/.test(file) || file.startsWith('test/');
}

const files = new Map<string, readonly Import[]>(
  globSync(PATTERNS)
    .map((file) => file.replaceAll('\\', '/'))
    .filter(isLayered)
    .map((file) => [file, importsOf(file, readFileSync(file, 'utf8'))] as const),
);
for (const asset of globSync(ASSETS)) files.set(asset.replaceAll('\\', '/'), []);

const standing = new Set(violationsOf(files, TABLE));

/** What is found with these in memory beside the real files, and not without them. */
function foundWith(planted: Record<string, string>): string[] {
  const more = Object.entries(planted).map(([file, source]) => [file, importsOf(file, source)] as const);
  return violationsOf(new Map([...files, ...more]), TABLE).filter((sentence) => !standing.has(sentence));
}

function plantedIn(row: Row): string {
  return row.place.endsWith('.ts') ? row.place : `${row.place}/planted.ts`;
}

test('the files are found', () => {
  expect(files.size).toBeGreaterThan(150);
});

test('nothing imports what its row does not allow, no file is in a cycle, nothing is a barrel', () => {
  expect([...standing]).toEqual([]);
});

test('every row is of something that is there', () => {
  const empty = TABLE.filter((row) => ![...files.keys()].some((file) => rowOf(file, TABLE) === row));
  expect(empty.map((row) => row.place)).toEqual([]);
});

describe('a violation planted in', () => {
  test.each(TABLE.map((row) => [row.place, row] as const))('%s is seen', (_place, row) => {
    const file = plantedIn(row);
    const [first, ...others] = foundWith({ [file]: row.planted });
    expect(first).toMatch(/ may (not import|import only types of) /);
    expect(first?.startsWith(`${file} (${row.place}) may `)).toBe(true);
    expect(others).toEqual([]);
  });

  test('a folder that no row names is seen', () => {
    expect(foundWith({ 'src-extra/new.ts': '' })).toEqual(['src-extra/new.ts is in no row of the table']);
  });

  test('a cycle, were it only of types, is seen', () => {
    const found = foundWith({
      'src-shared/domain/a.ts': `import type { B } from './b.ts'; export type A = B;`,
      'src-shared/domain/b.ts': `export type B = import('./a.ts').A;`,
    });
    expect(found).toEqual([
      'src-shared/domain/a.ts is in an import cycle: src-shared/domain/a.ts → src-shared/domain/b.ts',
    ]);
  });

  test.each([`export * from './order.ts';`, `export { type Order } from './order.ts';`])(
    'a barrel is seen: %s',
    (source) => {
      expect(foundWith({ 'src-shared/domain/all.ts': source })).toEqual([
        'src-shared/domain/all.ts re-exports ./order.ts: no barrels, import it from where it is',
      ]);
    },
  );

  test('a computed import, a missing file and a bare name of Node are seen', () => {
    const source = `await import(process.argv[2]); import './nowhere.ts'; import fs from 'fs';`;
    expect(foundWith({ 'src-central/planted.ts': source })).toEqual([
      'src-central/planted.ts imports a computed path, which nothing can check',
      'src-central/planted.ts imports ./nowhere.ts, which is not there',
      'src-central/planted.ts imports fs without node:',
    ]);
  });
});

describe('the reader of imports', () => {
  test('sees every way to name another file, and which are of types only', () => {
    const source = `
      import a from './a.ts';
      import { type B } from './b.ts';
      import { type C, c } from './c.ts';
      import type { D } from './d.ts';
      export type { E } from './e.ts';
      const f = () => import('./f.ts');
      type G = import('./g.ts').G;
      type H = typeof import('./h.ts');
      const i = require('./i.ts');
      import j = require('./j.ts');
      import './k.ts';
      export const text = "import './not.ts'"; // import './nor.ts'
    `;
    expect(
      importsOf('x.ts', source).map(({ specifier, typeOnly }) => `${specifier}${typeOnly ? ' type' : ''}`),
    ).toEqual([
      './a.ts',
      './b.ts type',
      './c.ts',
      './d.ts type',
      './e.ts type',
      './f.ts',
      './g.ts type',
      './h.ts type',
      './i.ts',
      './j.ts',
      './k.ts',
    ]);
  });

  test('finds each cycle once, and none in a tree', () => {
    const graph = new Map([
      ['a', new Set(['b', 'c'])],
      ['b', new Set(['d'])],
      ['c', new Set(['d'])],
      ['d', new Set<string>()],
      ['e', new Set(['f'])],
      ['f', new Set(['e'])],
    ]);
    expect(cyclesOf(graph)).toEqual([['e', 'f']]);
  });
});
