/**
 * From the bytes of a chunk to values that can be written. Pure, so that a thread of its own can do it while the one that
 * answers people writes the chunk before.
 *
 * Guarantees: nothing of a chunk is given out unless all of it is what left central (checksum) and what was asked for.
 */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import { rowKey, type RowKind, type RowOf } from '../../src-shared/protocol/change.ts';
import {
  CHUNK_HASH_LENGTH,
  chunkHeader,
  type ChunkEncoding,
  type ChunkHeader,
} from '../../src-shared/protocol/fill.ts';
import { MAX_CHUNK_HEADER_BYTES, MAX_CHUNK_RAW_BYTES } from './limits.ts';
import { ROW_SHAPES, type RowShape, type SqlValue } from './row-values.ts';

/** Rows of one kind, their values end to end: few objects to hand from one thread to another. */
export interface ChunkRows {
  header: ChunkHeader;
  keys: string[];
  /** Values a row: the columns of its kind, `rev`. */
  width: number;
  values: SqlValue[];
  /** What the search index is given; undefined of a kind without one. */
  grams: string[] | undefined;
}

/** The bytes are not what central sent, or not what was asked for: they are to be asked for again. */
export class ChunkFault extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`the chunk is no chunk: ${reason}`, options);
    this.name = 'ChunkFault';
  }
}

export type ReadChunk = (frame: Uint8Array) => Promise<ChunkRows>;

/** What can be unpacked here; zstd is missing before Node 22.15. */
export const READ_ENCODINGS: readonly ChunkEncoding[] =
  typeof zstdDecompress === 'function' ? ['zstd', 'gzip'] : ['gzip'];

const LINE_FEED = 10;

/** @throws ChunkFault */
export async function readChunk(frame: Uint8Array): Promise<ChunkRows> {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  const { header, packed } = openFrame(bytes);
  const text = await unpacked(header, packed);
  let rows: unknown;
  try {
    rows = JSON.parse(`[${text}]`);
  } catch (cause) {
    throw new ChunkFault('its rows are no JSON', { cause });
  }
  if (!Array.isArray(rows) || rows.length !== header.rows) throw new ChunkFault('rows are missing');
  return valuesOf(header, rows);
}

function openFrame(bytes: Buffer): { header: ChunkHeader; packed: Buffer } {
  const content = bytes.subarray(CHUNK_HASH_LENGTH + 1);
  const hash = bytes.toString('latin1', 0, CHUNK_HASH_LENGTH);
  if (createHash('sha256').update(content).digest('hex') !== hash) throw new ChunkFault('its checksum is wrong');
  const end = content.subarray(0, MAX_CHUNK_HEADER_BYTES).indexOf(LINE_FEED);
  try {
    const header = chunkHeader.parse(JSON.parse(content.toString('utf8', 0, end)));
    return { header, packed: content.subarray(end + 1) };
  } catch (cause) {
    throw new ChunkFault('its header is no header', { cause });
  }
}

async function unpacked({ encoding, rawBytes }: ChunkHeader, packed: Buffer): Promise<string> {
  if (rawBytes > MAX_CHUNK_RAW_BYTES) throw new ChunkFault('it is too long');
  const bound = { maxOutputLength: Math.max(1, rawBytes) };
  try {
    const raw = await (encoding === 'zstd'
      ? promisify(zstdDecompress)(packed, bound)
      : promisify(gunzip)(packed, bound));
    return raw.toString('utf8');
  } catch (cause) {
    throw new ChunkFault('it can not be unpacked', { cause });
  }
}

function valuesOf(header: ChunkHeader, rows: readonly unknown[]): ChunkRows {
  const shape = ROW_SHAPES[header.kind] as RowShape<RowKind>;
  const keys: string[] = [];
  const values: SqlValue[] = [];
  const grams: string[] | undefined = shape.search ? [] : undefined;
  try {
    for (const each of rows) {
      const [rev, row] = each as [number, RowOf<RowKind>];
      if (!Number.isSafeInteger(rev) || rev < 1) throw new TypeError('rev is no version');
      keys.push(rowKey(header.kind, row));
      for (const value of shape.values(row)) values.push(value);
      values.push(rev);
      if (shape.search) grams?.push(shape.search.grams(row));
    }
  } catch (cause) {
    throw new ChunkFault(`a row is no ${header.kind}`, { cause });
  }
  return { header, keys, width: shape.columns.length + 1, values, grams };
}
