/**
 * The chunks that come after the one that is written: at any moment one is on its way or waits as it came, one is parsed
 * or waits as rows. What comes after a chunk is read off its header as soon as its bytes are here, before anybody has
 * looked at the rest of them, so that central makes the next while this one is unpacked.
 *
 * Guarantees: no more than that is held; a chunk is given out only to the part that goes on exactly where it begins, so
 * that what was asked for after a header that was wrong is dropped; bytes that are not central's are asked for again, a
 * few times at once and then at the loop's pace.
 */
import type { Scope } from '../../src-shared/protocol/scope.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import { ChunkFault, peekNext, READ_ENCODINGS, type ChunkRows, type ReadChunk } from '../fill/read-chunk.ts';
import type { Pace } from '../fill/pace.ts';
import type { OpenPart } from '../replica/filling.ts';
import { unreachable } from './central-failure.ts';
import { greeted } from './hello-once.ts';
import { CHUNK_ATTEMPTS, CHUNKS_AHEAD } from './limits.ts';
import { assertEpoch, type SyncLine } from './sync-line.ts';

export interface BeltParts {
  /** On this thread, or on another. */
  readChunk: ReadChunk;
  /** Holds back what would be done ahead. */
  pace?: Pick<Pace, 'isAttended'> | undefined;
  signal?: AbortSignal | undefined;
}

interface Coming {
  part: OpenPart;
  /** When its bytes are here: the key that the next chunk goes on after, null at the part's end, undefined if unknown. */
  next: Promise<string | null | undefined>;
  chunk: Promise<ChunkRows>;
  /** From now on it may be parsed. */
  parse: () => void;
  /** If it is not parsed yet, it need not be. */
  drop: () => void;
}

export class ChunkBelt {
  readonly #line: SyncLine;
  readonly #parts: BeltParts;
  #coming: Coming[] = [];
  /** What was asked for last, and not forgotten since. */
  #last: Coming | undefined;

  constructor(line: SyncLine, parts: BeltParts) {
    this.#line = line;
    this.#parts = parts;
  }

  /** The chunk with which the first of these parts goes on; the others are those that follow. */
  take(open: readonly [OpenPart, ...OpenPart[]]): Promise<ChunkRows> {
    const [part] = open;
    if (!isAt(this.#coming[0], part)) this.forget();
    const taken = this.#coming.shift() ?? this.#fetch(part);
    taken.parse();
    if (this.#coming.length === 0) this.#last = taken;
    if (this.#parts.pace?.isAttended() !== true) {
      this.#coming[0]?.parse();
      if (this.#last) void this.#lookAhead(this.#last, open);
    }
    return taken.chunk;
  }

  /** Nobody will ask for what is coming. */
  forget(): void {
    for (const { chunk, drop } of this.#coming) {
      drop();
      void chunk.then(
        (rows) => rows.drop(),
        () => undefined,
      );
    }
    this.#coming = [];
    this.#last = undefined;
  }

  /** Asks for what follows the last one as soon as that is known, until there is enough. */
  async #lookAhead(last: Coming, open: readonly OpenPart[]): Promise<void> {
    if (this.#coming.length >= CHUNKS_AHEAD) return;
    const next = await last.next;
    // Forgotten meanwhile, or looked on from already.
    if (next === undefined || this.#last !== last) return;
    const wanted = next === null ? partAfter(open, last.part) : { ...last.part, after: next };
    if (!wanted) return;
    const coming = this.#fetch(wanted);
    this.#coming.push(coming);
    this.#coming[0]?.parse();
    this.#last = coming;
    await this.#lookAhead(coming, open);
  }

  #fetch(part: OpenPart): Coming {
    const dropping = new AbortController();
    let parse!: () => void;
    const turn = new Promise<void>((resolve) => {
      parse = resolve;
    });
    const wanted = async (): Promise<void> => {
      await turn;
      dropping.signal.throwIfAborted();
    };
    const frame = this.#ask(part);
    const chunk = this.#read(part, frame, wanted);
    // Looked at later, or not at all.
    chunk.catch(() => undefined);
    const drop = (): void => {
      dropping.abort();
      parse();
    };
    const next = frame.then(peekNext, () => undefined);
    return { part, next, chunk, parse, drop };
  }

  async #read(part: OpenPart, first: Promise<Uint8Array>, wanted: () => Promise<void>): Promise<ChunkRows> {
    const { kind, after } = part;
    for (let attempt = 1; ; attempt += 1) {
      const frame = attempt === 1 ? await first : await this.#ask(part);
      await wanted();
      try {
        const chunk = await this.#parts.readChunk(frame);
        const { header } = chunk;
        assertEpoch(this.#line, header.epoch);
        if (header.scope !== part.scope || header.kind !== kind || header.after !== after) {
          throw new ChunkFault('it is another than was asked for');
        }
        return chunk;
      } catch (error) {
        if (!(error instanceof ChunkFault)) throw error;
        if (attempt >= CHUNK_ATTEMPTS) throw unreachable('garbled', error);
      }
    }
  }

  #ask({ scope, kind, from, after }: OpenPart): Promise<Uint8Array> {
    const { signal } = this.#parts;
    const { transport, token } = this.#line;
    const accept = [...READ_ENCODINGS];
    return greeted(this.#line, signal, () =>
      transport.fillChunk(
        { protocol: PROTOCOL_VERSION, scope: scope as Scope, kind, from, after, accept },
        { token, signal },
      ),
    );
  }
}

function isAt(coming: Coming | undefined, { scopeId, kind, after }: OpenPart): boolean {
  return coming?.part.scopeId === scopeId && coming.part.kind === kind && coming.part.after === after;
}

function partAfter(open: readonly OpenPart[], { scopeId, kind }: OpenPart): OpenPart | undefined {
  const at = open.findIndex((each) => each.scopeId === scopeId && each.kind === kind);
  return at < 0 ? undefined : open[at + 1];
}
