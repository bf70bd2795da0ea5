/**
 * Fills: what a new or long-absent desk is handed in place of the feed from its beginning.
 *
 * Guarantees: a chunk is the true state of a range of keys at one position of the feed, and that position is not before
 * the one from which the desk hears of changes, so that chunks and feed together miss nothing. Nothing of a fill is
 * kept here but what can be made again (positions handed out, packed chunks): a desk may go on with any node. Not
 * guaranteed: that all chunks of a fill are of one position. The desk knows a scope's rows to be central's when it has
 * pulled past all of them.
 */
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { RowKind } from '../../src-shared/protocol/change.ts';
import type { FillChunkRequest, FillOpenRequest, FillOpenResponse } from '../../src-shared/protocol/fill.ts';
import { cursorOf, xidOfCursor, type FeedPosition } from '../change-feed/cursor.ts';
import { readGate } from '../change-feed/gate.ts';
import { isKnownIn } from '../../src-shared/protocol/kinds-since.ts';
import { isOlder } from '../change-feed/older-rows.ts';
import { pinFeed } from '../change-feed/pins.ts';
import type { CentralDb } from '../db/schema.ts';
import type { Device } from '../identity/device.ts';
import { ChunkCache } from './chunk-cache.ts';
import { frameOf } from './frame.ts';
import { CHUNK_CACHE_BYTES, CHUNK_ROWS, GENERATION_MS, PIN_TOUCH_MS } from './limits.ts';
import { partsOf } from './parts.ts';
import { readChunk } from './read-chunk.ts';

export interface FillServiceParts {
  db: CentralDb;
  epoch: { readonly epoch: string };
  /** Milliseconds that only go forward. */
  monotonicNow?: () => number;
  /** How many rows one chunk looks at, where it is not as limits.ts says. */
  chunkRows?: (kind: RowKind) => number;
  /** How long desks are given one position; GENERATION_MS where left out. Always less than a pin holds. */
  generationMs?: number;
}

export class FillService {
  readonly #db: CentralDb;
  readonly #epoch: { readonly epoch: string };
  readonly #monotonicNow: () => number;
  readonly #generationMs: number;
  readonly #chunkRows: (kind: RowKind) => number;
  readonly #cache = new ChunkCache(CHUNK_CACHE_BYTES);
  /** The position that desks without one are given at present. */
  #generation: (FeedPosition & { epoch: string; since: number }) | undefined;
  readonly #pinned = new Map<string, { xid: string; touchedAt: number }>();

  constructor({ db, epoch, monotonicNow, chunkRows, generationMs }: FillServiceParts) {
    this.#generationMs = generationMs ?? GENERATION_MS;
    this.#db = db;
    this.#epoch = epoch;
    this.#monotonicNow = monotonicNow ?? (() => performance.now());
    this.#chunkRows = chunkRows ?? ((kind) => CHUNK_ROWS[kind]);
  }

  /** @throws AppError EPOCH_CHANGED for a position of another life of central. */
  async open(device: Device, request: FillOpenRequest): Promise<FillOpenResponse> {
    const { epoch } = this.#epoch;
    // Refused before anything is done, where it is of another life.
    xidOfCursor(request.cursor, epoch);
    const parts = (await partsOf(this.#db, device.scopes)).filter(({ kind }) => isKnownIn(kind, request.protocol));
    const from = request.cursor === '' ? cursorOf(epoch, await this.#begin(device)) : request.cursor;
    const { now } = await readGate(this.#db);
    return { epoch, now, from, parts };
  }

  /**
   * @returns the frame (src-shared/protocol/fill.ts).
   * @throws AppError NOT_FOUND for a scope that the token does not open; EPOCH_CHANGED.
   */
  async chunk(device: Device, request: FillChunkRequest): Promise<Buffer> {
    const { epoch } = this.#epoch;
    const { scope, kind, after, accept } = request;
    const from = xidOfCursor(request.from, epoch);
    if (!device.scopes.includes(scope)) throw new AppError({ code: 'NOT_FOUND', retry: 'never', what: scope });
    await this.#pin(device, from);
    const encoding = accept.includes('zstd') ? 'zstd' : 'gzip';
    const older = isOlder(request.protocol);
    const name = `${epoch} ${encoding} ${scope} ${kind} ${older ? 'older' : 'newest'} ${after}`;
    return this.#cache.get(name, BigInt(from), async () => {
      const range = { scope, kind, after, limit: this.#chunkRows(kind), older };
      const { at, rows, body, next } = await readChunk(this.#db, range);
      const header = {
        epoch,
        scope,
        kind,
        after,
        at: cursorOf(epoch, { xid: at, run: null }),
        rows,
        encoding,
        next,
      } as const;
      return { at, frame: await frameOf(header, body) };
    });
  }

  async #begin(device: Device): Promise<FeedPosition> {
    const { epoch } = this.#epoch;
    const now = this.#monotonicNow();
    let generation = this.#generation;
    if (!generation || generation.epoch !== epoch || now - generation.since > this.#generationMs) {
      const { horizon, run } = await readGate(this.#db);
      generation = { epoch, xid: horizon, run, since: now };
      this.#generation = generation;
    }
    // In any case: it may have been given this one before, and have let go of it by reading on.
    this.#pinned.delete(device.deviceId);
    await this.#pin(device, generation.xid);
    return generation;
  }

  async #pin({ deviceId }: Device, xid: string): Promise<void> {
    const now = this.#monotonicNow();
    const pinned = this.#pinned.get(deviceId);
    if (pinned?.xid === xid && now - pinned.touchedAt < PIN_TOUCH_MS) return;
    this.#pinned.set(deviceId, { xid, touchedAt: now });
    await pinFeed(this.#db, { deviceId, xid });
  }
}
