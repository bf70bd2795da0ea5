/**
 * Kinds of rows, and fields of rows, that came after version 1. Central leaves them out of what it tells a desk of an
 * earlier version, and its cursor passes them all the same; so the desk fetches the scopes that they are in when it has
 * been updated.
 */
import type { RowKind } from './change.ts';

interface Beginning {
  version: number;
  /** The part before the colon of the scopes that have such rows. */
  scopes: string;
}

const KINDS_SINCE: Partial<Record<RowKind, Beginning>> = {
  grant: { version: 2, scopes: 'device' },
  lease: { version: 2, scopes: 'device' },
  customerGroup: { version: 3, scopes: 'catalogue' },
  promotion: { version: 3, scopes: 'catalogue' },
  policy: { version: 3, scopes: 'catalogue' },
  account: { version: 3, scopes: 'branch' },
};

/** Scopes with rows that have got fields besides (src-central/change-feed/older-rows.ts). */
const FIELDS_SINCE: readonly Beginning[] = [
  { version: 3, scopes: 'catalogue' },
  { version: 3, scopes: 'branch' },
  { version: 3, scopes: 'orders' },
  { version: 3, scopes: 'device' },
];

/** Whether a desk that was fed by version `before` lacks something of that scope. */
export function lacksSince(before: number, scope: string): boolean {
  const [scopes] = scope.split(':');
  const beginnings = [...Object.values(KINDS_SINCE), ...FIELDS_SINCE];
  return beginnings.some((of) => of.version > before && of.scopes === scopes);
}

/** Whether desks of this version know rows of the kind. */
export function isKnownIn(kind: string, protocol: number): boolean {
  return (KINDS_SINCE[kind as RowKind]?.version ?? 1) <= protocol;
}
