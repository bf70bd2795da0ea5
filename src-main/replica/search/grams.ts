/**
 * What goes into the full-text index, and how a search text becomes a query on it. Two kinds of tokens:
 *
 * - as they are: the beginnings that people type: each word (a run of Latin letters and digits, or of Chinese), its
 *   first letter alone, the code whole and in its parts, the barcode, the initials;
 * - marked: the fragments: every tail of a word from its second letter on. Any fragment is the beginning of a tail, so
 *   one prefix query on one token finds it, where pairs of letters would intersect several long lists.
 *
 * Finding is by prefix only; which hit is better is not the index's business (rank.ts).
 */

/** A private-use character, which the tokenizer counts as a letter: fragments stay apart from beginnings. */
export const FRAGMENT = '\uE000';

/** Letters of a word that are indexed and compared; nobody types more of one word. */
const MAX_WORD_LENGTH = 24;
/** Letters of a run of Chinese that are indexed. */
const MAX_HAN_LENGTH = 200;
/** Letters of a Chinese tail. A longer query is cut into pieces of this length, all of which must be there. */
const MAX_HAN_TAIL_LENGTH = 6;
/** Words of one query; more would only make it slower, not narrower. */
const MAX_QUERY_TERMS = 12;

export interface SearchTerm {
  text: string;
  han: boolean;
}

/** Full-width to half-width, no accents, lower case: what is typed and what is stored meet here. */
export function foldText(text: string): string {
  // Most texts need no more than lower case, and normalising is the dearest part of looking at a row.
  // oxlint-disable-next-line no-control-regex
  if (/^[\u0000-\u007f\u4e00-\u9fff]*$/.test(text)) return text.toLowerCase();
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** The runs of a folded text: each of Chinese alone, or of other letters and digits. */
export function termsOf(folded: string): SearchTerm[] {
  const runs = folded.match(/\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{L}\p{N}])+/gu) ?? [];
  return runs.map((text) => ({ text, han: /^\p{Script=Han}/u.test(text) }));
}

export interface Findable {
  /** Names in any language. */
  names: readonly (string | null)[];
  /** Codes, barcodes, phone numbers, initials: found by their beginnings. */
  codes: readonly (string | null)[];
}

/** The text that the index is given for a row. */
export function gramsOf({ names, codes }: Findable): string {
  const tokens = new Set<string>();
  for (const name of names) if (name) for (const term of termsOf(foldText(name))) addTerm(tokens, term);
  for (const code of codes) {
    if (!code) continue;
    const parts = termsOf(foldText(code));
    for (const part of parts) tokens.add(part.text.slice(0, MAX_WORD_LENGTH));
    if (parts.length > 1)
      tokens.add(
        parts
          .map((part) => part.text)
          .join('')
          .slice(0, MAX_WORD_LENGTH),
      );
  }
  return [...tokens].join(' ');
}

function addTerm(tokens: Set<string>, { text, han }: SearchTerm): void {
  // Where every letter is one unit of UTF-16, pieces can be cut out of the text itself.
  const isPlain = !/[\ud800-\udfff]/.test(text);
  const letters = isPlain ? undefined : Array.from(text);
  const cut = (from: number, to: number): string => (letters ? letters.slice(from, to).join('') : text.slice(from, to));
  const count = Math.min(letters?.length ?? text.length, han ? MAX_HAN_LENGTH : MAX_WORD_LENGTH);
  tokens.add(cut(0, Math.min(count, MAX_WORD_LENGTH)));
  tokens.add(cut(0, 1));
  const tail = han ? MAX_HAN_TAIL_LENGTH : MAX_WORD_LENGTH;
  // A single last Latin letter is no fragment that anybody types; a single Chinese character is a word.
  const last = han ? count : count - 1;
  for (let start = 1; start < last; start += 1) tokens.add(FRAGMENT + cut(start, Math.min(count, start + tail)));
}

/** A token that an entry must have: this one, or any that begins with it. */
export interface WantedToken {
  text: string;
  whole: boolean;
}

/** What is asked of an entry. */
export interface TextQuery {
  /** Of every term one of its alternatives, and of that all tokens. */
  terms: readonly (readonly (readonly WantedToken[])[])[];
  /** The same as a query on the index. */
  match: string;
}

export interface SearchQuery {
  folded: string;
  /** The words, all of which must match. */
  terms: SearchTerm[];
  /** Each term at the beginning of something. */
  beginnings: TextQuery;
  /** Each term anywhere; a superset of `beginnings`. */
  anywhere: TextQuery;
}

/** `undefined` when the text holds no letter or digit at all. */
export function searchQuery(text: string): SearchQuery | undefined {
  const folded = foldText(text).trim();
  const terms = termsOf(folded).slice(0, MAX_QUERY_TERMS);
  if (terms.length === 0) return undefined;
  const beginnings = textQuery(terms.map((term) => [[beginning(term)]]));
  const anywhere = textQuery(terms.map((term) => [[beginning(term)], fragment(term)]));
  return { folded, terms, beginnings, anywhere };
}

function beginning({ text }: SearchTerm): WantedToken {
  const letters = Array.from(text).slice(0, MAX_WORD_LENGTH);
  // A first letter is a token of its own: a prefix of one letter would have to merge a fifth of the index.
  return { text: letters.join(''), whole: letters.length === 1 };
}

function fragment({ text, han }: SearchTerm): WantedToken[] {
  const letters = Array.from(text);
  const piece = (from: number, length: number): WantedToken => {
    return { text: FRAGMENT + letters.slice(from, from + length).join(''), whole: false };
  };
  if (!han) return [piece(0, MAX_WORD_LENGTH)];
  const pieces: WantedToken[] = [];
  for (let start = 0; start < letters.length; start += MAX_HAN_TAIL_LENGTH) {
    // The last piece reaches back so that it is a full one too: a short one would be found too often.
    pieces.push(piece(Math.max(0, Math.min(start, letters.length - MAX_HAN_TAIL_LENGTH)), MAX_HAN_TAIL_LENGTH));
  }
  return pieces;
}

function textQuery(terms: TextQuery['terms']): TextQuery {
  const token = ({ text, whole }: WantedToken): string => (whole ? `"${text}"` : `"${text}" *`);
  const joined = (parts: readonly string[], by: string): string =>
    parts.length === 1 ? (parts[0] ?? '') : `(${parts.join(by)})`;
  const match = terms
    .map((alternatives) =>
      joined(
        alternatives.map((all) => joined(all.map(token), ' AND ')),
        ' OR ',
      ),
    )
    .join(' AND ');
  return { terms, match };
}
