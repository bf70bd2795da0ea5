/**
 * Search entries that wait to be entered into the index, and are searched here until then: what the index would find by
 * them is found, in the order of row numbers. Pure memory; what makes it last is in search-index.ts.
 *
 * Guarantees: what has been done since the last commit is undone when that is, so that it says what the file says.
 */
import { addSignature, SIGNATURE_WORDS } from './signature.ts';
import type { TextQuery, WantedToken } from './grams.ts';

export interface SearchEntry {
  rowNo: number;
  /** Space-separated tokens. */
  grams: string;
}

/** Text as UTF-8 within a buffer that others share: no string, and nothing of it on the heap. */
export interface TextBytes {
  bytes: Buffer;
  from: number;
  to: number;
}

/** Entered entries are let go of so many at a time. */
const TRIM_ENTRIES = 4_096;

export class WaitingEntries {
  /** Ascending. */
  #rowNos: number[] = [];
  /** Undefined of one that is not wanted any more. */
  #grams: (Buffer | undefined)[] = [];
  #from: number[] = [];
  #to: number[] = [];
  #signatures = new Uint32Array(0);
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
  add(rowNo: number, { bytes, from, to }: TextBytes): void {
    if (rowNo <= (this.#rowNos.at(-1) ?? 0)) throw new Error(`search: the entry of row ${rowNo} comes too late`);
    this.#rowNos.push(rowNo);
    this.#grams.push(bytes);
    this.#from.push(from);
    this.#to.push(to);
    this.#sign(this.#rowNos.length - 1);
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
    const asked = terms.map((alternatives) => alternatives.map(prepared));
    for (let at = this.#first; at < this.#rowNos.length && found.length < limit; at += 1) {
      if (asked.every((alternatives) => alternatives.some((all) => this.#has(at, all)))) {
        found.push(this.#rowNos[at] ?? 0);
      }
    }
    return found;
  }

  /** Of the transaction that all of it was done in. */
  ended(committed: boolean): void {
    if (!committed) {
      for (const { at, grams } of this.#dropped) this.#grams[at] = grams;
      this.#first = this.#committed.first;
      for (const list of [this.#rowNos, this.#grams, this.#from, this.#to]) list.length = this.#committed.length;
    } else if (this.#first >= TRIM_ENTRIES || this.#first === this.#rowNos.length) this.#trim();
    this.#dropped = [];
    this.#committed = { first: this.#first, length: this.#rowNos.length };
  }

  #trim(): void {
    if (this.#first === 0) return;
    this.#rowNos = this.#rowNos.slice(this.#first);
    this.#grams = this.#grams.slice(this.#first);
    this.#from = this.#from.slice(this.#first);
    this.#to = this.#to.slice(this.#first);
    this.#signatures = this.#signatures.slice(
      this.#first * SIGNATURE_WORDS,
      (this.#first + this.#rowNos.length) * SIGNATURE_WORDS,
    );
    this.#first = 0;
  }

  #textAt(at: number): string {
    return this.#grams[at]?.toString('utf8', this.#from[at], this.#to[at]) ?? '';
  }

  #has(at: number, { bits, tokens }: Prepared): boolean {
    const from = at * SIGNATURE_WORDS;
    for (const [word, mask] of bits) if (((this.#signatures[from + word] ?? 0) & mask) !== mask) return false;
    const grams = this.#textAt(at);
    return tokens.every((wanted) => hasToken(grams, wanted));
  }

  #sign(at: number): void {
    const from = at * SIGNATURE_WORDS;
    if (from >= this.#signatures.length) {
      const larger = new Uint32Array(Math.max(1_024, 2 * at) * SIGNATURE_WORDS);
      larger.set(this.#signatures);
      this.#signatures = larger;
    }
    this.#signatures.fill(0, from, from + SIGNATURE_WORDS);
    addSignature(this.#textAt(at), this.#signatures, from);
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

interface Prepared {
  /** Which words of the signature must have which bits. */
  bits: [word: number, mask: number][];
  tokens: readonly WantedToken[];
}

function prepared(tokens: readonly WantedToken[]): Prepared {
  const signature = new Uint32Array(SIGNATURE_WORDS);
  for (const { text } of tokens) addSignature(text, signature, 0);
  // As the signed number that the comparison's `&` makes of it.
  const bits = [...signature.entries()]
    .filter(([, mask]) => mask !== 0)
    .map(([word, mask]) => [word, mask | 0] as const);
  return { bits: bits.map(([word, mask]) => [word, mask]), tokens };
}

function hasToken(grams: string, { text, whole }: WantedToken): boolean {
  for (let at = grams.indexOf(text); at >= 0; at = grams.indexOf(text, at + 1)) {
    if (at > 0 && grams.charAt(at - 1) !== ' ') continue;
    const end = at + text.length;
    if (!whole || end === grams.length || grams.charAt(end) === ' ') return true;
  }
  return false;
}
