// Goal: the real file, from nothing, line by line and to the penny. Method: what must come out is worked out here from
// the raw text, with a parser and arithmetic of its own.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CentralDb } from '../../src-central/db/schema.ts';
import { ensureEpoch } from '../../src-central/identity/epoch.ts';
import { ensureBranch } from '../../src-central/import/ensure-branch.ts';
import type { ImportReport } from '../../src-central/import/import-file.ts';
import { startTestPostgres, type TestPostgres } from '../support/central-fixture.ts';
import { importFrom, realFile } from '../support/import-fixture.ts';
import { newId } from '../support/test-house.ts';

let postgres: TestPostgres;
let db: CentralDb;

beforeAll(async () => {
  postgres = await startTestPostgres();
  ({ db } = await postgres.createDatabase());
  await ensureEpoch(db, 'GBP');
  await ensureBranch(db, { code: 'PD', name: '浦东店', timeZone: 'Europe/London' }, newId);
});
afterAll(() => postgres.stop());

interface RawLine {
  row: number;
  invoice: string;
  code: string;
  quantity: string;
  price: string;
  customer: string;
}

function rawLines(): RawLine[] {
  return readFileSync(realFile(), 'utf8')
    .trimEnd()
    .split(/\r?\n/)
    .map((line, at) => {
      const cells = Array.from(
        line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g),
        (cell) => cell[1] ?? cell[2] ?? '',
      );
      const [invoice = '', code = '', , quantity = '', , price = '', customer = ''] = cells;
      return { row: at + 1, invoice, code, quantity, price, customer };
    })
    .slice(1);
}

function isSale({ code, quantity, price, customer }: RawLine): boolean {
  return customer !== '' && /^\d{5}[A-Za-z]*$/.test(code) && /^[1-9]\d*$/.test(quantity) && /[1-9]/.test(price);
}

function pence(price: string): bigint {
  const [, pounds = '', decimals = ''] = /^(\d+)(?:\.(\d{1,2}))?$/.exec(price) ?? [];
  return BigInt(pounds) * 100n + BigInt(decimals.padEnd(2, '0'));
}

async function importAll(): Promise<ImportReport> {
  await importFrom(db, realFile(), { kind: 'products' });
  await importFrom(db, realFile(), { kind: 'customers', branchCode: 'PD' });
  return importFrom(db, realFile(), { kind: 'orders' });
}

async function changeCount(): Promise<number> {
  const { count } = await db
    .selectFrom('change')
    .select((select) => select.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

test('every sale line becomes an order line, every other is refused, and the totals agree to the penny', async () => {
  const lines = rawLines();
  const sales = lines.filter(isSale);
  const total = sales.reduce((sum, line) => sum + BigInt(line.quantity) * pence(line.price), 0n);

  const { outcomes, orders } = await importAll();

  expect([lines.length, sales.length]).toEqual([40_054, 25_251]);
  expect(outcomes).toMatchObject({ accepted: 25_251, unchanged: 0 });
  const refused = [...outcomes.refusals.keys()].sort((a, b) => a - b);
  expect(refused).toEqual(lines.filter((line) => !isSale(line)).map(({ row }) => row));
  expect(orders).toMatchObject({ created: 1_348, totalMinor: total });

  const written = await db
    .selectFrom('sales_order_line as line')
    .innerJoin('sales_order as head', 'head.order_id', 'line.order_id')
    .innerJoin('product', 'product.product_id', 'line.product_id')
    .innerJoin('customer', 'customer.customer_id', 'head.customer_id')
    .select(['head.number', 'product.code', 'line.quantity_base', 'line.unit_price', 'customer.code as customer'])
    .execute();
  const asText = (cells: readonly (string | bigint | number)[]): string => cells.join(' ');
  expect(
    written
      .map((row) => asText([row.number, row.code, row.quantity_base, row.unit_price, row.customer]).toLowerCase())
      .toSorted(),
  ).toEqual(
    sales
      .map((line) =>
        asText([
          line.invoice,
          line.code,
          BigInt(line.quantity) * 1_000n,
          pence(line.price) * 100n,
          line.customer,
        ]).toLowerCase(),
      )
      .toSorted(),
  );
  expect(new Set(written.map(({ code }) => code)).size).toBe(2_386);
  expect(new Set(written.map(({ customer }) => customer)).size).toBe(862);
});

test('all of it again changes nothing', async () => {
  const before = await changeCount();
  const { outcomes, orders } = await importAll();
  expect(outcomes).toMatchObject({ accepted: 0, unchanged: 25_251 });
  expect(orders).toMatchObject({ created: 0, unchanged: 1_348, totalMinor: 54_424_120n });
  expect(await changeCount()).toBe(before);
});
