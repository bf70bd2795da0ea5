/**
 * Bodies, packed and unpacked. What a body is packed with is read from its first bytes: a proxy may take the header
 * away, or unpack the body and leave the header.
 */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip, zstdCompress, zstdDecompress } from 'node:zlib';
import { COMPRESS_FROM_BYTES, MAX_ANSWER_BYTES } from './limits.ts';
import { LineFault } from './line-fault.ts';

const GZIP = [0x1f, 0x8b];
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];
/** Missing before Node 22.15. */
const HAS_ZSTD = typeof zstdCompress === 'function';

/** For `accept-encoding`. */
export const ACCEPTED = HAS_ZSTD ? 'zstd, gzip' : 'gzip';

export interface Packed {
  bytes: Uint8Array;
  /** For `content-encoding`; undefined where packing does not pay. */
  encoding: 'gzip' | 'zstd' | undefined;
}

export async function pack(bytes: Uint8Array): Promise<Packed> {
  if (bytes.length < COMPRESS_FROM_BYTES) return { bytes, encoding: undefined };
  // At zstd's own level: of orders, a higher one makes no smaller bodies, and takes three times as long.
  const packed = HAS_ZSTD ? await promisify(zstdCompress)(bytes) : await promisify(gzip)(bytes);
  return packed.length < bytes.length
    ? { bytes: packed, encoding: HAS_ZSTD ? 'zstd' : 'gzip' }
    : { bytes, encoding: undefined };
}

/** @param encoding the answer's `content-encoding`. @throws LineFault garbled. */
export async function unpack(bytes: Uint8Array, encoding: string | undefined): Promise<Uint8Array> {
  // An answer of bytes may begin like a packed one and be none: without the header it is left alone.
  if (encoding === undefined || encoding === 'identity') return bytes;
  try {
    if (startsWith(bytes, GZIP)) return await promisify(gunzip)(bytes, { maxOutputLength: MAX_ANSWER_BYTES });
    if (startsWith(bytes, ZSTD)) return await promisify(zstdDecompress)(bytes, { maxOutputLength: MAX_ANSWER_BYTES });
    return bytes;
  } catch (cause) {
    throw new LineFault('garbled', { cause });
  }
}

/** For the header that says what the body was when it left. */
export function sha256(...parts: (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('base64');
}

function startsWith(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, index) => bytes[index] === byte);
}
