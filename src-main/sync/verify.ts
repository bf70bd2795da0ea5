/**
 * Compares the replica with central, at the very same cursor and scope by scope; a scope that is being filled, or that
 * is leaving, is no part of it. That central moves on all the time is no difference.
 */
import { setImmediate } from 'node:timers/promises';
import type { RowKind } from '../../src-shared/protocol/change.ts';
import { addDigest, digestHex, type DigestTable } from '../../src-shared/protocol/digest.ts';
import type { Scope } from '../../src-shared/protocol/scope.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import { openReplicaDigest, type KindSum, type ReplicaDigest } from '../replica/replica-digest.ts';
import { greeted } from './hello-once.ts';
import { assertEpoch, type SyncLine } from './sync-line.ts';

/** Rows of one kind, in one scope, that are not what central has. */
export interface Difference {
  scopeId: number;
  scope: Scope;
  kind: RowKind;
  /** How many rows there are of it on the side that has more. */
  rows: number;
}

export interface Comparison {
  /** The cursor at which both were computed. */
  at: string;
  here: DigestTable;
  central: DigestTable;
  differences: Difference[];
  /** Scopes that were compared. */
  scopeIds: number[];
}

export interface ComparingParts {
  /** A person asked: central looks at its own tables, too. */
  thorough?: boolean;
  /** Left out, all. */
  scopeIds?: readonly number[] | undefined;
  signal?: AbortSignal | undefined;
}

/** @throws AppError CENTRAL_UNREACHABLE and its like; CENTRAL_BUSY while this desk has not caught up. */
export async function compareReplica(line: SyncLine, replica: ReplicaDigest, of: ComparingParts): Promise<Comparison> {
  const { cursor } = replica;
  const request = { protocol: PROTOCOL_VERSION, cursor, thorough: of.thorough === true };
  // First: where the line is down, nothing was computed for it.
  const answer = await greeted(line, of.signal, () =>
    line.transport.digest(request, { token: line.token, signal: of.signal }),
  );
  assertEpoch(line, answer.epoch);
  const sums = await replica.sums();
  const tables = new Map<string, DigestTable>(answer.scopes.map(({ scope, tables: table }) => [scope, table]));
  const comparison: Comparison = { at: cursor, here: {}, central: {}, differences: [], scopeIds: [] };
  for (const { scopeId, name, state } of replica.scopes) {
    if (state !== 'joined' || (of.scopeIds && !of.scopeIds.includes(scopeId))) continue;
    comparison.scopeIds.push(scopeId);
    const here = tableOf(sums.get(scopeId));
    const central = tables.get(name) ?? {};
    for (const kind of new Set([...Object.keys(here), ...Object.keys(central)])) {
      const [ours, theirs] = [here[kind] ?? EMPTY, central[kind] ?? EMPTY];
      comparison.here[kind] = plus(comparison.here[kind], ours);
      comparison.central[kind] = plus(comparison.central[kind], theirs);
      if (ours.rows === theirs.rows && ours.digest === theirs.digest) continue;
      const rows = Math.max(ours.rows, theirs.rows);
      comparison.differences.push({ scopeId, scope: name as Scope, kind: kind as RowKind, rows });
    }
  }
  return comparison;
}

export interface Verification extends Omit<Comparison, 'differences' | 'scopeIds'> {
  equal: boolean;
  /** Kinds of rows whose count or digest differs. */
  different: string[];
}

/** Compares once everything has come in, and mends nothing. `catchUp` pulls until there is no more. */
export async function verify(line: SyncLine, catchUp: () => Promise<void>): Promise<Verification> {
  await catchUp();
  const replica = openReplicaDigest(line.store, () => setImmediate());
  try {
    return verificationOf(await compareReplica(line, replica, { thorough: true }));
  } finally {
    replica.close();
  }
}

export function verificationOf({ at, here, central, differences }: Comparison): Verification {
  const different = [...new Set<string>(differences.map(({ kind }) => kind))];
  return { equal: different.length === 0, at, here, central, different };
}

const EMPTY = { rows: 0, digest: digestHex(0n) };

function tableOf(kinds: ReadonlyMap<RowKind, KindSum> | undefined): DigestTable {
  const pairs = [...(kinds ?? [])].map(([kind, { rows, sum }]) => [kind, { rows, digest: digestHex(sum) }] as const);
  return Object.fromEntries(pairs);
}

function plus(before: DigestTable[string] = EMPTY, added: DigestTable[string]): DigestTable[string] {
  const sum = addDigest(BigInt(`0x${before.digest}`), BigInt(`0x${added.digest}`));
  return { rows: before.rows + added.rows, digest: digestHex(sum) };
}
