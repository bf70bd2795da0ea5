/**
 * A row's entry in a few words of bits, one for each pair of letters that follow each other: what has not all the bits of
 * a token has no such token. For looking through entries that no index holds yet, a hundred thousand in a millisecond or
 * two. Pure; the thread that reads chunks makes them.
 */

/** Words of 32 bits. */
export const SIGNATURE_WORDS = 8;

const SPACE = 32;

/** Adds the bits of space-separated tokens, or of the beginning of one. */
export function addSignature(tokens: string, bits: Uint32Array, at: number): void {
  let before = SPACE;
  for (let index = 0; index < tokens.length; index += 1) {
    const letter = tokens.charCodeAt(index);
    if (letter !== SPACE) {
      const mixed = Math.imul(before, 0x9e3779b1) ^ Math.imul(letter, 0x85ebca6b);
      const bit = ((mixed >>> 16) ^ (mixed >>> 5)) & (32 * SIGNATURE_WORDS - 1);
      const word = at + (bit >>> 5);
      bits[word] = (bits[word] ?? 0) | (1 << (bit & 31));
    }
    before = letter;
  }
}
