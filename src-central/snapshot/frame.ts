/** A chunk as it goes down: src-shared/protocol/fill.ts says what is where in it. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, gzip, zstdCompress } from 'node:zlib';
import type { ChunkEncoding, ChunkHeader } from '../../src-shared/protocol/fill.ts';
import { GZIP_LEVEL, PACKING_STEP_BYTES, ZSTD_LEVEL } from './limits.ts';

const packers: Record<ChunkEncoding, (body: Buffer) => Promise<Buffer>> = {
  zstd: (body) =>
    promisify(zstdCompress)(body, {
      chunkSize: PACKING_STEP_BYTES,
      params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL },
    }),
  gzip: (body) => promisify(gzip)(body, { chunkSize: PACKING_STEP_BYTES, level: GZIP_LEVEL }),
};

export async function frameOf(header: Omit<ChunkHeader, 'rawBytes'>, raw: Buffer): Promise<Buffer> {
  const packed = await packers[header.encoding](raw);
  const head = Buffer.from(`${JSON.stringify({ ...header, rawBytes: raw.length } satisfies ChunkHeader)}\n`);
  const hash = createHash('sha256').update(head).update(packed).digest('hex');
  return Buffer.concat([Buffer.from(`${hash}\n`), head, packed]);
}
