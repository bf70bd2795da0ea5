/** Reasons that were given for prices by hand, the latest first: on this machine, for whoever types next. */
import { z } from 'zod';
import type { OrderDraft } from './draft.ts';

const KEY = 'orderdesk.priceReasons';
const KEPT = 6;

const kept = z.array(z.string());

/** Those of the order's other lines first: what is agreed for one is often agreed for the next. */
export function offeredReasons(draft: OrderDraft, lineKey: string): string[] {
  const others = draft.lines.filter((line) => line.key !== lineKey).toReversed();
  return distinct([...others.map((line) => line.manual?.reason ?? ''), ...recentReasons()]).slice(0, KEPT);
}

/** An order was saved: what it says is worth offering again. */
export function rememberReasons(draft: OrderDraft): void {
  const given = distinct(draft.lines.map((line) => line.manual?.reason ?? ''));
  if (given.length === 0) return;
  const content = JSON.stringify(distinct([...given, ...recentReasons()]).slice(0, KEPT));
  try {
    localStorage.setItem(KEY, content);
  } catch {
    // A full or forbidden storage costs an offer, no order.
  }
}

function recentReasons(): string[] {
  try {
    return kept.parse(JSON.parse(localStorage.getItem(KEY) ?? '[]'));
  } catch {
    return [];
  }
}

function distinct(reasons: readonly string[]): string[] {
  return [...new Set(reasons.map((reason) => reason.trim()).filter((reason) => reason !== ''))];
}
