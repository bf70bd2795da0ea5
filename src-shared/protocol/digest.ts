/**
 * Digests: equal sets of rows have equal digests, and a digest is the sum of its rows' hashes, so that it can be kept
 * up by adding and subtracting. Hashing itself is handed in: this folder knows no platform.
 */
import { z } from 'zod';
import { cursor, type RowKind } from './change.ts';

/** JSON with sorted keys and without spaces: one spelling per value. `undefined` is not a value a row may hold. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(withSortedKeys(value));
}

/** A sorted copy, printed by the engine: twice as quick as putting the text together here. */
function withSortedKeys(of: unknown): unknown {
  if (typeof of !== 'object' || of === null) return of;
  if (Array.isArray(of)) return of.map(withSortedKeys);
  const record = of as Record<string, unknown>;
  const sorted: Record<string, unknown> = {};
  for (const key of Object.keys(record).sort()) {
    const value = withSortedKeys(record[key]);
    // Assigned, this one key would set the copy's prototype and be lost.
    if (key === '__proto__') Object.defineProperty(sorted, key, { value, enumerable: true });
    else sorted[key] = value;
  }
  return sorted;
}

/** What is hashed of one row: kind, key, version and content. */
export function digestText(kind: RowKind, key: string, rev: number, row: unknown): string {
  return `${kind}\n${key}\n${rev}\n${canonicalJson(row)}`;
}

/** Adds row hashes (64-bit, as BigInt) modulo 2^64. */
export function addDigest(sum: bigint, rowHash: bigint): bigint {
  return BigInt.asUintN(64, sum + rowHash);
}

/** Rows and digest per kind, the digest as 16 hex digits. */
export const digestTable = z.record(z.string(), z.object({ rows: z.int(), digest: z.string() }));
export type DigestTable = z.infer<typeof digestTable>;

export const digestRequest = z.object({ protocol: z.int(), cursor });
export type DigestRequest = z.infer<typeof digestRequest>;

/** Central's projection of the desk's scopes at the given cursor, recomputed from its rows. */
export const digestResponse = z.object({ epoch: z.string(), at: cursor, tables: digestTable });
export type DigestResponse = z.infer<typeof digestResponse>;
