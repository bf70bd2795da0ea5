/** Bounds of what central hands out to desks that fill. */
import type { RowKind } from '../../src-shared/protocol/change.ts';

/** Rows that one chunk looks at, at most. An order is long; the first products should be there soon. */
export const CHUNK_ROWS: Record<RowKind, number> = {
  branch: 5_000,
  product: 5_000,
  priceList: 5_000,
  price: 10_000,
  customerGroup: 5_000,
  promotion: 1_000,
  policy: 5_000,
  customer: 5_000,
  account: 5_000,
  stock: 10_000,
  order: 600,
  receipt: 10_000,
  grant: 5_000,
  lease: 5_000,
};
/** A chunk ends with the piece that passes this. Bytes, unpacked. */
export const CHUNK_BYTES = 3_000_000;
/** Rows come out of the database in pieces of so much, as they are stored there. Bytes. */
export const PIECE_BYTES = 16_000;

/** The first step of a chunk reads this part of its rows, the next as many as the bytes seen so far leave room for. */
export const FIRST_STEP_SHARE = 10;

/** Packed chunks that a node keeps for the next desk that asks for them. Bytes. */
export const CHUNK_CACHE_BYTES = 64_000_000;

/**
 * Desks that open a fill within this time get the same position to pull from, so that chunks made for one of them are of
 * use to all. The price: each of them pulls the changes of up to so long a time besides.
 */
export const GENERATION_MS = 300_000;
/** A pin is touched this often at most: each touch is a write. */
export const PIN_TOUCH_MS = 60_000;
/** The quick end of zstd: half the packing time of its default for a tenth more bytes. */
export const ZSTD_LEVEL = 1;
export const GZIP_LEVEL = 1;
/** What packing puts out at a time; Node's 16 kB would be hundreds of calls a chunk. Bytes. */
export const PACKING_STEP_BYTES = 1_048_576;
