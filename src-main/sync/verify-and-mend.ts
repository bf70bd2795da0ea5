/**
 * Verifies the replica and puts right what is not central's.
 *
 * Guarantees: every fault that is found is an alarm, with its rows by name, whether it could be mended or not; mended is
 * what a second comparison has found right. Too many faulty rows are not mended one by one: their scope fills anew. The
 * desk's own intents are never touched.
 */
import { refillScopes } from '../fill/begin.ts';
import { keepAlarm, type KeptAlarm } from '../replica/alarms.ts';
import { rebuildSearch, wrongSearchIndexes } from '../replica/check-search.ts';
import { openReplicaDigest } from '../replica/replica-digest.ts';
import { rowLabel } from '../replica/row-labels.ts';
import type { Scope } from '../../src-shared/protocol/scope.ts';
import { MAX_ALARM_ROWS } from '../../src-shared/protocol/limits.ts';
import { uuidV7 } from '../../src-shared/domain/uuid-v7.ts';
import { MEND_ROUNDS } from './limits.ts';
import { mendRows, type MendingParts } from './mend.ts';
import { narrow, type RowFault } from './narrow.ts';
import { compareReplica, verificationOf, type ComparingParts, type Comparison, type Verification } from './verify.ts';

export interface VerifyingParts extends MendingParts {
  /** Resolves when it may go on: orders are taken meanwhile. */
  pause: () => Promise<unknown>;
  random: (count: number) => Uint8Array;
  /** Unix milliseconds by central's clock, as well as it is known. */
  centralNow: () => number;
}

export interface Mended extends Verification {
  /** Which scopes are known to be right now, by number. */
  scopeIds: number[];
  /** Alarms that were raised. */
  alarms: number;
}

/** Faults of one kind in one scope. */
interface Finding {
  scope: string;
  kind: RowFault['kind'];
  /** Undefined when they are too many to be named. */
  faults: (RowFault & { label: string })[] | undefined;
}

/** @returns what the first comparison was: what it found is mended, or an alarm says that it is not. */
export async function verifyAndMend(parts: VerifyingParts, of: ComparingParts): Promise<Mended> {
  const found = new Map<string, Finding>();
  /** What the last look found, in whatever state it is since. */
  let open = new Set<string>();
  let first: Comparison | undefined;
  try {
    for (let round = 0; round < MEND_ROUNDS; round += 1) {
      const { comparison, findings } = await look(parts, { ...of, thorough: of.thorough === true && round === 0 });
      first ??= comparison;
      open = new Set(findings.map(nameOf));
      for (const finding of findings) if (!found.has(nameOf(finding))) found.set(nameOf(finding), finding);
      if (findings.length === 0) break;
      await mend(findings, parts);
    }
  } finally {
    // Also where the line was cut in the middle: what was found is told.
    for (const finding of found.values()) {
      raise(parts, finding, finding.faults !== undefined && !open.has(nameOf(finding)));
    }
  }
  const searches = await mendSearch(parts);
  if (!first) throw new Error('nothing was compared');
  return { ...verificationOf(first), scopeIds: first.scopeIds, alarms: found.size + searches };
}

async function mend(findings: readonly Finding[], parts: VerifyingParts): Promise<void> {
  const anew = new Set(findings.filter(({ faults }) => faults === undefined).map(({ scope }) => scope));
  if (anew.size > 0) {
    // The pull that follows sees that there is something to fill.
    await parts.loop.betweenPulls(() => Promise.resolve(refillScopes(parts.line.store, [...anew] as Scope[])));
  }
  const rows = findings.flatMap(({ scope, faults }) => (anew.has(scope) ? [] : (faults ?? [])));
  await mendRows(rows, parts);
}

function nameOf({ scope, kind }: Finding): string {
  return `${scope} ${kind}`;
}

async function look(
  parts: VerifyingParts,
  of: ComparingParts,
): Promise<{ comparison: Comparison; findings: Finding[] }> {
  const { line, pause, signal } = parts;
  const replica = openReplicaDigest(line.store, pause);
  try {
    const comparison = await compareReplica(line, replica, { ...of, signal });
    const findings: Finding[] = [];
    for (const difference of comparison.differences) {
      const faults = await narrow(line, replica, { difference, signal });
      if (faults?.length === 0) continue;
      findings.push({ scope: difference.scope, kind: difference.kind, faults: faults && named(parts, faults) });
    }
    return { comparison, findings: [...findings, ...(await strays(parts, replica))] };
  } finally {
    replica.close();
  }
}

/** Rows in scopes that there are none: they are nobody's, and would be found by a search all the same. */
async function strays(parts: VerifyingParts, replica: ReturnType<typeof openReplicaDigest>): Promise<Finding[]> {
  const rows = (await replica.strays()).map(({ kind, key }) => ({ scope: null, kind, key, fault: 'extra' as const }));
  return [...new Set(rows.map(({ kind }) => kind))].map((kind) => {
    const faults = rows.filter((row) => row.kind === kind);
    return { scope: '', kind, faults: named(parts, faults) };
  });
}

/** Named now: a row that should not be here has no name any more once it is gone. */
function named({ line }: VerifyingParts, faults: readonly RowFault[]): (RowFault & { label: string })[] {
  return faults.map((fault, index) =>
    Object.assign({ label: index < MAX_ALARM_ROWS ? rowLabel(line.store, fault) : '' }, fault),
  );
}

function raise(parts: VerifyingParts, { scope, kind, faults }: Finding, mended: boolean): void {
  const { store } = parts.line;
  const rows = (faults ?? []).slice(0, MAX_ALARM_ROWS).map(({ key, fault, label }) => ({
    key,
    fault,
    // A row that was missing has its name only now.
    label: label === '' ? rowLabel(store, { kind, key }) : label,
  }));
  keep(parts, { what: faults ? 'rows' : 'tooMany', scope, kind, count: faults?.length ?? 0, rows, mended });
}

/** @returns how many indexes did not find what is there. */
async function mendSearch(parts: VerifyingParts): Promise<number> {
  const { store } = parts.line;
  const wrong = await wrongSearchIndexes(store, parts.pause);
  if (wrong.length === 0) return 0;
  for (const kind of wrong) rebuildSearch(store, kind);
  const still = await wrongSearchIndexes(store, parts.pause);
  for (const kind of wrong) {
    keep(parts, { what: 'search', scope: '', kind, count: 0, rows: [], mended: !still.includes(kind) });
  }
  return wrong.length;
}

function keep({ line, random, centralNow }: VerifyingParts, alarm: Omit<KeptAlarm, 'alarmId' | 'at'>): void {
  const at = Math.round(centralNow());
  keepAlarm(line.store, { ...alarm, alarmId: uuidV7(at, random(10)), at });
}
