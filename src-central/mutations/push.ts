/**
 * Push: a desk's mutations come in, each gets an outcome.
 *
 * Guarantees: every mutation takes effect at most once and has one receipt, committed with its effect; a repeated one
 * gets its first verdict; one that is forged, unreadable, held or poisonous holds up no other. Two batches of one
 * warehouse are judged one after the other, so together they can't take more than there is.
 *
 * Not guaranteed: that the answer arrives. The receipt comes with the feed; the answer is a hint.
 */
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { PushOutcome } from '../../src-shared/protocol/receipt.ts';
import { warehouseLock } from '../db/lock-keys.ts';
import type { CentralDb } from '../db/schema.ts';
import { isDatabaseTrouble } from '../db/transient-fault.ts';
import { writeTransaction } from '../db/write-transaction.ts';
import type { Device } from '../identity/device.ts';
import { epochChanged, type Epoch } from '../identity/epoch.ts';
import { SLICE_MUTATIONS } from '../limits.ts';
import type { CatalogueMemory } from './catalogue-memory.ts';
import type { GatheredPushes } from './gathered-pushes.ts';
import { judgeInSlices, type BatchVerdicts, type Candidate, type JudgingContext } from './judge-batch.ts';
import { loadBatch } from './load-batch.ts';
import { readCandidates } from './read-candidates.ts';
import { BatchWriter } from './write-batch.ts';

export interface PushContext {
  db: CentralDb;
  epoch: Epoch;
  device: Device;
  catalogue: CatalogueMemory;
  /** The codes of the device's incarnations, by id. */
  incarnations: ReadonlyMap<string, string>;
  /** Under which incarnation the desk speaks: its mutations have their places there. */
  incarnationId?: string;
  /** Told that two mutations were offered in one place. */
  placeTaken?: () => void;
  /** Where pushes of one desk meet; left out, each is settled by itself. */
  gathered?: GatheredPushes<Settled> | undefined;
  /** What is written at a time, while the next are judged, where not the limits'. */
  sliceMutations?: number | undefined;
  logFault: (error: unknown) => string;
  /** Told the id of every transaction that this push committed. */
  committed: (xid: string) => void;
}

/** What one transaction came to. */
export interface Settled {
  verdicts: BatchVerdicts;
  placeTaken: boolean;
}

/** Outcomes in no particular order. An element without an id has none. */
export async function pushMutations(context: PushContext, elements: readonly unknown[]): Promise<PushOutcome[]> {
  const { candidates: read, outcomes } = await readCandidates(context, elements);
  const candidates: Candidate[] = read;
  for (const candidate of candidates) candidate.offeredBy = context.incarnationId;
  for (let rest: readonly Candidate[] = candidates; rest.length > 0;) {
    const settled = await settleTogether(context, rest);
    for (const candidate of rest) {
      const outcome = settled.outcomes.get(candidate);
      if (outcome) outcomes.push(outcome);
    }
    const open = new Set(settled.rest);
    rest = rest.filter((candidate) => open.has(candidate));
  }
  return outcomes;
}

async function settleTogether(context: PushContext, candidates: readonly Candidate[]): Promise<BatchVerdicts> {
  try {
    return await settleGathered(context, candidates);
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (isDatabaseTrouble(error)) throw new AppError({ code: 'CENTRAL_BUSY', retry: 'later' }, { cause: error });
    context.logFault(error);
    // It may have been for the sake of another push.
    if (context.gathered) return settleTogether({ ...context, gathered: undefined }, candidates);
  }
  // The database refused the batch for the sake of one mutation in it. Each gets a transaction of its own, in the order
  // that its dependencies want, so that the poisoned one stands alone.
  const outcomes = new Map<Candidate, PushOutcome>();
  let open = [...candidates];
  for (let settled = true; settled && open.length > 0;) {
    settled = false;
    const held: Candidate[] = [];
    for (const candidate of open) {
      const outcome = await settleAlone(context, candidate);
      if (outcome) outcomes.set(candidate, outcome);
      if (outcome?.outcome === 'held') held.push(candidate);
      else settled = true;
    }
    open = held;
  }
  return { outcomes, rest: [] };
}

/** With those of the same file that wait, too. Its verdicts are of all of them. */
async function settleGathered(context: PushContext, candidates: readonly Candidate[]): Promise<BatchVerdicts> {
  const { device, incarnationId, gathered } = context;
  const work = (take: () => readonly Candidate[]): Promise<Settled> => settle(context, take);
  // One that was renamed or moved meanwhile is judged by what it is now.
  const key = JSON.stringify([device.deviceId, device.name, device.branch, incarnationId]);
  const settled = await (gathered?.settle(key, candidates, work) ?? work(() => candidates));
  if (settled.placeTaken) context.placeTaken?.();
  return settled.verdicts;
}

async function settleAlone(context: PushContext, candidate: Candidate): Promise<PushOutcome | undefined> {
  try {
    const { verdicts, placeTaken } = await settle(context, () => [candidate]);
    if (placeTaken) context.placeTaken?.();
    return verdicts.outcomes.get(candidate);
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (isDatabaseTrouble(error)) throw new AppError({ code: 'CENTRAL_BUSY', retry: 'later' }, { cause: error });
    // No verdict on what could not be written: it waits at the desk, kept and shown, and the log says why.
    return { id: candidate.body.id, outcome: 'unreadable', reason: `fault:${context.logFault(error)}` };
  }
}

async function settle(context: PushContext, take: () => readonly Candidate[]): Promise<Settled> {
  const { db, device, epoch, logFault } = context;
  const { xid, ...settled } = await writeTransaction(db, [warehouseLock(device.branch.warehouseId)], async (tx) => {
    const candidates = take();
    const judging: JudgingContext = { device, currency: epoch.currency, at: Date.now(), logFault };
    const state = await loadBatch(tx, device, candidates, context.catalogue);
    // Before anything is judged: another node may have found that this database was set back.
    if (state.epoch?.epoch !== epoch.epoch) throw epochChanged(state.epoch?.epoch ?? '');
    const { sliceMutations = SLICE_MUTATIONS } = context;
    const slices = judgeInSlices(state, candidates, { ...judging, sliceMutations });
    const written = await judgeAndWrite(new BatchWriter(tx, state, device), slices);
    return { ...written, placeTaken: state.placeTaken };
  });
  if (xid !== undefined) context.committed(xid);
  return settled;
}

/** The database writes what came of one slice while the next is judged. */
async function judgeAndWrite(
  writer: BatchWriter,
  slices: Generator<void, BatchVerdicts>,
): Promise<{ verdicts: BatchVerdicts; xid: string | undefined }> {
  try {
    for (;;) {
      const slice = slices.next();
      if (slice.done) return { verdicts: slice.value, xid: await writer.finish() };
      await writer.slice();
    }
  } finally {
    await writer.still();
  }
}
