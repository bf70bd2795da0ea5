/**
 * What the search index is to be given of rows, as bytes: no strings, nothing of it on the heap, and memory that goes from
 * one thread to another without a copy. Pure.
 */
import { addSignature, SIGNATURE_WORDS } from './signature.ts';

/** A text as UTF-8 within a buffer that others share. */
export interface TextBytes {
  bytes: Buffer;
  from: number;
  to: number;
}

/** With its signature, which begins at a place among those of others. */
export interface SignedText extends TextBytes {
  signatures: Uint32Array;
  signatureAt: number;
}

/** Texts one after the other. */
export interface PackedTexts {
  bytes: Uint8Array<ArrayBuffer>;
  /** Where each of them ends. */
  ends: Uint32Array<ArrayBuffer>;
  signatures: Uint32Array<ArrayBuffer>;
}

export function packTexts(texts: readonly string[]): PackedTexts {
  const all = texts.join('');
  // Memory of its own, not a part of Node's pool: it is given away.
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(all));
  bytes.write(all);
  const ends = new Uint32Array(texts.length);
  const signatures = new Uint32Array(texts.length * SIGNATURE_WORDS);
  let end = 0;
  for (const [index, text] of texts.entries()) {
    end += Buffer.byteLength(text);
    ends[index] = end;
    addSignature(text, signatures, index * SIGNATURE_WORDS);
  }
  return { bytes, ends, signatures };
}

export function unpackTexts({ bytes, ends, signatures }: PackedTexts): (at: number) => SignedText {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (at) => ({
    bytes: all,
    from: ends[at - 1] ?? 0,
    to: ends[at] ?? 0,
    signatures,
    signatureAt: at * SIGNATURE_WORDS,
  });
}

/** What the memory of texts consists of, to be given to another thread. */
export function buffersOf({ bytes, ends, signatures }: PackedTexts): ArrayBuffer[] {
  return [bytes.buffer, ends.buffer, signatures.buffer];
}
