/**
 * Brings settled mutations back to a central that was set back. One batch a call; no timers.
 *
 * Guarantees: everything that this file has settled is shown to central or known to it before the desk says "done", also
 * after a crash half-way; nothing leaves the journal by it. What is offered goes in the order in which it was written
 * down, so a lane's mutations come one after another.
 */
import type { MutationId } from '../../src-shared/domain/ids.ts';
import { MAX_PUSH_BYTES, MAX_PUSH_MUTATIONS, MAX_REOFFER_IDS } from '../../src-shared/protocol/limits.ts';
import type { ReofferedMutation, ReofferResponse } from '../../src-shared/protocol/reoffer.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import { judgeAnew, markKnown, noteProof, settledEntry, unknownTo, unprovenIds } from '../outbox/journal.ts';
import { readMeta, removeMeta, writeMeta } from '../store/meta.ts';
import type { Store, WriteTx } from '../store/store.ts';
import { assertEpoch, type SyncLine } from './sync-line.ts';

/** How far the re-offering of an epoch has come: `<epoch> <seq>`. */
const KEY = 'reoffer';

/** To be called in the transaction that adopts a new epoch. */
export function beginReoffer(store: Store, tx: WriteTx, epoch: string): void {
  writeMeta(store, tx, { key: KEY, value: `${epoch} 0` });
}

/** Whether something is settled here that central has not said to have in this epoch. */
export function hasUnknown(store: Store, epoch: string): boolean {
  return unknownTo(store, { epoch, after: 0, limit: 1 }).length > 0;
}

/** How many were offered or found to be known; 0 when nothing is left to bring back. */
export async function reofferOnce(line: SyncLine, signal?: AbortSignal): Promise<number> {
  const [epoch, after = '0'] = readMeta(line.store, KEY)?.split(' ') ?? [];
  if (epoch !== line.epoch) return 0;
  const next = unknownTo(line.store, { epoch, after: Number(after), limit: MAX_REOFFER_IDS });
  // What central takes for unproven is not back yet.
  const done = next.length === 0 && !hasUnknown(line.store, epoch);
  const asked = await ask(line, { ids: next.map(({ id }) => id), done, signal });
  const missing = new Set<string>(asked.missing);
  const known = next.filter(({ id }) => !missing.has(id)).map(({ id }) => id);
  line.store.transaction((tx) => {
    markKnown(line.store, tx, { ids: known, epoch, now: asked.now });
    if (next.length === 0) removeMeta(line.store, tx, KEY);
  });
  await offerAll(line, asked.missing, signal);
  const last = next.at(-1);
  // Only now: a crash before offers them again.
  if (last) line.store.transaction((tx) => writeMeta(line.store, tx, { key: KEY, value: `${epoch} ${last.seq}` }));
  return next.length;
}

async function offerAll(line: SyncLine, ids: readonly MutationId[], signal?: AbortSignal): Promise<void> {
  let batch: ReofferedMutation[] = [];
  let bytes = 0;
  for (const id of ids) {
    const entry = settledEntry(line.store, id, line.incarnationId);
    if (entry === 'unproven') line.store.transaction((tx) => judgeAnew(line.store, tx, id));
    if (entry === undefined || entry === 'unproven') continue;
    const size = Buffer.byteLength(JSON.stringify(entry));
    if (batch.length === MAX_PUSH_MUTATIONS || (batch.length > 0 && bytes + size > MAX_PUSH_BYTES)) {
      await offer(line, batch, signal);
      [batch, bytes] = [[], 0];
    }
    batch.push(entry);
    bytes += size;
  }
  if (batch.length > 0) await offer(line, batch, signal);
}

async function offer(line: SyncLine, mutations: readonly ReofferedMutation[], signal?: AbortSignal): Promise<void> {
  const { store, epoch } = line;
  const answer = await ask(line, { mutations, signal });
  // What central keeps, or can't read but has, it will not want again. What it takes for unproven stays to be offered.
  const ids = answer.outcomes.filter(({ outcome }) => outcome !== 'unproven').map(({ id }) => id);
  store.transaction((tx) => markKnown(store, tx, { ids, epoch, now: answer.now }));
}

async function ask(
  line: SyncLine,
  of: {
    ids?: readonly MutationId[];
    mutations?: readonly ReofferedMutation[];
    done?: boolean;
    signal: AbortSignal | undefined;
  },
): Promise<ReofferResponse> {
  const { ids = [], mutations = [], done = false, signal } = of;
  const answer = await line.transport.reoffer(
    {
      protocol: PROTOCOL_VERSION,
      epoch: line.epoch,
      incarnationId: line.incarnationId,
      ask: [...ids],
      mutations: [...mutations],
      done,
    },
    { token: line.token, signal },
  );
  assertEpoch(line, answer.epoch);
  return answer;
}

/** Fetches proofs for receipts that came without one. @returns how many came. */
export async function fetchProofs(line: SyncLine, signal?: AbortSignal): Promise<number> {
  const ids = unprovenIds(line.store, { epoch: line.epoch, limit: MAX_REOFFER_IDS });
  if (ids.length === 0) return 0;
  const answer = await line.transport.proofs({ protocol: PROTOCOL_VERSION, ids }, { token: line.token, signal });
  assertEpoch(line, answer.epoch);
  line.store.transaction((tx) => {
    for (const proved of answer.proofs) noteProof(line.store, tx, proved);
  });
  return answer.proofs.length;
}
