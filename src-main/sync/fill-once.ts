/**
 * Fetches what is missing of filling scopes, chunk after chunk. No timers: the sync loop and the simulation both call it.
 *
 * Guarantees: where a fill stands is in the file, so that any next call goes on from there; while one chunk is written
 * the next ones come (chunk-belt.ts).
 */
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { FillOpenResponse } from '../../src-shared/protocol/fill.ts';
import type { Scope } from '../../src-shared/protocol/scope.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import { applyChunk, moveOn, type ChunkApplied, type MoveWal } from '../fill/apply-chunk.ts';
import { betweenSlices } from '../fill/between-slices.ts';
import { beginFirstFill, giveUpScope, needsFirstFill, refillAll, takeUpParts } from '../fill/begin.ts';
import type { Pace } from '../fill/pace.ts';
import { enterSlice, loadWaiting, mergeSlice } from '../fill/enter-search.ts';
import { MERGING_SLICES, MERGING_STEP_MS } from '../fill/limits.ts';
import type { ChunkRows } from '../fill/read-chunk.ts';
import { readCursor } from '../replica/cursor.ts';
import { nextParts, scopesWithoutParts, type OpenPart } from '../replica/filling.ts';
import { isAllEntered } from '../replica/search/search-index.ts';
import { ChunkBelt, type BeltParts } from './chunk-belt.ts';
import { greeted } from './hello-once.ts';
import { FILL_STEP_MS } from './limits.ts';
import { assertEpoch, type SyncLine } from './sync-line.ts';

export interface FillParts extends BeltParts {
  pace: Pace;
  moveWal?: MoveWal | undefined;
  onApplied: (applied: ChunkApplied) => void;
}

/** A desk that has nothing begins a fill; any other is left as it is. */
export async function beginFill(line: SyncLine, signal?: AbortSignal): Promise<void> {
  if (needsFirstFill(line.store)) beginFirstFill(line.store, await open(line, '', signal));
}

/** This desk's position is of no use any more (REFILL_REQUIRED): it begins anew and keeps what is on the screen. */
export async function refill(line: SyncLine, signal?: AbortSignal): Promise<void> {
  refillAll(line.store, await open(line, '', signal));
}

/**
 * @returns how many chunks were taken in, until nothing was missing or it had taken FILL_STEP_MS; at least 1 where entries
 *          of the search index were still to be made; 0: nothing was missing.
 */
export async function fillOnce(line: SyncLine, parts: FillParts): Promise<number> {
  const { store } = line;
  await beginFill(line, parts.signal);
  if (scopesWithoutParts(store).length > 0) takeUpParts(store, await open(line, readCursor(store), parts.signal));
  await loadWaiting(store, parts.pace);
  const belt = new ChunkBelt(line, parts);
  try {
    const chunks = await fillOn(line, parts, belt);
    if (await enterAll(line, parts)) return Math.max(1, chunks);
    // What has come joins before.
    if (chunks === 0) await mergeOn(line, parts);
    return chunks;
  } finally {
    belt.forget();
  }
}

async function fillOn(line: SyncLine, parts: FillParts, belt: ChunkBelt): Promise<number> {
  const { store } = line;
  const { pace, moveWal } = parts;
  const endAt = pace.now() + FILL_STEP_MS;
  for (let chunks = 0; ;) {
    const [part, ...following] = nextParts(store);
    if (!part || pace.now() > endAt) return chunks;
    const coming = belt.take([part, ...following]);
    await enterUntil(line, parts, coming);
    const chunk = await arrived(line, parts, { part, chunk: coming });
    if (!chunk) continue;
    parts.onApplied(await applyChunk(chunk, { store, part, pace, moveWal }));
    chunks += 1;
    // A scope that came in with this part, its grant, has to be asked for.
    if (part.kind === 'grant' && scopesWithoutParts(store).length > 0) return chunks;
    parts.signal?.throwIfAborted();
  }
}

/** Nothing else is to do while the next chunk comes. */
async function enterUntil({ store }: SyncLine, { pace }: FillParts, coming: Promise<unknown>): Promise<void> {
  const come = coming.then(yes, yes);
  const nextTurn = (): Promise<false> => betweenSlices(store, pace).then(() => false);
  // A chunk that is here already ends it before any slice.
  while (!(await Promise.race([come, nextTurn()])) && enterSlice(store, pace));
}

function yes(): true {
  return true;
}

/** @returns whether there was something to enter. */
async function enterAll({ store }: SyncLine, { pace, signal }: FillParts): Promise<boolean> {
  if (isAllEntered(store)) return false;
  while (enterSlice(store, pace)) {
    await betweenSlices(store, pace);
    signal?.throwIfAborted();
  }
  store.commitGathered();
  return true;
}

/** A few pages may take ten times as long as most: a word that is in every row is merged in one go. So only in pauses. */
async function mergeOn({ store }: SyncLine, { pace, moveWal, signal }: FillParts): Promise<void> {
  const endAt = pace.now() + MERGING_STEP_MS;
  const mayGoOn = (): boolean => !pace.isAttended() && pace.now() < endAt;
  for (let slices = 1; mayGoOn() && mergeSlice(store, pace); slices += 1) {
    await pace.pause();
    if (slices % MERGING_SLICES === 0) await moveOn(store, moveWal);
    signal?.throwIfAborted();
  }
}

async function open(line: SyncLine, cursor: string, signal?: AbortSignal): Promise<FillOpenResponse> {
  return greeted(line, signal, async () => {
    const opened = await line.transport.fillOpen({ protocol: PROTOCOL_VERSION, cursor }, { token: line.token, signal });
    assertEpoch(line, opened.epoch);
    return opened;
  });
}

/** `undefined`: the scope is none of this desk's any more, and was given up. */
async function arrived(
  line: SyncLine,
  { signal }: FillParts,
  { part, chunk }: { part: OpenPart; chunk: Promise<ChunkRows> },
): Promise<ChunkRows | undefined> {
  try {
    return await chunk;
  } catch (error) {
    if (signal?.aborted === true || !(error instanceof AppError) || error.data.code !== 'NOT_FOUND') throw error;
    giveUpScope(line.store, part.scope as Scope);
    return undefined;
  }
}
