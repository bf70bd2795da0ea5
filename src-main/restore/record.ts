/**
 * SQLite's records, read out of pages without SQLite (https://www.sqlite.org/fileformat2.html, 1.6 and 2.1). Every
 * bound is checked: what comes in may be anything.
 */
import { PAGE_BYTES } from '../store/limits.ts';

export type Value = number | bigint | string | Buffer | null;

export interface Cell {
  /** Of a table's row; null in an index, or where it was not found. */
  rowid: number | null;
  /** Where the record begins in its page, and how long it is with what lies on other pages. */
  at: number;
  bytes: number;
  kind: 'table' | 'index';
}

/** Kinds of pages, by their first byte. */
const TABLE_LEAF = 0x0d;
const INDEX_LEAF = 0x0a;
const INDEX_INTERIOR = 0x02;
const LARGEST_RECORD_BYTES = 64 * 1024 * 1024;

/** The cells that a page lists; undefined where it is no page with records, or not sound as one. */
export function listedCells(page: Buffer, pageNumber: number): Cell[] | undefined {
  const start = pageNumber === 1 ? 100 : 0;
  const type = page.readUInt8(start);
  if (type !== TABLE_LEAF && type !== INDEX_LEAF && type !== INDEX_INTERIOR) return undefined;
  const pointers = start + (type === INDEX_INTERIOR ? 12 : 8);
  const count = page.readUInt16BE(start + 3);
  if (pointers + count * 2 > PAGE_BYTES) return undefined;
  const cells: Cell[] = [];
  for (let nth = 0; nth < count; nth += 1) {
    const cell = readCell(page, page.readUInt16BE(pointers + nth * 2), type);
    // One cell that can't be: the list is not to be believed.
    if (!cell) return undefined;
    cells.push(cell);
  }
  return cells;
}

function readCell(page: Buffer, offset: number, type: number): Cell | undefined {
  let at = offset + (type === INDEX_INTERIOR ? 4 : 0);
  const length = readVarint(page, at);
  if (!length || length.value > LARGEST_RECORD_BYTES) return undefined;
  at = length.next;
  if (type !== TABLE_LEAF) return { rowid: null, at, bytes: length.value, kind: 'index' };
  const rowid = readVarint(page, at);
  return rowid && { rowid: rowid.value, at: rowid.next, bytes: length.value, kind: 'table' };
}

/** The record, put together from its page and those it goes on in; zeros where one of them is not there. */
export function readRecord(page: Buffer, cell: Cell, overflow: (page: number) => Buffer | undefined): Buffer {
  const local = localBytes(cell);
  const record = Buffer.alloc(cell.bytes);
  page.copy(record, 0, cell.at, cell.at + local);
  if (local === cell.bytes || cell.at + local + 4 > PAGE_BYTES) return record;
  let next = page.readUInt32BE(cell.at + local);
  for (let filled = local; filled < cell.bytes && next !== 0;) {
    const more = overflow(next);
    if (!more) break;
    more.copy(record, filled, 4);
    filled += PAGE_BYTES - 4;
    next = more.readUInt32BE(0);
  }
  return record;
}

function localBytes({ bytes, kind }: Cell): number {
  const most = kind === 'table' ? PAGE_BYTES - 35 : Math.floor(((PAGE_BYTES - 12) * 64) / 255) - 23;
  if (bytes <= most) return bytes;
  const least = Math.floor(((PAGE_BYTES - 12) * 32) / 255) - 23;
  const fitting = least + ((bytes - least) % (PAGE_BYTES - 4));
  return fitting <= most ? fitting : least;
}

/** The columns' values; undefined for what is no record. */
export function readValues(record: Buffer): Value[] | undefined {
  const head = readHead(record, 0);
  if (!head || head.bytes > record.length) return undefined;
  const values: Value[] = [];
  let at = head.headBytes;
  for (const type of head.types) {
    values.push(readValue(record, at, type));
    at += bytesOf(type);
  }
  return values;
}

export interface RecordHead {
  types: number[];
  headBytes: number;
  /** Of the whole record, by its own account. */
  bytes: number;
}

/** A record's head, wherever it begins. */
export function readHead(page: Buffer, at: number): RecordHead | undefined {
  const length = readVarint(page, at);
  if (!length || length.value < 2 || at + length.value > page.length) return undefined;
  const types: number[] = [];
  let bytes = length.value;
  for (let next = length.next; next < at + length.value;) {
    const type = readVarint(page, next);
    if (!type || type.value === 10 || type.value === 11) return undefined;
    types.push(type.value);
    bytes += bytesOf(type.value);
    next = type.next;
  }
  return bytes > LARGEST_RECORD_BYTES ? undefined : { types, headBytes: length.value, bytes };
}

const INTEGER_BYTES = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0];

function bytesOf(type: number): number {
  return type < 12 ? (INTEGER_BYTES[type] ?? 0) : Math.floor((type - 12) / 2);
}

function readValue(record: Buffer, at: number, type: number): Value {
  if (type === 0) return null;
  if (type === 8 || type === 9) return type - 8;
  if (type === 7) return record.readDoubleBE(at);
  if (type === 6) return safe(record.readBigInt64BE(at));
  if (type < 6) return record.readIntBE(at, bytesOf(type));
  const bytes = record.subarray(at, at + bytesOf(type));
  return type % 2 === 1 ? bytes.toString('utf8') : bytes;
}

function safe(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** A big-endian number of up to nine bytes; undefined past the end, or past what a number holds. */
function readVarint(page: Buffer, at: number): { value: number; next: number } | undefined {
  let value = 0;
  for (let nth = 0; nth < 8; nth += 1) {
    if (at + nth >= page.length || at < 0) return undefined;
    const byte = page.readUInt8(at + nth);
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return Number.isSafeInteger(value) ? { value, next: at + nth + 1 } : undefined;
  }
  return undefined;
}
