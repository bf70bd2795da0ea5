/** One connection through the line: two sockets, and what happens to the bytes between them. */
import { connect, type Socket } from 'node:net';
import { PIECE_BYTES, type Faults } from './faults.ts';
import type { Chance } from './random.ts';
import type { Tally } from './tally.ts';
import { until, type Wire } from './wire.ts';

export interface ConnectionParts {
  target: { host: string; port: number };
  faults: () => Faults;
  chance: Chance;
  wires: { up: Wire; down: Wire };
  tally: Tally;
  /** Told of each request's first bytes; where the answer to it must get lost, returns whom to tell when it has been. */
  onRequest: (bytes: Buffer) => (() => void) | undefined;
}

type Way = 'up' | 'down';

export class Connection {
  readonly #parts: ConnectionParts;
  readonly #near: Socket;
  #far: Socket | undefined;
  /** Where in this exchange the connection will be reset. */
  #resetAt: 'before' | 'after' | 'during' | undefined;
  #lossWanted: (() => void) | undefined;
  #answering = true;
  readonly #lost = { up: false, down: false };
  onClose: () => void = () => undefined;

  constructor(near: Socket, parts: ConnectionParts) {
    this.#near = near;
    this.#parts = parts;
    near.on('error', () => undefined);
    near.on('close', () => this.#closedOne());
    void this.#open();
  }

  /** Both ends hear of it. */
  reset(): void {
    breakOff(this.#near);
    breakOff(this.#far);
  }

  /** The far end is gone and the near one does not hear of it: what a restarted router leaves behind. */
  forget(): void {
    this.#lost.up = this.#lost.down = true;
    breakOff(this.#far);
  }

  /** An end that is told nothing stays open for long after the other. */
  #closedOne(): void {
    if (this.#near.destroyed && this.#far?.destroyed !== false) this.onClose();
  }

  async #open(): Promise<void> {
    const { faults, target } = this.#parts;
    await until(performance.now() + faults().acceptDelayMs);
    if (this.#near.destroyed) return;
    const far = connect({ ...target, allowHalfOpen: true, noDelay: true });
    this.#far = far;
    far.on('error', () => this.#ended('down', true));
    this.#near.on('error', () => this.#ended('up', true));
    far.on('close', () => this.#closedOne());
    void this.#carry('up', this.#near, far);
    void this.#carry('down', far, this.#near);
  }

  async #carry(way: Way, from: Socket, to: Socket): Promise<void> {
    let arrival = 0;
    let delivered: Promise<void> = Promise.resolve();
    try {
      // Its end is not the connection's: the answer to a request whose sender has hung up half may be on its way.
      for await (const chunk of from.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        this.#begin(way, chunk);
        if (this.#resetAt === 'before') return this.#reset();
        for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
          const piece = Buffer.from(chunk.subarray(at, at + PIECE_BYTES));
          await drained(to);
          await this.#parts.wires[way].take(piece.length);
          if (this.#isLost(way)) continue;
          arrival = this.#parts.wires[way].arrivalAfter(arrival);
          delivered = this.#deliver(way, { piece, to, before: delivered, arrival });
        }
      }
      await delivered;
      this.#ended(way, false);
    } catch {
      this.#ended(way, true);
    }
  }

  /** A request begins where something goes up after something came down. */
  #begin(way: Way, chunk: Buffer): void {
    const { chance, faults, onRequest } = this.#parts;
    if (way === 'down') {
      this.#answering = true;
      return;
    }
    if (!this.#answering) return;
    this.#answering = false;
    this.#resetAt = chance.happens(faults().resetRate)
      ? chance.pick(['before', 'after', 'during'] as const)
      : undefined;
    this.#lossWanted = onRequest(chunk);
    if (this.#lossWanted) this.#resetAt = 'after';
  }

  async #deliver(
    way: Way,
    { piece, to, before, arrival }: { piece: Buffer; to: Socket; before: Promise<void>; arrival: number },
  ): Promise<void> {
    const { chance, faults, tally } = this.#parts;
    await before;
    await until(arrival);
    if (this.#isLost(way) || to.destroyed) return;
    if (way === 'down' && this.#resetAt === 'after') return this.#reset();
    const { corruptRate, truncateRate } = faults();
    if (chance.happens(corruptRate)) {
      const at = chance.below(piece.length);
      piece[at] = (piece[at] ?? 0) ^ (1 << chance.below(8));
      tally.count('a bit turned over');
    }
    const cutShort = chance.happens(truncateRate);
    const resets = way === 'down' && this.#resetAt === 'during';
    to.write(cutShort || resets ? piece.subarray(0, chance.below(piece.length)) : piece);
    if (resets) return this.#reset();
    if (cutShort) {
      tally.count('an answer or request cut short');
      this.#lost[way] = true;
      to.end();
      this.#near.destroySoon();
      this.#far?.destroySoon();
    }
  }

  #isLost(way: Way): boolean {
    // Once bytes are missing, whatever came after them would be nonsense to the other end.
    if (this.#parts.faults()[way] === 'drop' && !this.#lost[way]) {
      this.#lost[way] = true;
      this.#parts.tally.count(`a connection lost bytes (${way})`);
    }
    return this.#lost[way];
  }

  /** The end of what `way` carries; it is not told over a way that loses everything. */
  #ended(way: Way, broken: boolean): void {
    if (this.#isLost(way)) return;
    const to = way === 'up' ? this.#far : this.#near;
    if (broken) breakOff(to);
    else to?.end();
  }

  #reset(): void {
    this.#parts.tally.count(`a reset (${this.#resetAt ?? 'now'})`);
    this.reset();
    this.#lossWanted?.();
    this.#lossWanted = undefined;
  }
}

/** With a reset, unless its end is on its way already: such a socket would never close, nor let the program end. */
function breakOff(socket: Socket | undefined): void {
  if (socket?.writableEnded === false) socket.resetAndDestroy();
  else socket?.destroy();
}

/** A reader that has stopped must not fill this process's memory. */
async function drained(socket: Socket): Promise<void> {
  if (!socket.writableNeedDrain || socket.destroyed) return;
  await new Promise<void>((resolve) => {
    socket.once('drain', resolve).once('close', resolve);
  });
}
