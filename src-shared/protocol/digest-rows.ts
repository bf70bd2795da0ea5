/**
 * Narrowing a difference down: where digests differ, first the buckets of keys that differ, then the very rows in them.
 * Everything is as of one cursor, so that the two sides speak of the same moment however long it takes.
 */
import { z } from 'zod';
import { cursor, putChange, ROW_SCHEMAS, type PutChange, type RowKind } from './change.ts';
import { DIGEST_BUCKETS, MAX_ROWS_ASKED } from './limits.ts';
import { scope } from './scope.ts';

const kind = z.enum(Object.keys(ROW_SCHEMAS) as [RowKind, ...RowKind[]]);
const of = { protocol: z.int(), cursor, scope, kind };

export const digestBucketsRequest = z.object(of);
export type DigestBucketsRequest = z.infer<typeof digestBucketsRequest>;

/** A row's bucket is the first byte of the SHA-256 of its key. One without rows may be left out. */
const bucketNumber = z
  .int()
  .min(0)
  .max(DIGEST_BUCKETS - 1);

export const digestBucketsResponse = z.object({
  epoch: z.string(),
  buckets: z.array(z.object({ bucket: bucketNumber, rows: z.int(), digest: z.string() })).max(DIGEST_BUCKETS),
});
export type DigestBucketsResponse = z.infer<typeof digestBucketsResponse>;

export const digestRowsRequest = z.object({ ...of, buckets: z.array(bucketNumber).min(1).max(DIGEST_BUCKETS) });
export type DigestRowsRequest = z.infer<typeof digestRowsRequest>;

export const digestRowsResponse = z.object({
  epoch: z.string(),
  /** Null when there are too many to name them: the scope is to be filled anew. */
  rows: z.array(z.object({ key: z.string(), digest: z.string() })).nullable(),
});
export type DigestRowsResponse = z.infer<typeof digestRowsResponse>;

export const rowsRequest = z.object({
  protocol: z.int(),
  cursor,
  rows: z
    .array(z.object({ scope, kind, key: z.string().max(200) }))
    .min(1)
    .max(MAX_ROWS_ASKED),
});
export type RowsRequest = z.infer<typeof rowsRequest>;

/**
 * The rows that were asked for as they were at the cursor, as changes that put them. What is not among them was not
 * there.
 */
export const rowsResponse = z.object({ epoch: z.string(), now: z.int(), changes: z.array(putChange) });
export interface RowsResponse extends Omit<z.infer<typeof rowsResponse>, 'changes'> {
  changes: PutChange[];
}
