/**
 * Search entries that wait to be entered into the index, and are searched here until then: what the index would find by
 * them is found, in the order of row numbers. Pure memory; what makes it last is in search-index.ts.
 *
 * Guarantees: what has been done since the last commit is undone when that is, so that it says what the file says.
 */
import { giveBack } from '../give-back.ts';
import type { TextQuery, WantedToken } from './grams.ts';
import type { SignedText, TextBytes } from './packed-texts.ts';
import { addSignature, SIGNATURE_WORDS } from './signature.ts';

export interface SearchEntry {
  rowNo: number;
  /** Space-separated tokens. */
  grams: string;
}

/** Entered entries are let go of so many at a time, and when they are as many as those that wait. */
const TRIM_ENTRIES = 4_096;

/** Memory for texts is had by so much. Large, so that it goes back to the machine and leaves no holes. Bytes. */
const SLAB_BYTES = 1_048_576;

export class WaitingEntries {
  /** Where the next text goes: texts are copied, so that what they came in can be given back at once. */
  #slab = Buffer.alloc(0);
  #written = 0;
  /** Ascending. */
  #rowNos: number[] = [];
  /** Undefined of one that is not wanted any more. */
  #grams: (Buffer | undefined)[] = [];
  #from: number[] = [];
  #to: number[] = [];
  /** Those of all entries' first words, then of their second words …: most are told by one word, and read in a row. */
  #signatures = new Int32Array(0);
  /** For how many entries there is room among the signatures. */
  #room = 0;
  /** Before it they are entered. */
  #first = 0;
  #committed = { first: 0, length: 0 };
  #dropped: { at: number; grams: Buffer }[] = [];

  /** Dropped ones included. */
  get count(): number {
    return this.#rowNos.length - this.#first;
  }

  get firstRowNo(): number | undefined {
    return this.#rowNos[this.#first];
  }

  get lastRowNo(): number | undefined {
    return this.#rowNos.at(-1);
  }

  /** After all that wait. */
  add(rowNo: number, { bytes, from, to, signatures, signatureAt }: SignedText): void {
    if (rowNo <= (this.#rowNos.at(-1) ?? 0)) throw new Error(`search: the entry of row ${rowNo} comes too late`);
    this.#rowNos.push(rowNo);
    const length = to - from;
    if (this.#written + length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, length));
      this.#written = 0;
    }
    bytes.copy(this.#slab, this.#written, from, to);
    this.#grams.push(this.#slab);
    this.#from.push(this.#written);
    this.#written += length;
    this.#to.push(this.#written);
    const at = this.#rowNos.length - 1;
    if (at >= this.#room) this.#makeRoom(Math.max(1_024, 2 * at));
    for (let word = 0; word < SIGNATURE_WORDS; word += 1) {
      this.#signatures[word * this.#room + at] = signatures[signatureAt + word] ?? 0;
    }
  }

  /** Whoever writes the row anew, or removes it, sees to the index. */
  drop(rowNo: number): void {
    const at = this.#find(rowNo);
    const grams = this.#grams[at];
    if (!grams) return;
    this.#dropped.push({ at, grams });
    this.#grams[at] = undefined;
  }

  /** Takes the first off the list. @returns those of them that are still wanted. */
  take(count: number): ({ rowNo: number } & TextBytes)[] {
    const to = Math.min(this.#rowNos.length, this.#first + count);
    const taken: ({ rowNo: number } & TextBytes)[] = [];
    for (let at = this.#first; at < to; at += 1) {
      const bytes = this.#grams[at];
      if (bytes) taken.push({ rowNo: this.#rowNos[at] ?? 0, bytes, from: this.#from[at] ?? 0, to: this.#to[at] ?? 0 });
    }
    this.#first = to;
    return taken;
  }

  /** Row numbers, at most so many, of entries that the query matches. */
  matching({ terms }: TextQuery, limit: number): number[] {
    const found: number[] = [];
    if (this.count === 0) return found;
    const signatures = this.#signatures;
    const asked = terms.map((alternatives) => alternatives.map((tokens) => prepared(tokens, this.#room)));
    const end = this.#rowNos.length;
    for (let at = this.#first; at < end && found.length < limit; at += 1) {
      // Of all terms before any text is looked at: one rare word spares the texts of a common one.
      if (!mayHaveAll(signatures, at, asked)) continue;
      const grams = this.#textAt(at);
      const has = (tokens: readonly WantedToken[]): boolean => tokens.every((wanted) => hasToken(grams, wanted));
      if (terms.every((alternatives) => alternatives.some(has))) found.push(this.#rowNos[at] ?? 0);
    }
    return found;
  }

  /** Of the transaction that all of it was done in. */
  ended(committed: boolean): void {
    if (!committed) {
      for (const { at, grams } of this.#dropped) this.#grams[at] = grams;
      this.#first = this.#committed.first;
      for (const list of [this.#rowNos, this.#grams, this.#from, this.#to]) list.length = this.#committed.length;
    } else if (this.#first >= Math.max(TRIM_ENTRIES, this.count) || this.count === 0) this.#trim();
    this.#dropped = [];
    this.#committed = { first: this.#first, length: this.#rowNos.length };
  }

  #trim(): void {
    if (this.#first === 0) return;
    const slabs = new Set(this.#grams.slice(0, this.#first));
    this.#rowNos = this.#rowNos.slice(this.#first);
    this.#grams = this.#grams.slice(this.#first);
    const kept = new Set(this.#grams);
    for (const slab of slabs) if (slab && slab !== this.#slab && !kept.has(slab)) giveBack(slab.buffer);
    this.#from = this.#from.slice(this.#first);
    this.#to = this.#to.slice(this.#first);
    if (this.#rowNos.length === 0) [this.#signatures, this.#room] = [new Int32Array(0), 0];
    for (let begin = 0; begin < this.#signatures.length; begin += this.#room) {
      this.#signatures.copyWithin(begin, begin + this.#first, begin + this.#first + this.#rowNos.length);
    }
    this.#first = 0;
  }

  #textAt(at: number): string {
    return this.#grams[at]?.toString('utf8', this.#from[at], this.#to[at]) ?? '';
  }

  #makeRoom(room: number): void {
    const signatures = new Int32Array(room * SIGNATURE_WORDS);
    for (let word = 0; word < SIGNATURE_WORDS; word += 1) {
      signatures.set(this.#signatures.subarray(word * this.#room, (word + 1) * this.#room), word * room);
    }
    [this.#signatures, this.#room] = [signatures, room];
  }

  #find(rowNo: number): number {
    let [from, to] = [this.#first, this.#rowNos.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#rowNos[middle] ?? 0) < rowNo) from = middle + 1;
      else to = middle;
    }
    return this.#rowNos[from] === rowNo ? from : -1;
  }
}

/** Which words of signatures must have which bits, the word with the most of them first. */
interface Mask {
  /** Where those words of all entries begin. */
  begins: Int32Array;
  bits: Int32Array;
}

function prepared(tokens: readonly WantedToken[], room: number): Mask {
  const signature = new Uint32Array(SIGNATURE_WORDS);
  for (const { text } of tokens) addSignature(text, signature, 0);
  const masks = [...signature.entries()]
    .filter(([, bits]) => bits !== 0)
    .toSorted(([, a], [, b]) => bitsIn(b) - bitsIn(a));
  return { begins: Int32Array.from(masks, ([word]) => word * room), bits: Int32Array.from(masks, ([, bits]) => bits) };
}

/** Of each term one of its alternatives. Plain loops: this is asked of every entry, and a search waits for it. */
function mayHaveAll(signatures: Int32Array, at: number, asked: readonly (readonly Mask[])[]): boolean {
  for (let term = 0; term < asked.length; term += 1) {
    const alternatives = asked[term] ?? [];
    let may = false;
    for (let which = 0; which < alternatives.length && !may; which += 1) {
      const mask = alternatives[which];
      may = mask !== undefined && mayHave(signatures, at, mask);
    }
    if (!may) return false;
  }
  return true;
}

function mayHave(signatures: Int32Array, at: number, { begins, bits }: Mask): boolean {
  for (let index = 0; index < begins.length; index += 1) {
    const wanted = bits[index] ?? 0;
    if (((signatures[(begins[index] ?? 0) + at] ?? 0) & wanted) !== wanted) return false;
  }
  return true;
}

function bitsIn(word: number): number {
  let count = 0;
  for (let rest = word; rest !== 0; rest = (rest & (rest - 1)) >>> 0) count += 1;
  return count;
}

function hasToken(grams: string, { text, whole }: WantedToken): boolean {
  for (let at = grams.indexOf(text); at >= 0; at = grams.indexOf(text, at + 1)) {
    if (at > 0 && grams.charAt(at - 1) !== ' ') continue;
    const end = at + text.length;
    if (!whole || end === grams.length || grams.charAt(end) === ' ') return true;
  }
  return false;
}
