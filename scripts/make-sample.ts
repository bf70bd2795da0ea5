/**
 * Makes samples/ from the real file: `node scripts/run.mjs scripts/make-sample.ts [FILE]`. The same file gives the same
 * bytes. What is taken, what is made and by which rules is in samples/README.md; the numbers here are those rules.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { chineseOf } from './sample/glossary.ts';
import {
  customerGroups,
  groupPrices,
  leastQuantities,
  taxRateOf,
  tierPrices,
  type SampleProduct,
} from './sample/house-rules.ts';
import { shopName, shopPhone } from './sample/shop-names.ts';

const ROOT = join(import.meta.dirname, '..');
const SOURCE = process.argv[2] ?? join(ROOT, '../shared/data/online-retail.csv');
const TARGET = join(ROOT, 'samples');

const PRODUCT_CODE = /^\d{5}[A-Za-z]*$/;
const VALID_FROM = '2010-12-01';
/** Customers of the second branch: those whose code ends so, and those who have no order in the sample. */
const SECOND_BRANCH_ENDING = '07';
const CASE_FACTORS = [24, 12, 6] as const;
/** Lines that show a pack: at least this many, and this share of the product's lines. */
const CASE_MIN_LINES = 3;
const OWN_PRICE_MIN_PIECES = 24;
const BARCODE_EVERY = 10;

interface Line {
  invoice_no: string;
  stock_code: string;
  description: string;
  quantity: string;
  invoice_date: string;
  unit_price: string;
  customer_id: string;
}

const all = parse(readFileSync(SOURCE, 'utf8'), { columns: true, trim: true }) as Line[];
const sales = all.filter(
  (line) =>
    line.customer_id !== '' &&
    PRODUCT_CODE.test(line.stock_code) &&
    /^[1-9]\d*$/.test(line.quantity) &&
    /[1-9]/.test(line.unit_price),
);
const byProduct = grouped(sales, (line) => line.stock_code);
const byCustomer = grouped(sales, (line) => line.customer_id);
const codes = [...byProduct.keys()].toSorted();
const listPrices = new Map(codes.map((code) => [code, mostFrequent(linesOf(code).map((line) => line.unit_price))]));
const inactiveProduct = rarest(byProduct);
const inactiveCustomer = rarest(new Map([...byCustomer].filter(([code]) => branchOf(code) === 'PD')));
const activeProducts = codes.filter((code) => code !== inactiveProduct).map(factsOf);
/** Days and limit by group; others pay as they buy. */
const TERMS: Record<string, readonly [days: string, limit: string]> = { VIP: ['30', '5000'], WS: ['14', '1500'] };
const leasts = leastQuantities(activeProducts);
const groupOf = customerGroups(
  [...byCustomer]
    .filter(([code]) => branchOf(code) === 'PD' && code !== inactiveCustomer)
    .map(([code, lines]) => ({
      code,
      orders: new Set(lines.map((line) => line.invoice_no)).size,
      pieces: piecesOf(lines),
    })),
);

write(
  'products.csv',
  'code,name,name_alt,barcode,base_unit,pack_unit,pack_factor,tax_rate,minimum,multiple,active'.split(','),
  codes.map(productRow),
);
write(
  'customers.csv',
  ['code', 'name', 'phone', 'branch', 'group', 'payment_days', 'credit_limit', 'active'],
  customerRows(),
);
write(
  'prices.csv',
  ['code', 'unit', 'price', 'valid_from', 'customer', 'group', 'min_quantity', 'tax_included'],
  [...listPriceRows(), ...ownPriceRows(), ...madePriceRows()],
);
write('stock.csv', ['code', 'quantity', 'branch'], stockRows());
write(
  'orders.csv',
  ['number', 'code', 'quantity', 'price', 'date', 'customer'],
  sales.map((line) => [
    line.invoice_no,
    line.stock_code,
    line.quantity,
    line.unit_price,
    line.invoice_date,
    line.customer_id,
  ]),
);
console.log({
  products: codes.length,
  withChinese: codes.filter((code) => chineseOf(nameOf(code))).length,
  withCase: codes.filter((code) => caseFactor(code)).length,
  customers: customerRows().length,
  ofPD: customerRows().filter((row) => row[3] === 'PD').length,
  ownPrices: ownPriceRows().length,
  madePrices: madePriceRows().length,
  taxedLess: codes.filter((code) => taxRateOf(nameOf(code)) === '9').length,
  inGroups: groupOf.size,
  orders: new Set(sales.map((line) => line.invoice_no)).size,
  ordersOfPD: new Set(sales.filter((line) => branchOf(line.customer_id) === 'PD').map((line) => line.invoice_no)).size,
  lines: sales.length,
  inactiveProduct,
  inactiveCustomer,
});

function linesOf(code: string): Line[] {
  return byProduct.get(code) ?? [];
}

function piecesOf(lines: readonly Line[]): number {
  return lines.reduce((sum, line) => sum + Number(line.quantity), 0);
}

function factsOf(code: string): SampleProduct {
  const lines = linesOf(code);
  return {
    code,
    name: nameOf(code),
    listPrice: listPrices.get(code) ?? '',
    lines: lines.length,
    pieces: piecesOf(lines),
    caseFactor: caseFactor(code),
    stocked: lotOf(code) > 1,
  };
}

function nameOf(code: string): string {
  return mostFrequent(linesOf(code).map((line) => line.description));
}

function productRow(code: string, at: number): string[] {
  const name = nameOf(code);
  const factor = caseFactor(code);
  const pack = factor ? ['case', String(factor)] : ['', ''];
  const barcode = at % BARCODE_EVERY === 0 ? inStoreBarcode(at) : '';
  const { minimum = '', multiple = '' } = leasts.get(code) ?? {};
  const active = code === inactiveProduct ? 'no' : 'yes';
  const rules = [taxRateOf(name), minimum, multiple];
  return [code, name, chineseOf(name) ?? '', barcode, 'piece', ...pack, ...rules, active];
}

/** The largest pack that at least half of the product's lines are whole multiples of. */
function caseFactor(code: string): number | undefined {
  const quantities = linesOf(code).map((line) => Number(line.quantity));
  if (quantities.length < CASE_MIN_LINES) return undefined;
  return CASE_FACTORS.find(
    (factor) => quantities.filter((quantity) => quantity % factor === 0).length * 2 >= quantities.length,
  );
}

/** GTIN-13 of the range 20-29, which shops give out themselves, so it can't be somebody's real product. */
function inStoreBarcode(at: number): string {
  const stem = `20${String(at + 1).padStart(10, '0')}`;
  const sum = Array.from(stem).reduce((total, digit, place) => total + Number(digit) * (place % 2 === 0 ? 1 : 3), 0);
  return `${stem}${(10 - (sum % 10)) % 10}`;
}

function customerRows(): string[][] {
  const taken = new Set<string>();
  const known = [...new Set(all.map((line) => line.customer_id))].filter((code) => code !== '').toSorted();
  return known.map((code) => {
    const active = code === inactiveCustomer ? 'no' : 'yes';
    const group = groupOf.get(code) ?? '';
    const [days, limit] = TERMS[group] ?? ['', ''];
    return [code, shopName(code, taken), shopPhone(code), branchOf(code), group, days, limit, active];
  });
}

function branchOf(customer: string): 'PD' | 'XH' {
  return byCustomer.has(customer) && !customer.endsWith(SECOND_BRANCH_ENDING) ? 'PD' : 'XH';
}

function listPriceRows(): string[][] {
  return codes.map((code) => [code, 'piece', listPrices.get(code) ?? '', VALID_FROM, '', '', '', 'yes']);
}

/** A customer who paid one other price each time: at least twice, or once for two dozen pieces or more. */
function ownPriceRows(): string[][] {
  const rows: string[][] = [];
  for (const lines of grouped(sales, (line) => `${line.customer_id} ${line.stock_code}`).values()) {
    const [first] = lines;
    if (!first || lines.some((line) => line.unit_price !== first.unit_price)) continue;
    const pieces = lines.reduce((sum, line) => sum + Number(line.quantity), 0);
    if (lines.length < 2 && pieces < OWN_PRICE_MIN_PIECES) continue;
    if (Number(first.unit_price) === Number(listPrices.get(first.stock_code))) continue;
    rows.push([first.stock_code, 'piece', first.unit_price, VALID_FROM, first.customer_id, '', '', 'yes']);
  }
  return rows.toSorted((a, b) => `${a[4]} ${a[0]}`.localeCompare(`${b[4]} ${b[0]}`, 'en'));
}

function madePriceRows(): string[][] {
  return [...groupPrices(activeProducts), ...tierPrices(activeProducts)].map(({ code, price, group, minQuantity }) => [
    code,
    'piece',
    price,
    VALID_FROM,
    '',
    group,
    minQuantity,
    'yes',
  ]);
}

/**
 * Twice what the sample sold, in whole dozens, and half of that in the second branch. One product in twenty (by the
 * hash of its code) has none left, another one in twenty three pieces: orders for those get refused.
 */
function stockRows(): string[][] {
  return codes.flatMap((code) => {
    const sold = piecesOf(linesOf(code));
    const lot = lotOf(code);
    const dozens = Math.ceil(sold / 6);
    const [first, second] = lot === 0 ? [0, 0] : lot === 1 ? [3, 3] : [dozens * 12, Math.ceil(dozens / 2) * 12];
    return [
      [code, String(first), 'PD'],
      [code, String(second), 'XH'],
    ];
  });
}

/** One of twenty, by the hash of the code. */
function lotOf(code: string): number {
  return (createHash('sha256').update(code).digest()[0] ?? 0) % 20;
}

/** The group with the fewest lines; of several the one with the smallest code. */
function rarest(groups: ReadonlyMap<string, readonly Line[]>): string {
  const [found] = [...groups].toSorted((a, b) => a[1].length - b[1].length || (a[0] < b[0] ? -1 : 1));
  return found?.[0] ?? '';
}

/** Of several that are equally frequent the one that came first. */
function mostFrequent(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let best = '';
  for (const [value, count] of counts) if (count > (counts.get(best) ?? 0)) best = value;
  return best;
}

function grouped(lines: readonly Line[], key: (line: Line) => string): Map<string, Line[]> {
  const groups = new Map<string, Line[]>();
  for (const line of lines) {
    const group = groups.get(key(line));
    if (group) group.push(line);
    else groups.set(key(line), [line]);
  }
  return groups;
}

/** Large files are packed. gzip's header holds no time here, so the bytes repeat. */
function write(name: string, header: readonly string[], rows: readonly (readonly string[])[]): void {
  const quoted = (value: string): string => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  const text = [header, ...rows].map((row) => `${row.map(quoted).join(',')}\n`).join('');
  const packed = name === 'orders.csv';
  writeFileSync(join(TARGET, packed ? `${name}.gz` : name), packed ? gzipSync(text, { level: 9 }) : text);
}
