/**
 * Which copies go. The newest always stays, whatever the policy says: it is the last good one, for a copy has a name
 * only when it has been read back.
 */
import { rmSync } from 'node:fs';
import { listCopies, listUnfinished, type Copy, type CopyKind, type DeskFolder } from './desk-folder.ts';
import { syncFolder } from './durable-files.ts';
import { KEEP_ORDERS_COPIES, KEEP_WHOLE_COPIES } from './limits.ts';

export interface KeepPolicy {
  newest: number;
  /** Besides, the newest of each of so many last hours that have one. */
  hours: number;
  days: number;
  mostBytes: number;
}

const POLICIES: Record<CopyKind, KeepPolicy> = { orders: KEEP_ORDERS_COPIES, whole: KEEP_WHOLE_COPIES };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** @param copies of one kind, newest first. */
export function copiesToRemove(copies: readonly Copy[], policy: KeepPolicy): Copy[] {
  const kept = new Set(copies.slice(0, Math.max(1, policy.newest)));
  for (const copy of newestPer(copies, HOUR_MS, policy.hours)) kept.add(copy);
  for (const copy of newestPer(copies, DAY_MS, policy.days)) kept.add(copy);
  let bytes = 0;
  for (const [index, copy] of copies.entries()) {
    if (!kept.has(copy)) continue;
    bytes += copy.bytes;
    if (index > 0 && bytes > policy.mostBytes) kept.delete(copy);
  }
  return copies.filter((copy) => !kept.has(copy));
}

function newestPer(copies: readonly Copy[], spanMs: number, most: number): Copy[] {
  const spans = new Map<number, Copy>();
  for (const copy of copies) {
    const span = Math.floor(copy.at / spanMs);
    if (!spans.has(span)) spans.set(span, copy);
  }
  return [...spans.values()].slice(0, most);
}

/** Removes what the policy lets go, and what copies that were cut short have left. */
export function pruneCopies(folder: DeskFolder): void {
  const copies = listCopies(folder);
  const gone = (['orders', 'whole'] as const).flatMap((kind) =>
    copiesToRemove(
      copies.filter((copy) => copy.kind === kind),
      POLICIES[kind],
    ),
  );
  const paths = [...gone.map((copy) => copy.path), ...listUnfinished(folder)];
  for (const path of paths) rmSync(path, { force: true });
  if (paths.length > 0) syncFolder(folder.backups);
}
