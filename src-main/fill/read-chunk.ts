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
import { cutOrder, type CutOrder } from './cut-order.ts';
import { giveBack } from '../replica/give-back.ts';
import { MAX_CHUNK_HEADER_BYTES, MAX_CHUNK_RAW_BYTES, PIECE_ORDERS, PIECE_ROWS } from './limits.ts';
import { orderValues, ROW_SHAPES, type RowShape, type SqlValue } from '../replica/row-shapes.ts';
import { packTexts, type PackedTexts } from '../replica/search/packed-texts.ts';

/** Some rows of one kind, their values end to end: few objects to hand from one thread to another. */
export interface ChunkPiece {
  keys: string[];
  values: SqlValue[];
  /** What the search index is given; undefined of a kind without one. */
  grams: PackedTexts | undefined;
}

export interface ParsedChunk {
  header: ChunkHeader;
  /** Values a row: the columns of its kind, `rev`. */
  width: number;
  /** In the order of keys; none is empty. */
  pieces: ChunkPiece[];
}

/** A chunk whose pieces are handed out when it is their turn to be written, so that no more than one is held here. */
export interface ChunkRows {
  header: ChunkHeader;
  width: number;
  /** The next piece; undefined when there are no more. */
  next(): ChunkPiece | undefined;
  /** What was not asked for is not wanted any more. */
  drop(): void;
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
/** The least that zlib takes for a step. */
const MIN_UNPACK_BYTES = 64;
const SEPARATOR = Buffer.from(',\n');

/** @throws ChunkFault */
export async function readChunk(frame: Uint8Array): Promise<ChunkRows> {
  const { header, width, pieces } = await parseChunk(frame);
  return { header, width, next: () => pieces.shift(), drop: () => void pieces.splice(0) };
}

/** @throws ChunkFault */
export async function parseChunk(frame: Uint8Array): Promise<ParsedChunk> {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  const { header, packed } = openFrame(bytes);
  const raw = await unpacked(header, packed);
  const chunk = rowByRow(header, raw) ?? allAtOnce(header, raw);
  giveBack(raw.buffer);
  if (rowsOf(chunk) !== header.rows) throw new ChunkFault('rows are missing');
  return chunk;
}

/**
 * Each row by itself, so that what parsing makes of it is gone before the next. Undefined when the rows are not separated
 * as they should be: between two rows there is a line feed, within one as central writes it there is none.
 */
function rowByRow(header: ChunkHeader, raw: Buffer): ParsedChunk | undefined {
  const rows = gatherer(header);
  try {
    for (let from = 0; from < raw.length;) {
      const separator = raw.indexOf(SEPARATOR, from);
      const to = separator < 0 ? raw.length : separator;
      const cut = header.kind === 'order' ? cutOrder(raw, from, to) : undefined;
      if (cut) rows.addOrder(cut);
      else rows.add(JSON.parse(raw.toString('utf8', from, to)));
      from = to + SEPARATOR.length;
    }
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return rows.end();
}

function allAtOnce(header: ChunkHeader, raw: Buffer): ParsedChunk {
  let parsed: unknown[];
  try {
    parsed = JSON.parse(`[${raw.toString('utf8')}]`) as unknown[];
  } catch (cause) {
    throw new ChunkFault('its rows are no JSON', { cause });
  }
  const rows = gatherer(header);
  for (const each of parsed) rows.add(each);
  return rows.end();
}

/**
 * What a frame says that the next chunk goes on after, by its header alone: nobody has compared its checksum yet.
 * Undefined where there is no such header.
 */
export function peekNext(frame: Uint8Array): string | null | undefined {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  try {
    return headerOf(bytes.subarray(CHUNK_HASH_LENGTH + 1)).header.next;
  } catch {
    return undefined;
  }
}

function openFrame(bytes: Buffer): { header: ChunkHeader; packed: Buffer } {
  const content = bytes.subarray(CHUNK_HASH_LENGTH + 1);
  const hash = bytes.toString('latin1', 0, CHUNK_HASH_LENGTH);
  if (createHash('sha256').update(content).digest('hex') !== hash) throw new ChunkFault('its checksum is wrong');
  return headerOf(content);
}

function headerOf(content: Buffer): { header: ChunkHeader; packed: Buffer } {
  const end = content.subarray(0, MAX_CHUNK_HEADER_BYTES).indexOf(LINE_FEED);
  try {
    const header = chunkHeader.parse(JSON.parse(content.toString('utf8', 0, end)));
    return { header, packed: content.subarray(end + 1) };
  } catch (cause) {
    throw new ChunkFault('its header is no header', { cause });
  }
}

async function unpacked({ encoding, rawBytes }: ChunkHeader, packed: Buffer): Promise<Buffer> {
  if (rawBytes > MAX_CHUNK_RAW_BYTES) throw new ChunkFault('it is too long');
  // In one piece: Node's steps of 16 kB would be hundreds of calls a chunk.
  const bound = { maxOutputLength: Math.max(1, rawBytes), chunkSize: Math.max(MIN_UNPACK_BYTES, rawBytes) };
  try {
    return await (encoding === 'zstd' ? promisify(zstdDecompress)(packed, bound) : promisify(gunzip)(packed, bound));
  } catch (cause) {
    throw new ChunkFault('it can not be unpacked', { cause });
  }
}

function rowsOf({ pieces }: ParsedChunk): number {
  return pieces.reduce((sum, { keys }) => sum + keys.length, 0);
}

interface Gatherer {
  /** When all are added. */
  end(): ParsedChunk;
  /** @throws ChunkFault when that is no row of the kind. */
  add(row: unknown): void;
  addOrder(cut: CutOrder): void;
}

function gatherer(header: ChunkHeader): Gatherer {
  const shape = ROW_SHAPES[header.kind] as RowShape<RowKind>;
  const { search } = shape;
  const pieceRows = header.kind === 'order' ? PIECE_ORDERS : PIECE_ROWS;
  const pieces: ChunkPiece[] = [];
  let piece: ChunkPiece | undefined;
  let texts: string[] = [];
  const endPiece = (): void => {
    if (piece && search) piece.grams = packTexts(texts);
    texts = [];
  };
  const gather = (rev: number, key: string, of: { values: readonly SqlValue[]; grams?: string | undefined }): void => {
    if (!Number.isSafeInteger(rev) || rev < 1) throw new ChunkFault('rev is no version');
    if (!piece || piece.keys.length === pieceRows) {
      endPiece();
      piece = { keys: [], values: [], grams: undefined };
      pieces.push(piece);
    }
    piece.keys.push(key);
    for (const value of of.values) piece.values.push(value);
    piece.values.push(rev);
    if (of.grams !== undefined) texts.push(of.grams);
  };
  const orNoRow = (add: () => void): void => {
    try {
      add();
    } catch (cause) {
      if (cause instanceof ChunkFault) throw cause;
      throw new ChunkFault(`a row is no ${header.kind}`, { cause });
    }
  };
  return {
    end: () => {
      endPiece();
      return { header, width: shape.columns.length + 1, pieces };
    },
    add: (each) =>
      orNoRow(() => {
        const [rev, row] = each as [number, RowOf<RowKind>];
        gather(rev, rowKey(header.kind, row), { values: shape.values(row), grams: search?.grams(row) });
      }),
    addOrder: ({ rev, row, ...lists }) => orNoRow(() => gather(rev, row.orderId, { values: orderValues(row, lists) })),
  };
}
