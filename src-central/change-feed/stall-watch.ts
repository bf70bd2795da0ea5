/**
 * Looks every second whether the gate stands still before changes that desks wait for, and who holds it.
 *
 * Guarantees: a writer that holds the feed back for STALL_NOTICE_MS is logged by name once, shows in the figures, and in
 * every pull's answer as long as it lasts; after STALL_ALARM_MS it is an alarm. It ends nobody: our own writers have
 * timeouts in the database, and what another program does with its transaction is not ours to cut.
 */
import type { CentralDb } from '../db/schema.ts';
import { STALL_ALARM_MS, STALL_LOOK_MS, STALL_NOTICE_MS } from '../limits.ts';
import { gateHolders, type GateHolder } from './gate-holders.ts';
import { readGate } from './gate.ts';

export interface StallWatchOptions {
  db: CentralDb;
  clock: { now(): number; after(delayMs: number, run: () => void): () => void };
  warn: (holders: readonly GateHolder[], heldMs: number) => void;
  over: (heldMs: number) => void;
  alarm: (holders: readonly GateHolder[], heldMs: number) => Promise<void>;
  onFault: (error: unknown) => void;
}

interface Held {
  /** The position before which nothing is seen. */
  gate: string;
  /** By this machine's clock: since when it stands there. */
  since: number;
  warned: boolean;
  alarmed: boolean;
}

export class StallWatch {
  readonly #options: StallWatchOptions;
  #held: Held | undefined;
  #holders: readonly GateHolder[] = [];
  #cancel: () => void = () => undefined;
  #looking: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: StallWatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.#plan();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#looking;
  }

  /** For how long the gate has stood still; undefined when it moves. */
  heldMs(): number | undefined {
    if (!this.#held?.warned) return undefined;
    return this.#options.clock.now() - this.#held.since;
  }

  /** Who holds it, while it is held. */
  holders(): readonly GateHolder[] {
    return this.#held?.warned ? this.#holders : [];
  }

  #plan(): void {
    if (this.#stopped) return;
    this.#cancel = this.#options.clock.after(STALL_LOOK_MS, () => {
      this.#looking = this.look()
        .catch(this.#options.onFault)
        .finally(() => this.#plan());
    });
  }

  async look(): Promise<void> {
    const { clock, db, warn, over, alarm } = this.#options;
    const { horizon, newest } = await readGate(db);
    const before = this.#held;
    if (before && before.gate !== horizon && before.warned) over(clock.now() - before.since);
    // Nothing begun since: nobody waits for anything.
    if (BigInt(newest) - BigInt(horizon) <= 1n) {
      this.#held = undefined;
      return;
    }
    const held =
      before?.gate === horizon ? before : { gate: horizon, since: clock.now(), warned: false, alarmed: false };
    this.#held = held;
    const heldMs = clock.now() - held.since;
    if (heldMs < STALL_NOTICE_MS) return;
    this.#holders = await gateHolders(db, STALL_NOTICE_MS);
    if (!held.warned) warn(this.#holders, heldMs);
    held.warned = true;
    if (heldMs < STALL_ALARM_MS || held.alarmed) return;
    await alarm(this.#holders, heldMs);
    held.alarmed = true;
  }
}
