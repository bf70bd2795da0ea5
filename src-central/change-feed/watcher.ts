/**
 * Tells who listens when the gate has passed something new in their scopes. At the commit would be too early: while an
 * older writer is open, a pull that follows the poke would find nothing, and nobody would poke again.
 *
 * Not guaranteed: that every poke arrives, or comes once. It is a hint; a slow poll stands behind it.
 */
import type { CentralDb } from '../db/schema.ts';
import { WATCH_BUSY_FOR_MS, WATCH_BUSY_MS, WATCH_IDLE_MS } from '../limits.ts';
import { readGate, readNews } from './gate.ts';
import type { Scope } from '../../src-shared/protocol/scope.ts';

export interface Listener {
  /** What it listens for; may be set anew while it listens. */
  scopes: readonly Scope[];
  poke(): void;
}

export class FeedWatcher {
  readonly #db: CentralDb;
  readonly #onFault: (error: unknown) => void;
  readonly #busyMs: number;
  readonly #listeners = new Set<Listener>();
  /** Everything up to here has been told. */
  #told: string | undefined;
  /** The newest commit of this node, and until when its passing the gate is looked for at the busy pace. */
  #awaited: { xid: bigint; until: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #stopped = false;
  /** Transactions between the newest and the gate when it was last looked at. */
  lag = 0;

  /** `busyMs`: how often the gate is looked at while a commit waits behind it, where not as limits.ts says. */
  constructor(of: { db: CentralDb; onFault: (error: unknown) => void; busyMs?: number | undefined }) {
    this.#db = of.db;
    this.#onFault = of.onFault;
    this.#busyMs = of.busyMs ?? WATCH_BUSY_MS;
  }

  async start(): Promise<void> {
    this.#told = (await readGate(this.#db)).horizon;
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  /** @returns a function that ends it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The database was set back: positions of before say nothing. */
  startAnew(): void {
    this.#told = undefined;
    this.#awaited = undefined;
  }

  get listening(): number {
    return this.#listeners.size;
  }

  /** This node has committed: look at once, and keep a close eye until the gate has passed it. */
  committed(xid: string): void {
    const number = BigInt(xid);
    if (!this.#awaited || this.#awaited.xid < number) {
      this.#awaited = { xid: number, until: Date.now() + WATCH_BUSY_FOR_MS };
    }
    this.#lookNow();
  }

  #lookNow(): void {
    if (this.#stopped) return;
    if (this.#looking) {
      this.#lookAgain = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#looking = this.#look()
      .catch(this.#onFault)
      .finally(() => {
        this.#looking = undefined;
        if (this.#lookAgain) {
          this.#lookAgain = false;
          this.#lookNow();
        } else {
          this.#schedule();
        }
      });
  }

  #schedule(): void {
    if (this.#stopped) return;
    const busy = this.#awaited !== undefined && Date.now() < this.#awaited.until;
    this.#timer = setTimeout(() => this.#lookNow(), busy ? this.#busyMs : WATCH_IDLE_MS);
  }

  async #look(): Promise<void> {
    const told = this.#told;
    const { horizon, newest, scopes } = await readNews(this.#db, told);
    this.lag = Number(BigInt(newest) - BigInt(horizon));
    if (this.#awaited && BigInt(horizon) >= this.#awaited.xid) this.#awaited = undefined;
    // Positions of another life of the database were forgotten: what there is now, desks fetch by themselves.
    if (told === undefined) this.#told = horizon;
    if (told === undefined || BigInt(horizon) <= BigInt(told)) return;
    this.#told = horizon;
    const news = new Set(scopes);
    for (const listener of this.#listeners) if (listener.scopes.some((scope) => news.has(scope))) listener.poke();
  }
}
