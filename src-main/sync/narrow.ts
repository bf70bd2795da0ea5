/**
 * From "these rows differ" to the very rows: buckets of keys first, then the rows of those that differ. All of it at the
 * replica's one cursor, which its snapshot and central's feed both still know.
 */
import type { RowKind } from '../../src-shared/protocol/change.ts';
import { digestHex } from '../../src-shared/protocol/digest.ts';
import { DIGEST_BUCKETS } from '../../src-shared/protocol/limits.ts';
import type { Scope } from '../../src-shared/protocol/scope.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import type { ReplicaDigest } from '../replica/replica-digest.ts';
import { MEND_MOST_ROWS, NARROW_AT_ONCE_ROWS } from './limits.ts';
import { assertEpoch, type SyncLine } from './sync-line.ts';
import type { Difference } from './verify.ts';

export interface RowFault {
  /** The scope that central was compared in; null of a row in a scope that there is none. */
  scope: Scope | null;
  kind: RowKind;
  key: string;
  fault: 'missing' | 'extra' | 'different';
}

/** @returns undefined when they are too many to be mended one by one. */
export async function narrow(
  line: SyncLine,
  replica: ReplicaDigest,
  { difference, signal }: { difference: Difference; signal?: AbortSignal | undefined },
): Promise<RowFault[] | undefined> {
  const { scopeId, scope, kind, rows } = difference;
  const place = { protocol: PROTOCOL_VERSION, cursor: replica.cursor, scope, kind };
  const call = { token: line.token, signal };
  const buckets =
    rows <= NARROW_AT_ONCE_ROWS ? allBuckets() : await differingBuckets(line, replica, { ...difference, signal });
  if (buckets.length === 0) return [];
  const answer = await line.transport.digestRows({ ...place, buckets }, call);
  assertEpoch(line, answer.epoch);
  if (answer.rows === null) return undefined;
  const here = await replica.rows(scopeId, kind, new Set(buckets));
  const faults: RowFault[] = [];
  for (const { key, digest } of answer.rows) {
    const ours = here.get(key);
    here.delete(key);
    if (ours === undefined) faults.push({ scope, kind, key, fault: 'missing' });
    else if (digestHex(ours) !== digest) faults.push({ scope, kind, key, fault: 'different' });
  }
  for (const key of here.keys()) faults.push({ scope, kind, key, fault: 'extra' });
  return faults.length > MEND_MOST_ROWS ? undefined : faults;
}

function allBuckets(): number[] {
  return Array.from({ length: DIGEST_BUCKETS }, (_, bucket) => bucket);
}

async function differingBuckets(
  line: SyncLine,
  replica: ReplicaDigest,
  { scopeId, scope, kind, signal }: Difference & { signal?: AbortSignal | undefined },
): Promise<number[]> {
  const request = { protocol: PROTOCOL_VERSION, cursor: replica.cursor, scope, kind };
  const answer = await line.transport.digestBuckets(request, { token: line.token, signal });
  assertEpoch(line, answer.epoch);
  const theirs = new Map(answer.buckets.map((each) => [each.bucket, each]));
  const ours = await replica.buckets(scopeId, kind);
  return allBuckets().filter((bucket) => {
    const [here, there] = [ours.get(bucket), theirs.get(bucket)];
    return (here?.rows ?? 0) !== (there?.rows ?? 0) || (here && digestHex(here.sum) !== there?.digest);
  });
}
