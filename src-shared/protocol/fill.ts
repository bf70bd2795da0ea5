/**
 * Filling a desk's scopes by chunks, in place of reading the feed from its beginning. A chunk is a range of one kind's
 * rows in one scope, in the order of their keys, as they were at one position of the feed (`at`). A desk that pulls from
 * `from` on, with `from` not past `at`, hears of everything that the chunk does not know yet.
 */
import { z } from 'zod';
import { cursor, ROW_SCHEMAS, type RowKind } from './change.ts';
import { scope } from './scope.ts';

export const rowKind = z.enum(Object.keys(ROW_SCHEMAS) as [RowKind, ...RowKind[]]);

export const fillOpenRequest = z.object({
  protocol: z.int(),
  /** The desk's position, whose epoch is looked at; `''` of a desk that has none. */
  cursor,
});
export type FillOpenRequest = z.infer<typeof fillOpenRequest>;

export const fillPart = z.object({
  scope,
  kind: rowKind,
  /** How many rows there are, about. */
  rows: z.int().nonnegative(),
});
export type FillPart = z.infer<typeof fillPart>;

export const fillOpenResponse = z.object({
  epoch: z.string(),
  now: z.int(),
  /** Where a desk without a position begins to pull. */
  from: cursor,
  /** Everything that the token opens, in the order in which it is best fetched. */
  parts: z.array(fillPart),
});
export type FillOpenResponse = z.infer<typeof fillOpenResponse>;

export const CHUNK_ENCODINGS = ['zstd', 'gzip'] as const;
export type ChunkEncoding = (typeof CHUNK_ENCODINGS)[number];

export const fillChunkRequest = z.object({
  protocol: z.int(),
  scope,
  kind: rowKind,
  /** Where this desk's pulls of the scope begin: no chunk from before is of use to it. */
  from: cursor,
  /** The last key that the desk has; `''` for the first chunk. */
  after: z.string().max(200),
  /** What the desk can unpack. */
  accept: z.array(z.enum(CHUNK_ENCODINGS)).min(1),
});
export type FillChunkRequest = z.infer<typeof fillChunkRequest>;

/**
 * What a chunk says of itself. The answer is bytes: the SHA-256 of all that follows (64 hex digits), a line feed, this as
 * one line of JSON, a line feed, and the packed body: `[rev,row]` of each row, in the order of keys, with `,\n` between.
 */
export const chunkHeader = z.object({
  epoch: z.string(),
  scope,
  kind: rowKind,
  after: z.string(),
  at: cursor,
  rows: z.int().nonnegative(),
  /** Bytes of the body, unpacked. */
  rawBytes: z.int().nonnegative(),
  encoding: z.enum(CHUNK_ENCODINGS),
  /** What the next chunk goes on after; null when this is the last. */
  next: z.string().nullable(),
});
export type ChunkHeader = z.infer<typeof chunkHeader>;

/** Hex digits of the checksum in front of a chunk. */
export const CHUNK_HASH_LENGTH = 64;
