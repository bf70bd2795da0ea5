/** Of which parts a desk's scopes consist, in the order in which it is best served. */
import { sql } from 'kysely';
import type { RowKind } from '../../src-shared/protocol/change.ts';
import type { FillPart } from '../../src-shared/protocol/fill.ts';
import type { Scope } from '../../src-shared/protocol/scope.ts';
import type { CentralDb } from '../db/schema.ts';

const KINDS: Record<string, readonly RowKind[]> = {
  catalogue: ['branch', 'policy', 'customerGroup', 'product', 'priceList', 'price', 'promotion'],
  branch: ['customer', 'account', 'priceList', 'price', 'stock'],
  orders: ['order'],
  device: ['grant', 'lease', 'receipt'],
};

/**
 * What is needed to take an order comes first, the catalogue before all; then orders, the newest month before older
 * ones. Receipts come last: each of them ends an intent, which must not go before its order is there.
 */
const ORDER: readonly RowKind[] = [
  'grant',
  'branch',
  'policy',
  'customerGroup',
  'product',
  'priceList',
  'customer',
  'account',
  'price',
  'promotion',
  'stock',
  'lease',
  'order',
  'receipt',
];

export async function partsOf(db: CentralDb, scopes: readonly Scope[]): Promise<FillPart[]> {
  const counts = await rowCounts(db, scopes);
  const parts = scopes.flatMap((scope) =>
    (KINDS[scope.split(':')[0] ?? ''] ?? []).map((kind) => ({
      scope,
      kind,
      rows: counts.get(`${scope} ${kind}`) ?? 0,
    })),
  );
  return parts.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || newerFirst(a.scope, b.scope));
}

function newerFirst(a: Scope, b: Scope): number {
  const [monthOfA = '', monthOfB = ''] = [a.split(':')[2], b.split(':')[2]];
  if (monthOfA !== monthOfB) return monthOfA < monthOfB ? 1 : -1;
  return a < b ? -1 : 1;
}

/** Versions of rows, really: what compaction has not come to yet is counted twice. It is for a progress bar. */
async function rowCounts(db: CentralDb, scopes: readonly Scope[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ scope: string; kind: string; count: number }>`
    select scope, kind, count(*) as count from change where scope = any(${scopes}::text[]) group by scope, kind
  `.execute(db);
  return new Map(rows.map(({ scope, kind, count }) => [`${scope} ${kind}`, count]));
}
