/**
 * What the rows of each scope come to, at one cursor: read on a snapshot of the file with a pause after every slice, so
 * that orders are taken and pages come in meanwhile. The snapshot stays for further questions until it is closed; it
 * keeps the WAL from being emptied, so that must be soon.
 */
import { hash } from 'node:crypto';
import type { RowKind } from '../../src-shared/protocol/change.ts';
import { addDigest } from '../../src-shared/protocol/digest.ts';
import type { Store, StoreSnapshot } from '../store/store.ts';
import { readCursor } from './cursor.ts';
import { hashedRows, storedKinds, type HashedRow } from './digest.ts';
import { heldScopes, type HeldScope } from './scopes.ts';

export interface KindSum {
  rows: number;
  /** Modulo 2^64. */
  sum: bigint;
}

export interface ReplicaDigest {
  cursor: string;
  scopes: readonly HeldScope[];
  /** By scope and kind; rows of a scope that is none are under its number, too. */
  sums(): Promise<ReadonlyMap<number, ReadonlyMap<RowKind, KindSum>>>;
  /** By bucket of keys, for one scope and kind. */
  buckets(scopeId: number, kind: RowKind): Promise<Map<number, KindSum>>;
  /** Hashes by key, of some buckets. */
  rows(scopeId: number, kind: RowKind, buckets: ReadonlySet<number>): Promise<Map<string, bigint>>;
  /** Rows in scopes that this file does not know of. */
  strays(): Promise<{ kind: RowKind; key: string }[]>;
  close(): void;
}

/** @param pause resolves when it may go on, at the soonest in another turn of the event loop. */
export function openReplicaDigest(store: Store, pause: () => Promise<unknown>): ReplicaDigest {
  const snapshot = store.snapshot();
  return {
    cursor: readCursor(snapshot),
    scopes: heldScopes(snapshot),
    sums: async () => {
      const sums = new Map<number, Map<RowKind, KindSum>>();
      for (const kind of storedKinds(snapshot)) {
        await eachRow(snapshot, { kind, pause }, (row) => {
          const kinds = sums.get(row.scopeId) ?? new Map<RowKind, KindSum>();
          sums.set(row.scopeId, kinds);
          add(kinds, kind, row);
        });
      }
      return sums;
    },
    ...questions(snapshot, pause),
    close: () => snapshot.close(),
  };
}

function questions(
  snapshot: StoreSnapshot,
  pause: () => Promise<unknown>,
): Pick<ReplicaDigest, 'buckets' | 'rows' | 'strays'> {
  return {
    buckets: async (scopeId, kind) => {
      const buckets = new Map<number, KindSum>();
      await eachRow(snapshot, { kind, pause }, (row) => {
        if (row.scopeId === scopeId) add(buckets, bucketOf(row.key), row);
      });
      return buckets;
    },
    rows: async (scopeId, kind, wanted) => {
      const rows = new Map<string, bigint>();
      await eachRow(snapshot, { kind, pause }, (row) => {
        if (row.scopeId === scopeId && wanted.has(bucketOf(row.key))) rows.set(row.key, row.hash);
      });
      return rows;
    },
    strays: async () => {
      const known = new Set(heldScopes(snapshot).map(({ scopeId }) => scopeId));
      const found: { kind: RowKind; key: string }[] = [];
      for (const kind of storedKinds(snapshot)) {
        await eachRow(snapshot, { kind, pause }, ({ scopeId, key }) => {
          if (!known.has(scopeId)) found.push({ kind, key });
        });
      }
      return found;
    },
  };
}

async function eachRow(
  snapshot: StoreSnapshot,
  { kind, pause }: { kind: RowKind; pause: () => Promise<unknown> },
  take: (row: HashedRow) => void,
): Promise<void> {
  for (const slice of hashedRows(snapshot, kind)) {
    for (const row of slice) take(row);
    await pause();
  }
}

function add<K>(sums: Map<K, KindSum>, name: K, row: HashedRow): void {
  const before = sums.get(name) ?? { rows: 0, sum: 0n };
  sums.set(name, { rows: before.rows + 1, sum: addDigest(before.sum, row.hash) });
}

/** As central cuts keys into buckets: the first byte of the SHA-256. */
function bucketOf(key: string): number {
  return hash('sha256', key, 'buffer')[0] ?? 0;
}
