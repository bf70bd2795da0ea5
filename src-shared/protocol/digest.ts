/**
 * Digests: equal sets of rows have equal digests, and a digest is the sum of its rows' hashes, so that it can be kept
 * up by adding and subtracting. Hashing itself is handed in: this folder knows no platform.
 */
import { z } from 'zod';
import { cursor, type RowKind } from './change.ts';
import { scope } from './scope.ts';

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
  for (const key of sortedKeys(Object.keys(record))) {
    const value = withSortedKeys(record[key]);
    // Assigned, this one key would set the copy's prototype and be lost.
    if (key === '__proto__') Object.defineProperty(sorted, key, { value, enumerable: true });
    else sorted[key] = value;
  }
  return sorted;
}

interface Shape {
  keys: readonly string[];
  sorted: readonly string[];
}

const MAX_SHAPES = 32;
/** The newest. Rows of one kind have the same keys in the same order, and to sort them anew is a third of the work. */
const shapes: Shape[] = [];

function sortedKeys(keys: readonly string[]): readonly string[] {
  for (const shape of shapes) if (isSame(shape.keys, keys)) return shape.sorted;
  const sorted = keys.toSorted();
  if (shapes.length === MAX_SHAPES) shapes.pop();
  shapes.unshift({ keys, sorted });
  return sorted;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

/** What is hashed of one row: kind, key, version and content. */
export function digestText(kind: RowKind, key: string, rev: number, row: unknown): string {
  return `${kind}\n${key}\n${rev}\n${canonicalJson(row)}`;
}

/** Adds row hashes (64-bit, as BigInt) modulo 2^64. */
export function addDigest(sum: bigint, rowHash: bigint): bigint {
  return BigInt.asUintN(64, sum + rowHash);
}

/** A digest as it is sent: 16 hex digits. */
export function digestHex(sum: bigint): string {
  return BigInt.asUintN(64, sum).toString(16).padStart(16, '0');
}

/** Rows and digest per kind, the digest as 16 hex digits. A kind without rows may be listed or left out. */
export const digestTable = z.record(z.string(), z.object({ rows: z.int(), digest: z.string() }));
export type DigestTable = z.infer<typeof digestTable>;

/**
 * `thorough`: a person asked; central then also compares its feed with its tables as far as it gets in time. Protocol 1
 * always is, and its answer has one `tables` over all scopes in place of `scopes`.
 */
export const digestRequest = z.object({ protocol: z.int(), cursor, thorough: z.boolean().optional() });
export type DigestRequest = z.infer<typeof digestRequest>;

/** What each of the desk's scopes comes to at exactly the given cursor. A scope without rows may be left out. */
export const digestResponse = z.object({
  epoch: z.string(),
  at: cursor,
  scopes: z.array(z.object({ scope, tables: digestTable })),
});
export type DigestResponse = z.infer<typeof digestResponse>;
