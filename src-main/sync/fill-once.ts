/**
 * Fetches what is missing of filling scopes, chunk after chunk. No timers: the sync loop and the simulation both call it.
 *
 * Guarantees: where a fill stands is in the file, so that any next call goes on from there; while one chunk is written
 * the next is fetched, and no more than that is held; bytes that are not central's are asked for again, a few times at
 * once and then at the loop's pace.
 */
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { FillOpenResponse } from '../../src-shared/protocol/fill.ts';
import type { Scope } from '../../src-shared/protocol/scope.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import { applyChunk, type ChunkApplied } from '../fill/apply-chunk.ts';
import { beginFirstFill, giveUpScope, needsFirstFill, refillAll, takeUpParts } from '../fill/begin.ts';
import type { Pace } from '../fill/pace.ts';
import { ChunkFault, READ_ENCODINGS, type ChunkRows, type ReadChunk } from '../fill/read-chunk.ts';
import { readCursor } from '../replica/cursor.ts';
import { nextParts, scopesWithoutParts, type OpenPart } from '../replica/filling.ts';
import { unreachable } from './central-failure.ts';
import { greeted } from './hello-once.ts';
import { CHUNK_ATTEMPTS, FILL_STEP_MS } from './limits.ts';
import { assertEpoch, type SyncLine } from './sync-line.ts';

export interface FillParts {
  pace: Pace;
  /** On this thread, or on another. */
  readChunk: ReadChunk;
  moveWal?: (() => boolean) | undefined;
  onApplied: (applied: ChunkApplied) => void;
  signal?: AbortSignal | undefined;
}

/** A desk that has nothing begins a fill; any other is left as it is. */
export async function beginFill(line: SyncLine, signal?: AbortSignal): Promise<void> {
  if (needsFirstFill(line.store)) beginFirstFill(line.store, await open(line, '', signal));
}

/** This desk's position is of no use any more (REFILL_REQUIRED): it begins anew and keeps what is on the screen. */
export async function refill(line: SyncLine, signal?: AbortSignal): Promise<void> {
  refillAll(line.store, await open(line, '', signal));
}

/** @returns how many chunks were taken in, until nothing was missing or it had taken FILL_STEP_MS; 0: nothing was. */
export async function fillOnce(line: SyncLine, parts: FillParts): Promise<number> {
  const { store } = line;
  await beginFill(line, parts.signal);
  if (scopesWithoutParts(store).length > 0) takeUpParts(store, await open(line, readCursor(store), parts.signal));
  const ahead = new Ahead();
  try {
    return await fillOn(line, parts, ahead);
  } finally {
    ahead.forget();
  }
}

async function fillOn(line: SyncLine, parts: FillParts, ahead: Ahead): Promise<number> {
  const { store } = line;
  const { pace, moveWal } = parts;
  const endAt = pace.now() + FILL_STEP_MS;
  for (let chunks = 0; ;) {
    const [part, following] = nextParts(store);
    if (!part || pace.now() > endAt) return chunks;
    const chunk = await arrived(line, parts, ahead.take(part) ?? fetch(line, parts, part));
    if (!chunk) continue;
    const { next } = chunk.header;
    const wanted = next === null ? following : { ...part, after: next };
    ahead.keep(wanted && fetch(line, parts, wanted));
    parts.onApplied(await applyChunk(chunk, { store, part, pace, moveWal }));
    chunks += 1;
    // A scope that came in with this part, its grant, has to be asked for.
    if (part.kind === 'grant' && scopesWithoutParts(store).length > 0) return chunks;
    parts.signal?.throwIfAborted();
  }
}

async function open(line: SyncLine, cursor: string, signal?: AbortSignal): Promise<FillOpenResponse> {
  return greeted(line, signal, async () => {
    const opened = await line.transport.fillOpen({ protocol: PROTOCOL_VERSION, cursor }, { token: line.token, signal });
    assertEpoch(line, opened.epoch);
    return opened;
  });
}

interface Fetching {
  part: OpenPart;
  chunk: Promise<ChunkRows>;
}

/** The chunk that is fetched while another is written, or none. */
class Ahead {
  #fetching: Fetching | undefined;

  keep(fetching: Fetching | undefined): void {
    this.forget();
    this.#fetching = fetching;
  }

  /** It, if it is the one that the part goes on with. */
  take(part: OpenPart): Fetching | undefined {
    const fetching = this.#fetching;
    const of = fetching?.part;
    if (of?.scopeId !== part.scopeId || of.kind !== part.kind || of.after !== part.after) return undefined;
    this.#fetching = undefined;
    return fetching;
  }

  /** Nobody will look at it. */
  forget(): void {
    void this.#fetching?.chunk.then(
      (chunk) => chunk.drop(),
      () => undefined,
    );
    this.#fetching = undefined;
  }
}

function fetch(line: SyncLine, parts: FillParts, part: OpenPart): Fetching {
  const chunk = fetchChunk(line, parts, part);
  // It is looked at later, or not at all.
  chunk.catch(() => undefined);
  return { part, chunk };
}

/** `undefined`: the scope is none of this desk's any more, and was given up. */
async function arrived(
  line: SyncLine,
  { signal }: FillParts,
  { part, chunk }: Fetching,
): Promise<ChunkRows | undefined> {
  try {
    return await chunk;
  } catch (error) {
    if (signal?.aborted === true || !(error instanceof AppError) || error.data.code !== 'NOT_FOUND') throw error;
    giveUpScope(line.store, part.scope as Scope);
    return undefined;
  }
}

async function fetchChunk(line: SyncLine, parts: FillParts, part: OpenPart): Promise<ChunkRows> {
  const { kind, from, after } = part;
  const scope = part.scope as Scope;
  for (let attempt = 1; ; attempt += 1) {
    const frame = await greeted(line, parts.signal, () =>
      line.transport.fillChunk(
        { protocol: PROTOCOL_VERSION, scope, kind, from, after, accept: [...READ_ENCODINGS] },
        { token: line.token, signal: parts.signal },
      ),
    );
    try {
      const chunk = await parts.readChunk(frame);
      const { header } = chunk;
      assertEpoch(line, header.epoch);
      if (header.scope !== scope || header.kind !== kind || header.after !== after) {
        throw new ChunkFault('it is another than was asked for');
      }
      return chunk;
    } catch (error) {
      if (!(error instanceof ChunkFault)) throw error;
      if (attempt >= CHUNK_ATTEMPTS) throw unreachable('garbled', error);
    }
  }
}
