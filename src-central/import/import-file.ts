/**
 * Imports a file: products, customers, prices, stock or past orders.
 *
 * Guarantees: every row is accepted, found unchanged, or refused with its row number and a reason; nothing is dropped
 * or mended. The same file a second time changes nothing and makes no change in the feed. After a failure on the way
 * the same file goes on where it stopped. A dry run decides alike and writes nothing: not even the list of the refused,
 * unless a file for it is named.
 *
 * Not guaranteed: that the whole file is one transaction. Readers see it come in batches.
 */
import { basename } from 'node:path';
import type { CentralDb } from '../db/schema.ts';
import { uuidV7 } from '../../src-shared/domain/uuid-v7.ts';
import { mapColumns, type ColumnMapping, type FieldSpec } from './columns.ts';
import { defaultBranch, readHouse, type House } from './house.ts';
import { importError } from './import-error.ts';
import { importOrders } from './import-orders.ts';
import { importRows } from './import-rows.ts';
import { customers } from './kinds/customers.ts';
import type { OrderTally } from './kinds/orders.ts';
import { prices } from './kinds/prices.ts';
import { products } from './kinds/products.ts';
import type { ImportSetting } from './kinds/row-kind.ts';
import { stock } from './kinds/stock.ts';
import { codePatternOf } from './layouts.ts';
import type { Outcomes } from './outcomes.ts';
import type { RowSource } from './source/row-source.ts';
import { dryRunning, writing, type Transact } from './transact.ts';
import { ORDER_FIELDS } from './field-specs.ts';

export const IMPORT_KINDS = ['products', 'customers', 'prices', 'stock', 'orders'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

export interface ImportRequest {
  kind: ImportKind;
  source: RowSource;
  /** The file's name, for the history of imported orders. */
  fileName: string;
  /** Field to header, before any header's usual name. */
  map?: ReadonlyMap<string, string>;
  dryRun?: boolean;
  /** Of rows that name none. */
  branchCode?: string;
  /** A regular expression over product codes; left out, what is known of the file's layout. */
  codePattern?: string;
  /** Stops between two batches. */
  signal?: AbortSignal;
}

export interface ImportReport {
  kind: ImportKind;
  mapping: ColumnMapping;
  codePattern: string | undefined;
  outcomes: Outcomes;
  /** Of orders only. */
  orders: OrderTally | undefined;
}

/** Where time and randomness come from. */
export interface ImportClock {
  now(): number;
  randomBytes(count: number): Uint8Array;
}

/** @throws ImportError before anything is written, when the file or the request can't be imported as a whole. */
export async function importFile(db: CentralDb, request: ImportRequest, clock: ImportClock): Promise<ImportReport> {
  const { kind, source } = request;
  const mapping = mapColumns(source.header, fieldsOf(kind), request.map ?? new Map());
  const house = await readHouse(db);
  const codePattern = request.codePattern ?? codePatternOf(source.header);
  const setting: ImportSetting = {
    house,
    branch: branchFor(request, house, mapping),
    codePattern: codePattern === undefined ? undefined : patternOf(codePattern),
    fileName: basename(request.fileName),
    newLists: new Map(),
    now: () => clock.now(),
    newId: () => uuidV7(clock.now(), clock.randomBytes(10)),
  };
  const transact = stoppable(request.dryRun ? dryRunning(db) : writing(db), request.signal);
  const parts = { source, mapping, setting };
  const report = { kind, mapping, codePattern, orders: undefined };
  switch (kind) {
    case 'products':
      return { ...report, outcomes: await importRows(products, parts, transact) };
    case 'customers':
      return { ...report, outcomes: await importRows(customers, parts, transact) };
    case 'prices':
      return { ...report, outcomes: await importRows(prices, parts, transact) };
    case 'stock':
      return { ...report, outcomes: await importRows(stock, parts, transact) };
    case 'orders':
      return { ...report, ...(await importOrders(parts, transact)) };
  }
}

export function fieldsOf(kind: ImportKind): readonly FieldSpec[] {
  return kind === 'orders' ? ORDER_FIELDS : { products, customers, prices, stock }[kind].fields;
}

/** Customers and stock belong to a branch: without any in the house, no row of them could be taken. */
function branchFor(request: ImportRequest, house: House, mapping: ColumnMapping): ImportSetting['branch'] {
  const branch = defaultBranch(house, request.branchCode);
  if (request.kind !== 'customers' && request.kind !== 'stock') return branch;
  if (house.branches.length === 0) throw importError('noBranches', {});
  if (!branch && !mapping.columns.has('branch')) {
    throw importError('branchNeeded', { branches: house.branches.map(({ code }) => code).join(', ') });
  }
  return branch;
}

function stoppable(transact: Transact, signal: AbortSignal | undefined): Transact {
  return (lockKeys, plan) => {
    signal?.throwIfAborted();
    return transact(lockKeys, plan);
  };
}

function patternOf(source: string): RegExp {
  try {
    return new RegExp(source, 'u');
  } catch {
    throw importError('usage', { reason: `--code-pattern ${source}` });
  }
}
