/**
 * Takes the two long lists of an order out of its text without parsing them: they are kept as text, and a year's orders
 * are for the most part lists.
 *
 * It counts on the order in which canonical JSON has the keys (`history`, `lines`, `madeAt`), and on no string being able
 * to hold a quotation mark without a backslash before it, so that what looks like a key is one. What is not laid out like
 * that is left to whoever parses the whole.
 */
import type { Order } from '../../src-shared/domain/order.ts';

export interface CutOrder {
  rev: number;
  /** All but the lists. */
  row: Omit<Order, 'lines' | 'history'>;
  lines: string;
  lineCount: number;
  history: string;
}

const HISTORY = Buffer.from('"history":[');
const LINES = Buffer.from('],"lines":[');
const AFTER_LINES = Buffer.from('],"madeAt":');
/** Once in each line. */
const IN_LINE = '"productId":';

/** Of `[rev,order]` between two places; undefined where it is not laid out so. @throws SyntaxError when it is no JSON. */
export function cutOrder(raw: Buffer, from: number, to: number): CutOrder | undefined {
  const atHistory = raw.indexOf(HISTORY, from);
  if (atHistory < 0 || atHistory >= to) return undefined;
  const listFrom = atHistory + HISTORY.length - 1;
  const atLines = raw.indexOf(LINES, listFrom + 1);
  const atEnd = raw.lastIndexOf(AFTER_LINES, to - 1);
  if (atLines < 0 || atEnd <= atLines) return undefined;
  const lines = raw.toString('utf8', atLines + LINES.length - 1, atEnd + 1);
  const rest = raw.toString('utf8', from, atHistory) + raw.toString('utf8', atEnd + 2, to);
  const [rev, row] = JSON.parse(rest) as [number, CutOrder['row']];
  return { rev, row, lines, lineCount: countOf(IN_LINE, lines), history: raw.toString('utf8', listFrom, atLines + 1) };
}

function countOf(what: string, text: string): number {
  let count = 0;
  for (let at = text.indexOf(what); at >= 0; at = text.indexOf(what, at + what.length)) count += 1;
  return count;
}
