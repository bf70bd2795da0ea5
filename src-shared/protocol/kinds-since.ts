/**
 * Kinds of rows that came after version 1. Central leaves them out of what it tells a desk of an earlier version, and
 * its cursor passes them all the same; so the desk fetches the scopes that they are in when it has been updated.
 */
import type { RowKind } from './change.ts';

interface Beginning {
  version: number;
  /** The part before the colon of the scopes that have such rows. */
  scopes: string;
}

export const KINDS_SINCE: Partial<Record<RowKind, Beginning>> = {
  grant: { version: 2, scopes: 'device' },
  lease: { version: 2, scopes: 'device' },
};

/** Whether desks of this version know rows of the kind. */
export function isKnownIn(kind: string, protocol: number): boolean {
  return (KINDS_SINCE[kind as RowKind]?.version ?? 1) <= protocol;
}
