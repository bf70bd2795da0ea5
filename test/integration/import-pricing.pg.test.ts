// Goal: what files say of tax, groups, tiers and order quantities is taken to the letter or refused with what to do.
// Method: small files on a real PostgreSQL, a case for each new column and each new refusal; the feed against the tables.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ExcelJS from 'exceljs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findDivergence } from '../../src-central/change-feed/divergence.ts';
import { customerOf, priceListOf, productOf } from '../../src-central/db/rows.ts';
import type { CentralDb } from '../../src-central/db/schema.ts';
import { putPolicy } from '../../src-central/house/policies.ts';
import { ensureEpoch } from '../../src-central/identity/epoch.ts';
import type { ImportKind, ImportReport } from '../../src-central/import/import-file.ts';
import { refusalText } from '../../src-central/import/refusal-text.ts';
import type { Customer } from '../../src-shared/domain/customer.ts';
import type { Product } from '../../src-shared/domain/product.ts';
import { branchScope, CATALOGUE_SCOPE, type Scope } from '../../src-shared/protocol/scope.ts';
import { startTestPostgres, type TestPostgres } from '../support/central-fixture.ts';
import { importFrom, refusalsOf } from '../support/import-fixture.ts';
import { furnishHouse, type TestHouse } from '../support/test-house.ts';

let postgres: TestPostgres;
let folder: string;
let db: CentralDb;
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
  ({ db } = await postgres.createDatabase());
  await ensureEpoch(db, 'GBP');
  house = await furnishHouse(db);
});

/** Imports rows that are written here, the header first. */
async function take(kind: ImportKind, rows: readonly string[], more: { dryRun?: boolean } = {}): Promise<ImportReport> {
  const file = path.join(folder, `${kind}.csv`);
  await writeFile(file, rows.join('\n'));
  return importFrom(db, file, { kind, ...more });
}

async function product(code: string): Promise<Product> {
  return productOf(await db.selectFrom('product').selectAll().where('code', '=', code).executeTakeFirstOrThrow());
}

async function customer(code: string): Promise<Customer> {
  return customerOf(await db.selectFrom('customer').selectAll().where('code', '=', code).executeTakeFirstOrThrow());
}

async function groups(): Promise<Record<string, string>> {
  const rows = await db.selectFrom('customer_group').selectAll().execute();
  return Object.fromEntries(rows.map((row) => [row.code, row.group_id]));
}

/** Prices with the list they are on, but for those of the test house. */
async function importedPrices(): Promise<
  [list: string, unit: string, unitPrice: number, minQuantity: number | null][]
> {
  const rows = await db
    .selectFrom('price')
    .innerJoin('price_list', 'price_list.price_list_id', 'price.price_list_id')
    .where('valid_from', '=', '2000-01-01')
    .select(['price_list.code', 'unit', 'unit_price', 'min_quantity'])
    .orderBy('price_list.code')
    .orderBy('unit')
    .orderBy('unit_price', 'desc')
    .execute();
  return rows.map((row) => [row.code, row.unit, row.unit_price, row.min_quantity]);
}

async function divergence(): Promise<unknown> {
  const scopes: Scope[] = [CATALOGUE_SCOPE, branchScope(house.pudong.branchId), branchScope(house.ningbo.branchId)];
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute((tx) => findDivergence(tx, scopes));
}

/** Both sentences of a row's refusal. */
function spoken({ outcomes }: ImportReport, row: number): string[] {
  const refused = outcomes.refusals.get(row);
  return refused ? [refusalText(refused, 'en'), refusalText(refused, 'zh-CN')] : [];
}

describe('products', () => {
  test('have the tax rate that the file says in percent; a word for none takes it away, an empty value leaves it', async () => {
    const report = await take('products', ['编码,品名,税率', 'P1,one,13', 'P3,three,9.5%', 'P4,four,0', 'P5,five,']);
    expect(report.outcomes).toMatchObject({ changed: 4 });
    expect((await product('P1')).taxBasisPoints).toBe(1_300);
    expect((await product('P3')).taxBasisPoints).toBe(950);
    expect((await product('P4')).taxBasisPoints).toBe(0);
    expect(await product('P5')).not.toHaveProperty('taxBasisPoints');
    const again = await take('products', ['code,name,tax rate', 'P1,one,none', 'P3,three,', 'P4,four,0.00%']);
    expect(again.outcomes).toMatchObject({ changed: 1, unchanged: 2 });
    expect(await product('P1')).not.toHaveProperty('taxBasisPoints');
    expect((await product('P3')).taxBasisPoints).toBe(950);
    expect(await divergence()).toEqual([]);
  });

  test('with a rate that is none are refused, and 0.13 is asked about', async () => {
    const report = await take('products', [
      'code,name,tax_rate',
      'P1,one,17.125',
      'P3,three,101%',
      'P4,four,免税',
      'P5,five,0.13',
    ]);
    expect(refusalsOf(report)).toEqual({
      2: 'notRate taxRate',
      3: 'notRate taxRate',
      4: 'notRate taxRate',
      5: 'rateOrShare taxRate',
    });
    expect(spoken(report, 5)).toEqual([
      'taxRate is 0.13: write 13 for 13 percent, 0.13% if you mean that little',
      'taxRate 为 0.13：若为百分之 13，请填 13；否则请填 0.13%',
    ]);
    expect(await product('P5')).not.toHaveProperty('taxBasisPoints');
  });

  test('from a sheet have the percentage that the sheet shows, which it keeps as a share', async () => {
    const workbook = new ExcelJS.Workbook();
    const sheet = workbook.addWorksheet('商品');
    sheet.addRows([
      ['编码', '品名', '税率'],
      ['P1', 'one', 0.13],
      ['P3', 'three', 0.07],
      ['P4', 'four', 13],
      ['P5', 'five', 0.13],
    ]);
    for (const cell of ['C2', 'C3']) sheet.getCell(cell).numFmt = '0.00%';
    const file = path.join(folder, 'products.xlsx');
    await workbook.xlsx.writeFile(file);
    const report = await importFrom(db, file, { kind: 'products' });
    expect(refusalsOf(report)).toEqual({ 5: 'rateOrShare taxRate' });
    expect((await product('P1')).taxBasisPoints).toBe(1_300);
    expect((await product('P3')).taxBasisPoints).toBe(700);
    expect((await product('P4')).taxBasisPoints).toBe(1_300);
  });

  test('have a minimum and a multiple in base units, with the decimals that their step allows', async () => {
    const report = await take('products', ['编码,品名,单位,起订量,订货倍数', 'P1,one,件,10,5', 'P2,two,公斤,2.5,0.5']);
    expect(report.outcomes).toMatchObject({ changed: 2 });
    expect(await product('P1')).toMatchObject({ minimumBase: 10_000, multipleBase: 5_000 });
    expect(await product('P2')).toMatchObject({ minimumBase: 2_500, multipleBase: 500 });
    const again = await take('products', ['code,name,minimum,multiple', 'P1,one,none,', 'P2,two,,不限']);
    expect(again.outcomes).toMatchObject({ changed: 2 });
    expect(await product('P1')).toMatchObject({ multipleBase: 5_000 });
    expect(await product('P1')).not.toHaveProperty('minimumBase');
    expect(await product('P2')).toMatchObject({ minimumBase: 2_500 });
    expect(await product('P2')).not.toHaveProperty('multipleBase');
    expect(await divergence()).toEqual([]);
  });

  test('with a minimum or multiple that no order can have are refused, and nothing of the row is taken', async () => {
    const report = await take('products', [
      'code,name,base_unit,minimum,multiple,tax_rate',
      'P1,one,piece,2.5,,13',
      'P2,two,kg,,0.25,13',
      'P3,three,piece,0,,13',
      'P4,four,piece,1000001,,13',
      'P5,five,piece,1.0005,,13',
    ]);
    expect(refusalsOf(report)).toEqual({
      2: 'offStep minimum',
      3: 'offStep multiple',
      4: 'notPositive minimum',
      5: 'tooLarge minimum',
      6: 'tooPrecise minimum',
    });
    expect(spoken(report, 3)).toEqual([
      'multiple is 0.25, but the product is sold in steps of 0.1: give a multiple of that',
      'multiple 为 0.25，但该商品以 0.1 为步长销售：请填其倍数',
    ]);
    expect(await product('P1')).toEqual(house.products['P1']);
  });

  test('keep no minimum that a new step would make impossible', async () => {
    await take('products', ['code,name,base_unit,minimum', 'P2,two,kg,2.5']);
    const report = await take('products', ['code,name,base_unit,step', 'P2,two,kg,1']);
    expect(refusalsOf(report)).toEqual({ 2: 'offStep minimum' });
    const both = await take('products', ['code,name,base_unit,step,minimum', 'P2,two,kg,1,3']);
    expect(both.outcomes).toMatchObject({ changed: 1 });
  });

  test('that two rows of a file tax otherwise are refused, also where one says none', async () => {
    const report = await take('products', [
      'code,name,tax_rate',
      'P1,one,13',
      'P1,one,9',
      'p1,one,none',
      'P1,one,13.00%',
      'P3,three,',
      'P3,three,none',
    ]);
    expect(refusalsOf(report)).toEqual({
      3: 'contradictsRow taxRate',
      4: 'contradictsRow taxRate',
      7: 'contradictsRow taxRate',
    });
    expect(spoken(report, 4)[0]).toBe('taxRate is "none", but row 2 says "13"');
  });
});

describe('customers', () => {
  test('are put in their group; one that is not there is made once, under its code', async () => {
    const report = await take('customers', [
      'code,name,group,branch',
      'C1,one,VIP,',
      'C2,two,vip,',
      'C3,three,,',
      'C8,eight,批发,',
    ]);
    expect(report.outcomes).toMatchObject({ changed: 4 });
    const made = await groups();
    expect(Object.keys(made).toSorted()).toEqual(['VIP', '批发']);
    expect((await customer('C1')).groupId).toBe(made['VIP']);
    expect((await customer('C2')).groupId).toBe(made['VIP']);
    expect(await customer('C3')).not.toHaveProperty('groupId');
    const told = await db.selectFrom('change').select(['scope', 'op']).where('kind', '=', 'customerGroup').execute();
    expect(told.map(({ scope, op }) => [scope, op])).toEqual([
      [CATALOGUE_SCOPE, 'put'],
      [CATALOGUE_SCOPE, 'put'],
    ]);
    const again = await take('customers', ['code,name,group,branch', 'C1,one,vip,', 'C2,two,,', 'C8,eight,none,']);
    expect(again.outcomes).toMatchObject({ changed: 1, unchanged: 2 });
    expect((await customer('C2')).groupId).toBe(made['VIP']);
    expect(await customer('C8')).not.toHaveProperty('groupId');
    expect(await divergence()).toEqual([]);
  });

  test('that are refused make no group, and a dry run makes none either', async () => {
    const refused = await take('customers', [
      'code,name,group,branch',
      'C1,one,GONE,NB',
      `C2,two,${'g'.repeat(41)},`,
      `C8,${'n'.repeat(201)},GONE,`,
    ]);
    expect(refusalsOf(refused)).toEqual({ 2: 'branchFixed', 3: 'tooLong group', 4: 'tooLong name' });
    expect(await groups()).toEqual({});
    const dry = await take('customers', ['code,name,group,branch', 'C1,one,VIP,'], { dryRun: true });
    expect(dry.outcomes).toMatchObject({ changed: 1 });
    expect(await groups()).toEqual({});
  });

  test('of one code in two groups are refused, whatever else the rows agree on', async () => {
    const report = await take('customers', ['code,name,group,branch', 'C1,one,VIP,', 'C1,one,Vip,', 'C1,one,WS,']);
    expect(refusalsOf(report)).toEqual({ 4: 'contradictsRow group' });
    expect(Object.keys(await groups())).toEqual(['VIP']);
  });
});

describe('prices', () => {
  test('go on the list of the group that the row names: every desk has it, as it has the base list', async () => {
    await take('customers', ['code,name,group,branch', 'C1,one,VIP,', 'C3,three,WS,']);
    const report = await take('prices', [
      '编码,单价,客户组,客户',
      'P3,2.40,VIP,',
      'P3,2.20,ws,',
      'P3,2.30,,C2',
      'P4,2.10,vip,',
    ]);
    expect(report.outcomes).toMatchObject({ created: 4 });
    expect(await importedPrices()).toEqual([
      ['C:C2', 'piece', 23_000, null],
      ['G:VIP', 'piece', 24_000, null],
      ['G:VIP', 'piece', 21_000, null],
      ['G:WS', 'piece', 22_000, null],
    ]);
    const { VIP } = await groups();
    const list = await db.selectFrom('price_list').selectAll().where('code', '=', 'G:VIP').executeTakeFirstOrThrow();
    expect(priceListOf(list)).toMatchObject({ customerId: null, groupId: VIP, currency: 'GBP' });
    const told = await db.selectFrom('change').select('scope').where('key', '=', list.price_list_id).execute();
    expect(told).toEqual([{ scope: CATALOGUE_SCOPE }]);
    expect(await divergence()).toEqual([]);
    const again = await take('prices', ['code,price,group', 'P3,2.40,VIP', 'P3,2.10,WS']);
    expect(again.outcomes).toMatchObject({ changed: 1, unchanged: 1 });
    expect(await divergence()).toEqual([]);
  });

  test('for a group that is not there, or for a customer and a group at once, are refused', async () => {
    const report = await take('prices', ['code,price,group,customer', 'P3,2.40,NOBODY,', 'P3,2.40,VIP,C1']);
    expect(refusalsOf(report)).toEqual({ 2: 'groupUnknown', 3: 'twoOwners' });
    expect(spoken(report, 2)).toEqual([
      'there is no customer group NOBODY: import the customers who are in it first',
      '没有客户组 NOBODY：请先导入该组的客户',
    ]);
    expect(spoken(report, 3)).toEqual([
      'the row names customer C1 and group VIP, but a price is for one of them: leave the other empty',
      '本行同时填了客户 C1 和客户组 VIP，价格只能属于其一：请留空另一项',
    ]);
    expect(await groups()).toEqual({});
  });

  test('have tiers in the unit of the price, each a price of its own', async () => {
    const rows = ['编码,单位,单价,起订量', 'P3,件,2.50,', 'P3,件,2.40,24', 'P3,件,2.30,96', 'P3,箱,27.60,1.5'];
    expect((await take('prices', rows)).outcomes).toMatchObject({ created: 4 });
    expect(await importedPrices()).toEqual([
      ['BASE', 'case', 276_000, 1_500],
      ['BASE', 'piece', 25_000, null],
      ['BASE', 'piece', 24_000, 24_000],
      ['BASE', 'piece', 23_000, 96_000],
    ]);
    expect((await take('prices', rows)).outcomes).toMatchObject({ accepted: 0, unchanged: 4 });
    const changed = await take('prices', ['code,unit,price,min_quantity', 'P3,piece,2.35,24', 'P3,piece,2.36,24.000']);
    expect(changed.outcomes).toMatchObject({ changed: 1 });
    expect(refusalsOf(changed)).toEqual({ 3: 'contradictsRow price' });
    expect(await divergence()).toEqual([]);
  });

  test('with a tier from nothing, from less than a thousandth or past a million are refused', async () => {
    const rows = ['P3,2.50,0', 'P3,2.50,-12', 'P3,2.50,1.0005', 'P3,2.50,1000001', 'P3,2.50,a dozen'];
    const report = await take('prices', ['code,price,min_quantity', ...rows]);
    expect(refusalsOf(report)).toEqual({
      2: 'notPositive minQuantity',
      3: 'notPositive minQuantity',
      4: 'tooPrecise minQuantity',
      5: 'tooLarge minQuantity',
      6: 'notNumber minQuantity',
    });
  });

  test('make a new list with tax or without as its first row says, and each list is asked for itself', async () => {
    await take('customers', ['code,name,group,branch', 'C1,one,VIP,']);
    const report = await take('prices', [
      'code,price,customer,group,含税',
      'P3,2.40,,VIP,是',
      'P4,2.40,,VIP,',
      'P3,2.30,C2,,no',
      'P3,2.20,C3,,',
    ]);
    expect(report.outcomes).toMatchObject({ created: 4 });
    const lists = await db.selectFrom('price_list').selectAll().orderBy('code').execute();
    expect(lists.map((row) => [row.code, priceListOf(row).taxIncluded ?? false])).toEqual([
      ['BASE', false],
      ['C1', false],
      ['C:C2', false],
      ['C:C3', false],
      ['G:VIP', true],
    ]);
    expect(await divergence()).toEqual([]);
  });

  test('that contradict the list which they go on are refused, with what to do', async () => {
    await take('customers', ['code,name,group,branch', 'C1,one,VIP,']);
    const report = await take('prices', [
      'code,price,group,tax_included',
      'P3,2.40,VIP,yes',
      'P4,2.40,VIP,no',
      'P3,2.40,,yes',
      'P4,2.40,,no',
      'P5,2.40,,perhaps',
    ]);
    expect(refusalsOf(report)).toEqual({
      3: 'listWithTax taxIncluded',
      4: 'listWithoutTax taxIncluded',
      6: 'notYesNo taxIncluded',
    });
    expect(spoken(report, 3)).toEqual([
      'the prices of list G:VIP are with tax: give this one with tax too, and leave taxIncluded empty or say yes',
      '价目表 G:VIP 的价格含税：请改填含税价，taxIncluded 留空或填“是”',
    ]);
    expect(spoken(report, 4)).toEqual([
      'the prices of list BASE are without tax: give this one without tax too, and leave taxIncluded empty or say no',
      '价目表 BASE 的价格不含税：请改填不含税价，taxIncluded 留空或填“否”',
    ]);
  });

  test('are judged in a dry run as they would be, also against a list that an earlier batch would have made', async () => {
    await take('customers', ['code,name,group,branch', 'C1,one,VIP,']);
    const many = Array.from({ length: 1_000 }, (_, at) => `P3,2.40,VIP,${at + 1},yes`);
    const rows = ['code,price,group,min_quantity,tax_included', ...many, 'P4,2.40,VIP,,no'];
    const dry = await take('prices', rows, { dryRun: true });
    expect(await importedPrices()).toEqual([]);
    const real = await take('prices', rows);
    expect(refusalsOf(real)).toEqual({ 1002: 'listWithTax taxIncluded' });
    expect(refusalsOf(dry)).toEqual(refusalsOf(real));
    expect(dry.outcomes.created).toBe(real.outcomes.created);
    expect(await divergence()).toEqual([]);
  });

  test('of a customer or group whose code leaves no room for its list are refused, not cut', async () => {
    const long = 'L'.repeat(40);
    await take('customers', ['code,name,branch,group', `${long},long,PD,${long}`]);
    const report = await take('prices', ['code,price,customer,group', `P3,2.40,${long},`, `P3,2.40,,${long}`]);
    expect(refusalsOf(report)).toEqual({ 2: 'tooLong code', 3: 'tooLong code' });
    expect(await divergence()).toEqual([]);
  });
});

describe('customers in full', () => {
  test('say where they are, whom to ask, until when they pay and how much they may owe', async () => {
    const report = await take('customers', [
      'code,name,tax_id,salesperson,address,billing_address,contact,email,payment_days,credit_limit,branch',
      'N1,New Shop,91310000MA1FL0000X,王芳,"世纪大道 1 号, 3 楼",邮编 200120,李雷,li@example.com,30,"12,500.50",PD',
      'N2,Cash Shop,,,,,,,,,PD',
    ]);
    expect(report.outcomes).toMatchObject({ created: 2, accepted: 2 });
    expect(await customer('N1')).toMatchObject({
      taxId: '91310000MA1FL0000X',
      salesperson: '王芳',
      addresses: [
        { use: 'delivery', text: '世纪大道 1 号, 3 楼' },
        { use: 'billing', text: '邮编 200120' },
      ],
      contacts: [{ name: '李雷', email: 'li@example.com' }],
      terms: { days: 30, limitMinor: 1_250_050 },
    });
    for (const field of ['taxId', 'addresses', 'contacts', 'terms'])
      expect(await customer('N2')).not.toHaveProperty(field);
    const accounts = await db.selectFrom('customer_account').select(['on_order_minor', 'due', 'currency']).execute();
    expect(accounts).toEqual([{ on_order_minor: 0, due: [], currency: 'GBP' }]);
    expect(await divergence()).toEqual([]);
  });

  test('are refused where the house wants more of them, or what stands there is not true', async () => {
    await putPolicy(db, {
      name: 'customerData',
      country: 'CN',
      checkTaxId: true,
      checkPhone: true,
      required: ['phone'],
    });
    const report = await take('customers', [
      'code,name,branch,tax_id,phone',
      'N1,New Shop,PD,91350100M000100Y43,13800138000',
      'N2,Wrong Id,PD,91350100M000100Y44,13800138000',
      'N3,No Phone,PD,,',
      'N4,Wrong Phone,PD,,12345',
    ]);
    expect(report.outcomes).toMatchObject({ created: 1 });
    expect(refusalsOf(report)).toEqual({ 3: 'notTaxId taxId', 4: 'required phone', 5: 'notPhone phone' });
    for (const row of [3, 5]) for (const sentence of spoken(report, row)) expect(sentence).toMatch(/\d{5}/);
  });

  test('what a row leaves empty stays, "none" takes it away, and a limit needs days', async () => {
    await take('customers', ['code,branch,tax_id,payment_days,credit_limit,address', 'C1,PD,T1,30,100,Road 1']);
    await take('customers', ['code,branch,tax_id,credit_limit,address', 'C1,PD,,none,none']);
    expect(await customer('C1')).toMatchObject({ taxId: 'T1', terms: { days: 30, limitMinor: null } });
    expect(await customer('C1')).not.toHaveProperty('addresses');
    await take('customers', ['code,branch,payment_days', 'C1,PD,无']);
    expect(await customer('C1')).not.toHaveProperty('terms');
    const wrong = await take('customers', [
      'code,branch,payment_days,credit_limit',
      'C1,PD,,100',
      'C2,PD,soon,100',
      'C2,PD,400,100',
      'C2,PD,30,1.234',
      'C2,PD,30,-5',
    ]);
    expect(refusalsOf(wrong)).toEqual({
      2: 'limitWithoutDays creditLimit',
      3: 'notDays paymentDays',
      4: 'tooLarge paymentDays',
      5: 'notAmount creditLimit',
      6: 'notAmount creditLimit',
    });
  });
});
