/** Which hit comes first: pure, and the only place that decides it. */
import { foldText, type SearchQuery } from './grams.ts';

/** What is looked at of a product or a customer. */
export interface Candidate {
  row_no: number;
  code: string;
  /** The barcode of a product, the phone number of a customer. */
  number: string | null;
  name: string;
  name_alt: string | null;
  initials: string;
  active: number;
}

const CLASSES = [
  'codeExact',
  'codePrefix',
  'numberExact',
  'numberPrefix',
  'initialsExact',
  'initialsPrefix',
  'nameStart',
  'wordStart',
  'fragment',
] as const;
type MatchClass = (typeof CLASSES)[number];

interface Ranked {
  row: Candidate;
  /** Inactive rows come after all others, whatever matched in them. */
  order: number;
  name: string;
}

/** The best first; within a class by name, then by code. */
export function rankCandidates(rows: Iterable<Candidate>, query: SearchQuery): Candidate[] {
  const ranked: Ranked[] = [];
  for (const row of rows) {
    const name = foldText(row.name);
    const order = CLASSES.indexOf(classOf(row, name, query)) + (row.active === 1 ? 0 : CLASSES.length);
    ranked.push({ row, order, name });
  }
  ranked.sort((a, b) => a.order - b.order || compareText(a.name, b.name) || compareText(a.row.code, b.row.code));
  return ranked.map(({ row }) => row);
}

function classOf(row: Candidate, name: string, { folded, terms }: SearchQuery): MatchClass {
  const code = foldText(row.code);
  if (code === folded) return 'codeExact';
  if (code.startsWith(folded)) return 'codePrefix';
  if (row.number !== null) {
    if (row.number === folded) return 'numberExact';
    if (row.number.startsWith(folded)) return 'numberPrefix';
  }
  if (row.initials === folded) return 'initialsExact';
  if (row.initials.startsWith(folded)) return 'initialsPrefix';
  const alt = row.name_alt === null ? '' : foldText(row.name_alt);
  if (name.startsWith(folded) || alt.startsWith(folded)) return 'nameStart';
  const every = terms.every(({ text }) => startsAWord(name, text) || startsAWord(alt, text) || code.startsWith(text));
  return every ? 'wordStart' : 'fragment';
}

/** Whether a text stands at the beginning of a run of letters, or where Chinese begins after something else. */
function startsAWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const before = at === 0 ? '' : text.charAt(at - 1);
    if (!/[\p{L}\p{N}]/u.test(before)) return true;
    if (isHan(before) !== isHan(text.charAt(at))) return true;
  }
  return false;
}

function isHan(character: string): boolean {
  return /\p{Script=Han}/u.test(character);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
