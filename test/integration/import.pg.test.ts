// Goal: nothing is dropped, mended or done twice. Method: a small dirty file whose every row is known, on a real
// PostgreSQL; the same rows as a workbook and in GB18030.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ExcelJS from 'exceljs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findDivergence } from '../../src-central/change-feed/divergence.ts';
import type { CentralDb } from '../../src-central/db/schema.ts';
import { ensureEpoch } from '../../src-central/identity/epoch.ts';
import type { Scope } from '../../src-shared/protocol/scope.ts';
import { startTestPostgres, type TestPostgres } from '../support/central-fixture.ts';
import { fixtureFile, importFrom, refusalsOf } from '../support/import-fixture.ts';
import { runToEnd } from '../support/programs.ts';
import { furnishHouse, type TestHouse } from '../support/test-house.ts';

let postgres: TestPostgres;
let folder: string;
let db: CentralDb;
let url: string;
let house: TestHouse;

beforeAll(async () => {
  postgres = await startTestPostgres();
  folder = await mkdtemp(path.join(tmpdir(), 'orderdesk-import-'));
});
afterAll(async () => {
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  ({ db, url } = await postgres.createDatabase());
  await ensureEpoch(db, 'GBP');
  house = await furnishHouse(db);
});

const DIRTY = fixtureFile('dirty-orders.csv');
const DIRTY_REFUSALS = {
  4: 'productUnknown',
  5: 'contradictsRow date',
  6: 'contradictsRow customer',
  7: 'notPositive quantity',
  8: 'notStep',
  9: 'notNumber quantity',
  10: 'notPrice price',
  11: 'notPositive price',
  12: 'notDate date',
  13: 'required customer',
  14: 'customerUnknown',
  16: 'unitNotOfProduct',
  17: 'columnCount',
};

async function changeCount(): Promise<number> {
  const { count } = await db
    .selectFrom('change')
    .select((select) => select.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

async function file(name: string, text: string): Promise<string> {
  const at = path.join(folder, name);
  await writeFile(at, text);
  return at;
}

describe('past orders', () => {
  test('every row of a dirty file is an order line or refused with its reason', async () => {
    const report = await importFrom(db, DIRTY, { kind: 'orders' });
    expect(refusalsOf(report)).toEqual(DIRTY_REFUSALS);
    expect(report.outcomes).toMatchObject({ accepted: 4, unchanged: 0 });
    // 6 x 2.55, 2 x 0.0425 rounded half up, 2 cases at 30.00, 0.3 kg at 12.00.
    expect(report.orders).toMatchObject({ created: 3, totalMinor: 1530n + 9n + 6000n + 360n });
    const orders = await db.selectFrom('sales_order').selectAll().orderBy('number').execute();
    expect(orders.map((order) => [order.number, order.status, order.business_date, order.total_minor])).toEqual([
      ['S-1', 'completed', '2026-03-01', 1539],
      ['S-3', 'completed', '2026-03-01', 6000],
      ['S-4', 'completed', '2026-03-01', 360],
    ]);
    expect(orders[0]?.history).toMatchObject([{ what: 'imported', reason: 'dirty-orders.csv' }]);
    const taken = await db.selectFrom('stock').select('allocated').where('allocated', '>', 0).execute();
    expect(taken).toEqual([]);
  });

  test('the same file again changes nothing and says nothing to the feed', async () => {
    await importFrom(db, DIRTY, { kind: 'orders' });
    const before = await changeCount();
    const report = await importFrom(db, DIRTY, { kind: 'orders' });
    expect(report.outcomes).toMatchObject({ accepted: 0, unchanged: 4 });
    expect(report.orders).toMatchObject({ created: 0, unchanged: 3, totalMinor: 7899n });
    expect(await changeCount()).toBe(before);
  });

  test('a dry run gives the same verdicts and writes nothing', async () => {
    const before = await changeCount();
    const report = await importFrom(db, DIRTY, { kind: 'orders', dryRun: true });
    expect(refusalsOf(report)).toEqual(DIRTY_REFUSALS);
    expect(report.outcomes.accepted).toBe(4);
    expect(await changeCount()).toBe(before);
    expect(await db.selectFrom('sales_order').selectAll().execute()).toEqual([]);
  });

  test('a workbook of the same rows gets the same verdicts', async () => {
    const rows = (await readFile(DIRTY, 'utf8')).replace('"P1, too"', 'P1').split('\n');
    const workbook = new ExcelJS.Workbook();
    const sheet = workbook.addWorksheet('订单');
    for (const row of rows)
      sheet.addRow(row.split(',').map((cell) => (/^\d+(\.\d+)?$/.test(cell) ? Number(cell) : cell)));
    sheet.getCell('F2').value = new Date('2026-03-01T09:30:00Z');
    sheet.getCell('C18').value = { error: '#N/A' };
    const workbookFile = path.join(folder, 'dirty.xlsx');
    await workbook.xlsx.writeFile(workbookFile);
    const report = await importFrom(db, workbookFile, { kind: 'orders' });
    // A sheet has no ragged rows: what is short there has an empty customer here.
    expect(refusalsOf(report)).toEqual({ ...DIRTY_REFUSALS, 17: 'required customer' });
    expect(report.orders).toMatchObject({ created: 3, totalMinor: 7899n });
    const again = await importFrom(db, DIRTY, { kind: 'orders' });
    expect(again.outcomes).toMatchObject({ accepted: 0, unchanged: 4 });
  });

  test('an order that is there with other content is refused, all its lines', async () => {
    await importFrom(db, DIRTY, { kind: 'orders' });
    const other = await file('other.csv', 'number,code,quantity,price,date,customer\nS-1,P1,7,2.55,2026-03-01,C1\n');
    const report = await importFrom(db, other, { kind: 'orders' });
    expect(refusalsOf(report)).toEqual({ 2: 'orderDiffers' });
  });
});

describe('the catalogue', () => {
  test('GB18030 is found out and read without loss', async () => {
    const report = await importFrom(db, fixtureFile('customers-gb18030.csv'), { kind: 'customers' });
    expect(report.outcomes).toMatchObject({ created: 2 });
    const names = await db
      .selectFrom('customer')
      .select('name')
      .where('code', 'in', ['G1', 'G2'])
      .orderBy('code')
      .execute();
    expect(names.map(({ name }) => name)).toEqual(['上海囍字礼品店', '宁波𠮷野商行']);
  });

  test('a product says what the file has columns for and keeps the rest', async () => {
    const first = await file(
      'p1.csv',
      'code,name,pack_factor,barcode\nP1,NEW NAME,12,2000000000015\np7,灯架,6,\nP8,BAD,,2000000000016\n',
    );
    const report = await importFrom(db, first, { kind: 'products' });
    expect(refusalsOf(report)).toEqual({ 4: 'notBarcode barcode' });
    expect(report.outcomes).toMatchObject({ created: 1, changed: 1 });
    const second = await file('p2.csv', 'code,name\nP7,灯架\nP1,NEW NAME\nP1,OTHER NAME\n');
    const again = await importFrom(db, second, { kind: 'products' });
    expect(again.outcomes).toMatchObject({ accepted: 0, unchanged: 2 });
    expect(refusalsOf(again)).toEqual({ 4: 'contradictsRow name' });
    const p1 = await db.selectFrom('product').selectAll().where('code', '=', 'P1').executeTakeFirstOrThrow();
    expect(p1).toMatchObject({ barcode: '2000000000015', name: 'NEW NAME' });
  });

  test('prices are what the decimals say, and never rounded', async () => {
    const prices = await file(
      'prices.csv',
      'code,price,valid_from,customer\nP3,0.0425,2026-01-01,\nP3,4.35,2026-01-01,C2\nP3,1.00005,2026-02-01,\nP3,9,2026-01-01,C77\n',
    );
    const report = await importFrom(db, prices, { kind: 'prices' });
    expect(refusalsOf(report)).toEqual({ 4: 'notPrice price', 5: 'customerUnknown' });
    const written = await db
      .selectFrom('price')
      .select('unit_price')
      .where('valid_from', '=', '2026-01-01')
      .orderBy('unit_price')
      .execute();
    expect(written.map((row) => row.unit_price)).toEqual([425, 43_500]);
  });

  test('a count below what orders have taken is refused', async () => {
    await db
      .updateTable('stock')
      .set({ allocated: 5_000 })
      .where('product_id', '=', house.products['P1']?.productId ?? '')
      .execute();
    const stock = await file('stock.csv', '编码,库存,门店\nP1,4,PD\nP3,4,PD\nP4,-1,PD\nP5,1,??\n');
    const report = await importFrom(db, stock, { kind: 'stock' });
    expect(refusalsOf(report)).toEqual({ 2: 'belowAllocated', 4: 'negative quantity', 5: 'branchUnknown' });
    expect(report.outcomes).toMatchObject({ changed: 1 });
  });

  test('the feed tells what the tables hold', async () => {
    for (const kind of ['products', 'prices', 'stock'] as const) {
      const text = {
        products: 'code,name\nN1,新品',
        prices: 'code,price,customer\nN1,1.5,C1',
        stock: 'code,quantity,branch\nN1,5,PD',
      };
      await importFrom(db, await file(`${kind}.csv`, text[kind]), { kind });
    }
    await importFrom(db, DIRTY, { kind: 'orders' });
    const orders = await db.selectFrom('change').select('scope').distinct().execute();
    const scopes = orders.map(({ scope }) => scope as Scope);
    const differences = await db
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute((tx) => findDivergence(tx, scopes));
    expect(differences).toEqual([]);
  });
});

describe('the program', () => {
  test("lists the refused rows beside the file, in the reader's words, and ends with 0", async () => {
    const copy = await file('orders.csv', await readFile(DIRTY, 'utf8'));
    const args = ['--kind', 'orders', '--file', copy, '--database-url', url, '--language'];
    const run = await runToEnd('src-central/import/main.ts', [...args, 'zh-CN']);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.stdout).toContain('78.99 GBP');
    const refused = (await readFile(path.join(folder, 'orders.refused.csv'), 'utf8')).split('\r\n');
    expect(refused).toHaveLength(1 + Object.keys(DIRTY_REFUSALS).length + 1);
    expect(refused[0]).toBe('\uFEFF订单号,编码,数量,单位,单价,日期,客户,row,reason');
    expect(refused[4]).toBe('C-2,P1,-6,件,2.55,2026-03-01 10:00,C1,7,quantity 为 -6，必须大于 0');
    const clean = await file('orders.csv', 'number,code,quantity,price,date,customer\nS-9,P1,1,1,2026-03-01,C1\n');
    await runToEnd('src-central/import/main.ts', ['--kind', 'orders', '--file', clean, '--database-url', url]);
    await expect(readFile(path.join(folder, 'orders.refused.csv'))).rejects.toThrow('ENOENT');
  });

  test('a file that cannot be read to its end is refused before anything is written', async () => {
    const broken = await file('broken.csv', 'code,name\nN1,fine\nN2,"open\n');
    const run = await runToEnd('src-central/import/main.ts', [
      '--kind',
      'products',
      '--file',
      broken,
      '--database-url',
      url,
      '--language',
      'en',
    ]);
    expect(run).toMatchObject({ exitCode: 1, stdout: '' });
    expect(run.stderr).toContain('a quote is not closed');
    expect(await db.selectFrom('product').select('code').where('code', '=', 'N1').execute()).toEqual([]);
  });

  test('a wrong command says what is wrong and ends with 2', async () => {
    const run = await runToEnd('src-central/import/main.ts', [
      '--kind',
      'prods',
      '--file',
      'x.csv',
      '--data',
      folder,
      '--language',
      'en',
    ]);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('--kind prods (products | customers | prices | stock | orders)');
  });
});
